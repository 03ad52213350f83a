#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <set>

#include "tern/base/text.h"
#include "tests/research_outcomes.h"

namespace tern::loop {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

std::set<std::string> names_in(const fs::path& folder) {
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) names.insert(entry.path().filename());
  return names;
}

TEST(Leftovers, ALoopGoesOnWhateverARunLeaves) {
  const Outcomes out({doing(R"(
  char path[5000];
  write("a name\nof two lines", "x");
  std::snprintf(path, sizeof path, "%s/sparse", run);
  const int sparse = open(path, O_CREAT | O_WRONLY, 0600);
  for (int i = 0; i < 300; ++i) {
    std::snprintf(path, sizeof path, "%s/%d", run, i);
    mkdir(path, 0);
  }
  std::snprintf(path, sizeof path, "%s/model", run);
  mkdir(path, 0);
  std::exit(ftruncate(sparse, 1 << 20));
)"),
                      fake_recipe("0.3")});
  EXPECT_EQ(out.status(2), Status::kCrash) << out.error();
  EXPECT_EQ(out.status(3), Status::kKeep) << out.error();
  const fs::path left = out.fake().lab().experiment(2);
  EXPECT_THAT(names_in(left), ElementsAre("1", "build.log", "description.json", "train.cpp"));
  EXPECT_THAT(names_in(left / "1"), ElementsAre("attendant.log", "log.txt", "run", "score.log"));
  EXPECT_THAT(names_in(left / "1" / "run"), ElementsAre("results.tsv", "summary.json"));
}

TEST(Leftovers, ADroppedRunLeavesAFixedListOfSmallFiles) {
  const Outcomes out({fake_recipe("-0.3", R"(
  char path[5000], block[1 << 16] = "x";
  std::snprintf(path, sizeof path, "%s/steps.tsv", run);
  std::FILE* file = std::fopen(path, "w");
  for (int i = 0; i < 64; ++i) std::fwrite(block, 1, sizeof block, file);
  std::fclose(file);
)")});
  EXPECT_EQ(out.status(), Status::kDiscard) << out.error();
  const fs::path left = out.fake().lab().experiment(2);
  EXPECT_THAT(names_in(left / "1"), ElementsAre("attendant.log", "log.txt", "run", "score.log"));
  EXPECT_THAT(names_in(left / "1" / "run"),
              ElementsAre("results.tsv", "steps.tsv", "summary.json"));
  EXPECT_EQ(fs::file_size(left / "1" / "run" / "steps.tsv"), 2U << 20);
}

TEST(FullDisk, ALoopWaitsUntilThereIsRoom) {
  const FakeLab fake;
  ScriptedProposer proposer({fake_recipe("0.3")});
  int looks = 0;
  FakeLoop loop(fake, proposer, proposer, "confirm", {.experiments = 2, .stops = {}},
                [&] { return ++looks < 3 ? int64_t{0} : int64_t{100} << 30; });
  loop.research().run();
  EXPECT_EQ(loop.history().at(2).status, Status::kKeep);
  const std::string said = joined(loop.lines(), "\n");
  EXPECT_THAT(said, HasSubstr("are left on the disk"));
  EXPECT_THAT(said, HasSubstr("waiting until there is room\nthere is room on the disk again"));
}

TEST(FullDisk, IsNoFaultOfTheProposal) {
  const FakeLab fake;
  const std::string source = doing(R"(
  char path[5000];
  std::snprintf(path, sizeof path, "%s/fail", run);
  if (access(path, F_OK) == 0) std::exit(1);
)");
  ScriptedProposer proposer({source});
  bool failed = false;
  FakeLoop loop(fake, proposer, proposer, "confirm", {.experiments = 2, .stops = {}}, [&] {
    const fs::path run = fake.stage() / "run";
    const bool runs = fs::exists(fake.lab().experiment(2)) && fs::exists(run) && !failed;
    const bool over = runs && fs::exists(run / "summary.json");
    if (runs && !over) write_file_atomically(run / "fail", "");
    failed = failed || over;
    return over ? int64_t{0} : int64_t{100} << 30;
  });
  loop.research().run();
  EXPECT_EQ(loop.history().at(2).runs[0].outcome, Outcome::kInterrupted);
  EXPECT_EQ(loop.history().at(2).status, Status::kKeep);
}

TEST(Pipe, InThePlaceOfTheRecipeIsRefusedWithoutWaiting) {
  const FakeLab fake;
  ScriptedProposer proposer({});
  {
    FakeLoop loop(fake, proposer, proposer, "confirm", {.experiments = 1, .stops = {}});
    loop.research().run();
  }
  fs::remove(fake.lab().recipe());
  ASSERT_EQ(::mkfifo(fake.lab().recipe().c_str(), 0600), 0);
  FakeLoop loop(fake, proposer, proposer, "confirm", {.experiments = 1, .stops = {}});
  try {
    loop.research().run();
    FAIL() << "a pipe is no recipe";
  } catch (const Error& e) {
    EXPECT_THAT(e.what(), HasSubstr("train.cpp: it is no plain file but a pipe"));
  }
}

}  // namespace
}  // namespace tern::loop
