// What the loop goes by later, and what a program can see of itself.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tern/base/text.h"
#include "tests/research_outcomes.h"

namespace tern::loop {
namespace {

namespace fs = std::filesystem;
using testing::Contains;
using testing::HasSubstr;

/// A program that fails at once, where a built one is kept.
void plant_program(const FakeLab& fake, int64_t experiment, const std::string& source) {
  const fs::path folder = fake.lab().experiment(experiment);
  const std::string mark = Toolchain::read(fake.home()).fingerprint().substr(0, 12);
  const fs::path program = folder / ("train-" + mark);
  fs::create_directories(folder);
  write_file_atomically(folder / "train.cpp", source);
  write_file_atomically(program, "#!/bin/sh\nexit 1\n");
  fs::permissions(program, fs::perms::owner_all);
}

/// Meddles once with what the loop keeps, and makes honest proposals.
class MeddlesOnce : public ScriptedProposer {
 public:
  explicit MeddlesOnce(std::function<void()> meddle)
      : ScriptedProposer({fake_recipe("0.2"), fake_recipe("0.3")}), meddle_(std::move(meddle)) {}
  Proposal propose(const Situation& situation) override {
    if (situation.number == 2) meddle_();
    return ScriptedProposer::propose(situation);
  }

 private:
  std::function<void()> meddle_;
};

/// A loop of a baseline, a proposal that comes with some meddling, and an honest one.
struct MeddledLoop {
  explicit MeddledLoop(std::function<void(const FakeLab&)> meddle)
      : proposer([this, meddle] { meddle(fake); }),
        loop(fake, proposer, proposer, "confirm", {.experiments = 2, .stops = {}}) {
    loop.research().run();
  }
  const Experiment& at(int64_t number) const { return loop.history().at(number); }
  std::string said() const { return joined(loop.lines(), "\n"); }

  FakeLab fake;
  MeddlesOnce proposer;
  FakeLoop loop;
};

TEST(Trust, AProposerThatPlantsAProgramIsRefused) {
  const MeddledLoop out([](const FakeLab& fake) { plant_program(fake, 2, fake_recipe("0.2")); });
  EXPECT_EQ(out.at(2).status, Status::kRejected);
  EXPECT_THAT(out.at(2).reason, AllOf(HasSubstr("/0002/"), HasSubstr("was added")));
  EXPECT_EQ(out.at(3).status, Status::kKeep);
}

TEST(Trust, AProgramPlantedBeforeTheLoopBeganIsNotRun) {
  const FakeLab fake;
  ScriptedProposer proposer({fake_recipe("0.3")});
  plant_program(fake, 1, fake_recipe("0"));
  plant_program(fake, 2, fake_recipe("0.3"));
  write_file_atomically(fake.lab().experiment(2) / "junk", "of another");
  FakeLoop loop(fake, proposer, proposer, "confirm", {.experiments = 2, .stops = {}});
  loop.research().run();
  EXPECT_EQ(loop.history().at(2).status, Status::kKeep);
  EXPECT_FALSE(fs::exists(fake.lab().experiment(2) / "junk")) << "it begins in an empty folder";
}

TEST(Trust, AModelThatWasExchangedIsNotScoredOnTheConfirmDataAndItsRunIsMadeAgain) {
  const MeddledLoop out([](const FakeLab& fake) {
    write_file_atomically(kept_run(fake.lab(), 1, 1) / "model" / "score", "900");
  });
  EXPECT_EQ(out.at(2).status, Status::kRejected);
  EXPECT_THAT(out.at(2).reason, HasSubstr("0001/1/run/model/score was changed"));
  EXPECT_EQ(out.at(3).status, Status::kKeep);
  EXPECT_EQ(out.at(1).runs[0].outcome, Outcome::kVoid);
  EXPECT_THAT(out.at(1).runs[0].reason, HasSubstr("0001/1/run/model is not what the run left"));
  const RunRecord* again = out.at(1).scored(out.at(1).runs[0].seed);
  ASSERT_NE(again, nullptr);
  EXPECT_LT(again->confirm_ppl.value_or(900), 20);
}

TEST(Trust, ACurveThatWasExchangedIsNotComparedWith) {
  const MeddledLoop out([](const FakeLab& fake) {
    write_file_atomically(kept_run(fake.lab(), 1, 1) / "steps.tsv", "step\ttokens\n");
  });
  EXPECT_THAT(out.said(), HasSubstr("0001/1/run/steps.tsv is not what the run left there: no run "
                                    "is compared with it"));
  EXPECT_EQ(out.at(3).status, Status::kKeep);
}

TEST(Trust, AnAgentMayRemoveWhatItLikes) {
  const MeddledLoop out(
      [](const FakeLab& fake) { fs::remove_all(fake.lab().experiment(1) / "1" / "run"); });
  EXPECT_EQ(out.at(2).status, Status::kKeep) << out.at(2).reason;
}

/// A bench of its own, as a new session has.
class BenchTest : public testing::Test {
 protected:
  RunReport run(int64_t experiment, int64_t run, uint64_t seed, const std::string& source) {
    RunOrder order;
    order.experiment = experiment;
    order.run = run;
    order.seed = seed;
    order.source = source;
    return bench_.run(order);
  }

  FakeLab fake_;
  Workbench bench_{fake_.lab(),
                   {.home = fake_.home(),
                    .evaluator = fake_.evaluator(),
                    .sandbox = available_sandbox(),
                    .interrupted = {},
                    .show = {}}};
};

TEST_F(BenchTest, AProgramThatWasExchangedIsBuiltAnew) {
  const std::string source = fake_recipe("0.3");
  const RunReport first = run(1, 1, 1, source);
  plant_program(fake_, 1, source);
  const RunReport second = run(1, 2, 1, source);
  ASSERT_EQ(second.outcome, Outcome::kScored) << second.reason;
  EXPECT_EQ(second.val_ppl, first.val_ppl);
  EXPECT_EQ(second.files->program, first.files->program);
}

TEST_F(BenchTest, AProgramCannotTellWhichRunItIs) {
  const std::string source = fake_recipe("0.3", R"(
  char path[5000], self[4096] = "", text[1 << 16];
  std::snprintf(path, sizeof path, "%s/seen", run);
  FILE* seen = std::fopen(path, "w");
  if (readlink("/proc/self/exe", self, sizeof self - 1) < 0) self[0] = 0;
  std::fprintf(seen, "%s\n%s\n%s\n%u\n%s\n%s\n", run, lab, __FILE__, seed, self, getcwd(path, 4096));
  for (char** entry = environ; *entry; ++entry) std::fprintf(seen, "%s\n", *entry);
  FILE* other = std::fopen("/proc/self/maps", "r");
  while (other && std::fgets(text, sizeof text, other)) {
    if (std::strchr(text, '/')) std::fputs(std::strchr(text, '/'), seen);
  }
  other = std::fopen("/proc/self/cmdline", "r");
  std::fwrite(text, 1, other ? std::fread(text, 1, sizeof text, other) : 0, seen);
  std::fclose(seen);
)");
  const auto seen = [&](int64_t experiment, int64_t number, uint64_t seed) {
    const RunReport report = run(experiment, number, seed, source);
    EXPECT_EQ(report.outcome, Outcome::kScored) << report.reason;
    return read_file(kept_run(fake_.lab(), experiment, number) / "seen");
  };
  const std::string first = seen(1, 1, 1), later = seen(7, 3, 1);
  EXPECT_EQ(first, later);
  EXPECT_THAT(first, HasSubstr(".tern/run/train.cpp"));
  EXPECT_THAT(first, HasSubstr("--run-dir"));
  EXPECT_EQ(first.find("experiments"), std::string::npos);
}

TEST_F(BenchTest, SeedsTellNeitherTheirOrderNorTheLabs) {
  const std::string source = fake_recipe("0.3", R"(
  char text[100];
  std::snprintf(text, sizeof text, "%u", seed);
  write("seed", text);
)");
  std::vector<std::string> seeds;
  for (const int64_t number : {1, 2, 3}) {
    run(1, number, static_cast<uint64_t>(number), source);
    seeds.push_back(read_file(kept_run(fake_.lab(), 1, number) / "seed"));
    EXPECT_GT(std::stoull(seeds.back()), 1000U);
  }
  EXPECT_NE(seeds[0], seeds[1]);
  EXPECT_NE(std::stoull(seeds[1]) - std::stoull(seeds[0]),
            std::stoull(seeds[2]) - std::stoull(seeds[1]));
  run(2, 1, 1, source);
  EXPECT_EQ(read_file(kept_run(fake_.lab(), 2, 1) / "seed"), seeds[0]) << "pairs share a seed";
}

}  // namespace
}  // namespace tern::loop
