// What `tern best` does with the loop's parts, in a lab in which everything else is made up.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "loop/record/final_text.h"
#include "tests/research_outcomes.h"

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
  {
    ScriptedProposer proposer({fake_recipe("0.3")});
    FakeLoop loop(fake, proposer, proposer, "confirm", {.experiments = 1, .stops = {}});
    loop.research().run();
  }
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

}  // namespace
}  // namespace tern::loop
