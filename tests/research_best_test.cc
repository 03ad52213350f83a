// What `tern best` does with the loop's parts, in a lab in which everything else is made up.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "loop/record/final_text.h"
#include "tests/fake_lab.h"

namespace tern::loop {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

/// A loop over a lab, for another command than `tern research`.
class Again {
 public:
  explicit Again(const FakeLab& fake) : lab_(fake.lab()), loop_(fake, none_, none_) {}

  Research& research() { return loop_.research(); }
  const History& history() const { return loop_.history(); }
  FinalText text() const { return final_text(lab_, history()); }

 private:
  const Lab& lab_;
  ScriptedProposer none_{{}};
  FakeLoop loop_;
};

/// What `tern research` makes of these proposals in a lab with a baseline.
void search(const FakeLab& fake, std::deque<std::string> sources) {
  const auto experiments = static_cast<int64_t>(sources.size());
  ScriptedProposer proposer(std::move(sources));
  FakeLoop loop(fake, proposer, proposer, "confirm", {.experiments = experiments, .stops = {}});
  loop.research().run();
}

/// A lab with a baseline.
void make_baseline(const FakeLab& fake) {
  ScriptedProposer none({});
  FakeLoop loop(fake, none, none, "confirm", {.experiments = 1, .stops = {}});
  loop.research().run();
}

TEST(FinalText, IsUsedOnceForEachRecipeAndTheUsesAreCounted) {
  const FakeLab fake;
  make_baseline(fake);
  {
    Again best(fake);
    EXPECT_THAT(describe(best.text()), HasSubstr("used 0 times"));
    best.research().score_finally();
    best.research().score_finally();
    EXPECT_EQ(best.text().uses, 1) << "a kept score is shown again";
    EXPECT_NEAR(*best.text().ppl, 7.4, 0.1);
  }
  search(fake, {fake_recipe("0.3")});
  Again best(fake);
  EXPECT_FALSE(best.text().ppl) << "another recipe stands there now";
  best.research().score_finally();
  EXPECT_EQ(best.text().uses, 2);
  EXPECT_THAT(describe(best.text()), HasSubstr("on the final text, used 2 times"));
}

TEST(FinalText, AnotherTextHasUsesOfItsOwn) {
  const FakeLab fake;
  make_baseline(fake);
  Again best(fake);
  best.research().score_finally();
  write_file_atomically(fake.lab().final_set(), R"({"dataset_sha256": "another"})");
  EXPECT_EQ(best.text().uses, 0);
  EXPECT_FALSE(best.text().ppl);
}

TEST(FinalText, ALabWithoutOneSaysHowToGetOne) {
  const FakeLab fake;
  make_baseline(fake);
  fs::remove(fake.lab().final_set());
  Again best(fake);
  try {
    best.research().score_finally();
    FAIL() << "it scored on nothing";
  } catch (const Error& e) {
    EXPECT_THAT(e.what(), HasSubstr("`tern prepare --final FILE`"));
  }
}

/// A recipe with this override, whose score is so much better by its code.
std::string with_code(const std::string& quality, const std::string& better) {
  std::string source = fake_recipe(quality);
  const std::string score = "exp(2 - recipe";
  return source.replace(source.find(score), score.size(), "exp(2 - " + better + " - recipe");
}

TEST(Check, TakesEachKeptChangeOutOnceAndLeavesTheBranchAlone) {
  const FakeLab fake;
  make_baseline(fake);
  search(fake, {fake_recipe("0.2"), with_code("0.2", "0.1")});
  const std::string moves = fake.git("rev-list -g tern/test"),
                    recipe = read_file(fake.lab().recipe());
  Again best(fake);
  const std::vector<Place> places = best.research().check_places(/*pairs=*/2);
  ASSERT_EQ(places.size(), 2u);
  EXPECT_EQ(places[0].kept, 2);
  EXPECT_NEAR(*places[0].loss, 0.2, 1e-5);
  EXPECT_NEAR(*places[1].loss, 0.1, 1e-5);
  for (const Place& place : places) {
    EXPECT_EQ(place.verdict, "earns its place");
    EXPECT_EQ(place.pairs, 2);
    const Experiment& e = best.history().at(place.experiment);
    EXPECT_EQ(e.status, Status::kDiscard);
    EXPECT_EQ(e.proposer, kCheckProposer);
    EXPECT_NEAR(*e.gain, -*place.loss, 1e-9);
  }
  EXPECT_EQ(best.history().incumbent()->number, 3);
  EXPECT_EQ(fake.git("rev-list -g tern/test"), moves);
  EXPECT_EQ(read_file(fake.lab().recipe()), recipe);
  EXPECT_EQ(fake.git("status --porcelain"), "");
}

TEST(Check, SaysWhichChangeCannotBeTakenOutAlone) {
  const FakeLab fake;
  make_baseline(fake);
  search(fake, {fake_recipe("0.2"), fake_recipe("0.4")});
  Again best(fake);
  const std::vector<Place> places = best.research().check_places(/*pairs=*/1);
  ASSERT_EQ(places.size(), 2u);
  EXPECT_EQ(places[0].experiment, 0);
  EXPECT_THAT(places[0].verdict, HasSubstr("later changes stand on it"));
  EXPECT_NEAR(*places[1].loss, 0.2, 1e-5);
}

TEST(Check, ThatWasKilledIsNoCandidateOfTheNextLoop) {
  const FakeLab fake;
  make_baseline(fake);
  {
    Journal journal(fake.lab());
    event::Planned planned;
    planned.experiment = 2;
    planned.proposer = kCheckProposer;
    planned.commit = journal.history().incumbent()->commit;
    planned.base = 1;
    planned.program = "check";
    journal.record(planned);
  }
  ScriptedProposer none({});
  FakeLoop loop(fake, none, none, "confirm", {.stops = [] { return 1; }});
  loop.research().run();
  EXPECT_EQ(loop.history().at(2).status, Status::kDiscard);
  EXPECT_THAT(loop.history().at(2).reason, HasSubstr("broken off"));
}

}  // namespace
}  // namespace tern::loop
