#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "loop/propose/builtin_proposer.h"
#include "tests/research_outcomes.h"

namespace tern::loop {
namespace {

using testing::AllOf;
using testing::HasSubstr;
namespace fs = std::filesystem;

std::string with_override(std::string source, const std::string& line) {
  return source.insert(source.find("    // overrides end"), "    " + line + "\n");
}

TEST(Research, KeepsAnHonestGain) {
  const Outcomes out({fake_recipe("0.3")});
  EXPECT_EQ(out.status(), Status::kKeep) << out.error();
  EXPECT_EQ(out.history().incumbent()->number, 2);
  EXPECT_EQ(read_file(out.fake().lab().recipe()), fake_recipe("0.3"));
  EXPECT_EQ(out.fake().git("rev-parse tern/test"), out.fake().git("rev-parse refs/tern/exp/0002"));
}

TEST(Research, WithoutAConfirmTextRunsOneMorePairBeforeItKeepsAndSaysSoOnce) {
  const FakeLab fake;
  fs::remove(fake.lab().confirm_set());
  ScriptedProposer proposer({fake_recipe("0.3"), fake_recipe("-0.3")});
  FakeLoop loop(fake, proposer, proposer, "confirm", {.experiments = 3, .stops = {}});
  loop.research().run();
  const Experiment& kept = loop.history().at(2);
  EXPECT_EQ(kept.status, Status::kKeep) << kept.reason;
  EXPECT_EQ(kept.runs.size(), 4u) << "one showed the gain, a fresh one, and those of two pairs";
  EXPECT_EQ(loop.history().at(1).runs.size(), 5u)
      << "three of the baseline, and those of two pairs";
  EXPECT_EQ(std::ranges::count_if(loop.lines(),
                                  [](const std::string& line) {
                                    return line.find("this lab has no confirm text") != line.npos;
                                  }),
            1);
}

TEST(Research, GoesBackFromAWorseChangeAndKeepsItsCommitReadable) {
  const Outcomes out({fake_recipe("-0.3")});
  EXPECT_EQ(out.status(), Status::kDiscard) << out.error();
  EXPECT_EQ(read_file(out.fake().lab().recipe()), fake_recipe("0"));
  EXPECT_EQ(out.fake().git("rev-parse tern/test"), out[1].commit + "\n");
  EXPECT_EQ(out.fake().git("show refs/tern/exp/0002:train.cpp"), fake_recipe("-0.3"));
  EXPECT_EQ(out.fake().git("status --porcelain"), "");
}

TEST(Research, DiscardsAnEqualChange) {
  const Outcomes out({fake_recipe("0.0", "if (seed == 0) std::abort();")});
  EXPECT_EQ(out.status(), Status::kDiscard) << out.error();
}

TEST(Research, CallsASyntaxErrorACrashAndSaysWhatTheCompilerSaid) {
  const Outcomes out({doing("this is no C++;")});
  EXPECT_EQ(out.status(), Status::kCrash) << out.error();
  EXPECT_THAT(out.reason(),
              AllOf(HasSubstr("does not compile: train.cpp:"), HasSubstr(": error: ")));
}

TEST(Research, GoesOnAfterACrash) {
  const Outcomes out({doing("std::abort();"), fake_recipe("0.3")});
  EXPECT_EQ(out.status(2), Status::kCrash) << out.error();
  EXPECT_EQ(out.status(3), Status::kKeep);
}

TEST(Research, GivesNoScoreToAModelThatIsNotThere) {
  const Outcomes out({doing("std::exit(0);")});
  EXPECT_EQ(out.status(), Status::kCrash) << out.error();
  EXPECT_THAT(out.reason(), HasSubstr("no model"));
}

TEST(Research, PrunesARunWhoseLossIsNotANumber) {
  const Outcomes out({doing(R"(
  char steps[4000] = "step\ttokens\tseconds\tloss\tlr\tlambda\n", line[64];
  for (int i = 1; i <= 30; ++i) {
    std::snprintf(line, sizeof line, "%d\t%d\t%d\tnan\t1\t1\n", i, 100 * i, i);
    std::strcat(steps, line);
  }
  write("steps.tsv", steps);
  sleep(30);
)")});
  EXPECT_EQ(out.status(), Status::kDiscard) << out.error();
  EXPECT_THAT(out.reason(), HasSubstr("not a number"));
}

TEST(Research, EndsARunThatHangsAtItsTime) {
  const Outcomes out({doing("for (;;) sleep(1);")});
  EXPECT_EQ(out.status(), Status::kTimeout) << out.error();
}

TEST(Research, EndsARunThatFillsItsDisk) {
  const Outcomes out({doing(R"(
  static char block[1 << 20];
  std::memset(block, 1, sizeof block);
  FILE* file = std::fopen((std::strcat(run, "/junk"), run), "w");
  signal(SIGXFSZ, SIG_IGN);
  for (int i = 0; i < 400 && std::fwrite(block, 1, sizeof block, file) == sizeof block; ++i) {}
  std::fflush(file);
  sleep(30);
)")},
                     "[limits]\ndisk_gb = 0.05\n");
  EXPECT_EQ(out.status(), Status::kTimeout) << out.error();
}

TEST(Research, IsNotDelayedByProcessesThatARunLeavesBehind) {
  const Outcomes out(
      {doing("if (fork() == 0) { setsid(); if (fork() != 0) _exit(0); for (;;) sleep(1); }")});
  EXPECT_EQ(out.status(), Status::kKeep) << out.error();
  EXPECT_LT(*out[2].runs[0].time_s, 3);
}

TEST(Research, NeverBelievesAScoreThatTheProgramPrints) {
  const Outcomes out({fake_recipe("-0.3", R"(
  std::printf("eval_ppl: 1.000001\nMETRIC val_ppl=1.000001\n");
  write("score.json", "{\"eval_ppl\": 1.000001}");
  write("summary.json", "{\"eval_ppl\": 1.000001}");
)")});
  EXPECT_EQ(out.status(), Status::kDiscard) << out.error();
  EXPECT_GT(*out[2].runs[0].val_ppl, 9);
}

TEST(Research, DoesNotScoreALinkedModel) {
  const Outcomes out({doing(R"(
  char target[5000], link[5000];
  std::snprintf(target, sizeof target, "%s/.tern/experiments/0001/1/run/model", lab);
  std::snprintf(link, sizeof link, "%s/model", run);
  if (symlink(target, link) == 0) std::exit(0);
)")});
  EXPECT_EQ(out.status(), Status::kCrash) << out.error();
}

TEST(Research, RefusesAnotherSeedAlone) {
  std::string source = fake_recipe("0");
  source.replace(source.find("seed = 1"), 8, "seed = 2");
  const Outcomes out({source});
  EXPECT_EQ(out.status(), Status::kRejected) << out.error();
}

TEST(Research, RefusesAnotherSeedAmongTheOverrides) {
  const Outcomes out({with_override(fake_recipe("0"), "seed = 2;")});
  EXPECT_EQ(out.status(), Status::kRejected) << out.error();
  EXPECT_THAT(out.reason(), HasSubstr("only the seed"));
}

TEST(Research, RefusesTheSameValuesWrittenOtherwiseOnceTheyAreBuilt) {
  const std::string again = with_override(fake_recipe("0"), "quality = -3.0e-1;");
  const Outcomes out({fake_recipe("-0.3"), again, with_override(fake_recipe("0"), "other = 0;")});
  EXPECT_EQ(out.status(3), Status::kRejected) << out.error();
  EXPECT_THAT(out.reason(3), HasSubstr("experiment 2 tried this very recipe"));
  EXPECT_TRUE(out[3].runs.empty());
  EXPECT_EQ(out.status(4), Status::kRejected);
  EXPECT_THAT(out.reason(4), HasSubstr("every knob that acts has the incumbent's value"));
}

TEST(Research, StoresWhatEachBuiltRecipeSaysOfItsKnobs) {
  const Outcomes out({fake_recipe("0.3"), doing("this is no C++;")});
  const KnobValues kept = {{"seed", "1"}, {"quality", "0.3"}, {"other", "0"}};
  EXPECT_EQ(out[2].knobs, kept) << out.error();
  EXPECT_EQ(out.history().with_recipe(out[2].recipe)->number, 2);
  const std::string text = read_file(out.fake().lab().experiment(2) / "description.json");
  EXPECT_EQ(RecipeDescription::parse_untrusted(text).find("quality")->value, "0.3");
  EXPECT_TRUE(out[3].knobs.empty()) << "nothing is known of what does not compile";
}

TEST(Research, CallsARecipeThatDoesNotDescribeItselfACrash) {
  std::string source = doing("");
  const std::string call = "describe_all(recipe);";
  source.replace(source.find(call), call.size(), "return 3;");
  const Outcomes out({source});
  EXPECT_EQ(out.status(), Status::kCrash) << out.error();
  EXPECT_THAT(out.reason(), HasSubstr("does not describe its knobs: exit code 3"));
}

TEST(Research, RejectsAProposalWhoseValueDoesNotArrive) {
  const FakeLab fake;
  std::string source = fake_recipe("0");
  const std::string call = "recipe.overrides();";
  source.insert(source.find(call) + call.size(), "\n  recipe.quality = 0.05;");
  write_file_atomically(fake.root() / "train.cpp", source);
  write_file_atomically(fake.root() / "program.md", "## What to explore\n\n1. `quality`\n");
  BuiltinProposer builtin;
  FakeLoop loop(fake, builtin, builtin, "confirm", {.experiments = 2, .stops = {}});
  loop.research().run();
  EXPECT_EQ(loop.history().at(2).status, Status::kRejected);
  EXPECT_THAT(loop.history().at(2).reason,
              HasSubstr("quality was to become 0.1, and the built recipe says that it is 0.05"));
  EXPECT_TRUE(loop.history().at(2).runs.empty());
}

TEST(Research, RefusesALabOfAnEarlierTernWithAWayToGoOn) {
  const FakeLab fake;
  write_file_atomically(fake.root() / "train.cpp",
                        "struct Recipe {\n  double lr = 1;  // try: 1 2\n};\nint main() {}\n");
  ScriptedProposer proposer({});
  FakeLoop loop(fake, proposer, proposer);
  try {
    loop.research().run();
    ADD_FAILURE();
  } catch (const Error& e) {
    EXPECT_THAT(e.what(), HasSubstr("train.cpp is of an earlier Tern"));
    EXPECT_THAT(e.what(), HasSubstr("tern new DIR --preset"));
  }
  EXPECT_TRUE(loop.history().experiments().empty());
}

TEST(Research, RefusesAnIdeaThatWasTriedBefore) {
  const Outcomes out({fake_recipe("-0.3"), fake_recipe("-0.3") + "// again\n"});
  EXPECT_EQ(out.status(3), Status::kRejected) << out.error();
  EXPECT_TRUE(out[3].runs.empty());
}

/// What a recipe does to the lab behind the loop's back; with a sandbox nothing of it takes effect.
class Attack : public testing::TestWithParam<const char*> {};

TEST_P(Attack, IsKeptOutByTheSandbox) {
  if (available_sandbox() == Sandbox::Kind::kNone) GTEST_SKIP() << "no sandbox on this machine";
  const std::string path = GetParam();
  const Outcomes out({fake_recipe("0.3",
                                  "  char path[5000];\n  std::snprintf(path, sizeof path, "
                                  "\"%s/" +
                                      path + R"(", lab);
  FILE* file = std::fopen(path, "a");
  if (file) std::fputs("changed", file), std::fclose(file);
  if (unlink(path) == 0 || (file = std::fopen(path, "w"))) write("reached", "yes");
)")});
  EXPECT_EQ(out.error(), "");
  EXPECT_FALSE(fs::exists(out.fake().lab().experiment(2) / "1" / "run" / "reached"));
  EXPECT_EQ(out.status(), Status::kKeep);
}

INSTANTIATE_TEST_SUITE_P(On, Attack,
                         testing::Values("lab.toml", "data/wikitext_eval.json", "data/train.tokens",
                                         ".tern/ledger.jsonl", ".git/HEAD", "../evaluator",
                                         "train.cpp", "new-file", ".tern/confirm.json",
                                         ".tern/final.json"));

TEST(Research, KeepsTheLabsTextsAndOtherRunsFromBeingRead) {
  if (available_sandbox() == Sandbox::Kind::kNone) GTEST_SKIP() << "no sandbox on this machine";
  const Outcomes out({doing(R"(
  const char* names[] = {"lab.toml", "data/manifest.json", "data/wikitext_eval.json",
                         "data/train.tokens", ".tern/confirm.json", ".tern/final.json",
                         ".tern/ledger.jsonl", ".tern/data-seed",
                         ".tern/experiments/0001/1/run/model/score"};
  for (const char* name : names) {
    char path[5000];
    std::snprintf(path, sizeof path, "%s/%s", lab, name);
    if (std::fopen(path, "r")) write("reached", name);
  }
  if (socket(AF_INET, SOCK_STREAM, 0) >= 0) write("reached", "network");
)")});
  EXPECT_FALSE(fs::exists(out.fake().lab().experiment(2) / "1" / "run" / "reached"));
  EXPECT_EQ(out.status(), Status::kKeep) << out.error() << out.reason();
}

/// Proposes an honest gain, and changes a file of the lab while it is at it.
class Meddler : public ScriptedProposer {
 public:
  Meddler(const FakeLab& fake, std::string file)
      : ScriptedProposer({fake_recipe("0.3")}), fake_(fake), file_(std::move(file)) {}
  Proposal propose(const Situation& situation) override {
    append_file(fake_.root() / file_, "changed");
    return ScriptedProposer::propose(situation);
  }

 private:
  const FakeLab& fake_;
  std::string file_;
};

TEST(Research, StopsWithASentenceWhenLockedFilesChange) {
  for (const char* file : {"data/wikitext_eval.json", "lab.toml", "../evaluator", ".tern/data-seed",
                           ".tern/final.json"}) {
    const FakeLab fake;
    Meddler meddler(fake, file);
    ScriptedProposer none({});
    FakeLoop loop(fake, meddler, none);
    try {
      loop.research().run();
      ADD_FAILURE() << file;
    } catch (const Error& e) {
      EXPECT_THAT(e.what(), HasSubstr(fs::path(file).filename().string()));
    }
  }
}

TEST(Research, StopsWhenTheLedgerWasChangedByAnother) {
  const FakeLab fake;
  Meddler meddler(fake, ".tern/ledger.jsonl");
  ScriptedProposer none({});
  FakeLoop loop(fake, meddler, none);
  EXPECT_THROW(loop.research().run(), Error);
}

TEST(Research, RefusesASecondLoopInTheSameLab) {
  const FakeLab fake;
  const LoopLock lock(fake.lab());
  EXPECT_THROW(LoopLock second(fake.lab()), Error);
  EXPECT_EQ(running_loop(fake.lab()), ::getpid());
}

TEST(Research, StopsAtAFileStopAndTakesItAway) {
  const FakeLab fake;
  ScriptedProposer proposer({});
  FakeLoop loop(fake, proposer, proposer);
  write_file_atomically(fake.root() / "STOP", "");
  loop.research().run();
  EXPECT_FALSE(fs::exists(fake.root() / "STOP"));
  EXPECT_TRUE(loop.history().experiments().empty());
}

TEST(Research, StopsAfterTheExperimentAtTheFirstSignalAndAtOnceAtTheSecond) {
  const FakeLab fake;
  ScriptedProposer proposer({doing("sleep(2);")});
  int asked = 0;
  FakeLoop loop(fake, proposer, proposer, "confirm", {.stops = [&] {
                  const bool trying =
                      fs::exists(fake.lab().experiment(2)) && fs::exists(fake.stage() / "log.txt");
                  return trying ? asked = 2 : asked;
                }});
  loop.research().run();
  ASSERT_NE(loop.history().unfinished(), nullptr);
  EXPECT_EQ(loop.history().unfinished()->runs[0].outcome, Outcome::kInterrupted);
}

TEST(Research, GoesOnWithAnExperimentWhoseBuildingWasStoppedTwice) {
  const FakeLab fake;
  ScriptedProposer proposer({fake_recipe("0.3")});
  for (int times = 0; times < 2; ++times) {
    fs::remove_all(fake.stage());
    bool stopped = false;  // a signal that came stays
    FakeLoop loop(fake, proposer, proposer, "confirm", {.stops = [&] {
                    stopped = stopped || fake.is_building(2);
                    return stopped ? 2 : 0;
                  }});
    loop.research().run();
    ASSERT_NE(loop.history().unfinished(), nullptr);
  }
  FakeLoop loop(fake, proposer, proposer, "confirm", {.experiments = 1, .stops = {}});
  loop.research().run();
  EXPECT_EQ(loop.history().at(2).status, Status::kKeep);
}

TEST(Research, CallsARunThatTookMoreThanItsBudgetVoidWithTheFigures) {
  const Outcomes out({doing(R"(write("refused", "it asked for 99 tokens");)")});
  EXPECT_EQ(out.status(), Status::kDiscard) << out.error();
  const RunRecord& run = out[2].runs.back();
  EXPECT_EQ(run.outcome, Outcome::kVoid);
  EXPECT_EQ(run.reason, "it asked for 99 tokens");
}

TEST(Research, RefusesALabWhoseTextComesThroughStandardInput) {
  const FakeLab fake;
  LabManifest manifest = LabManifest::read(fake.lab());
  manifest.train_source = "-";
  manifest.write(fake.lab());
  ScriptedProposer proposer({});
  EXPECT_THROW(FakeLoop(fake, proposer, proposer), Error);
}

TEST(Research, TriesAPersonsOwnEditFirst) {
  const FakeLab fake;
  ScriptedProposer proposer({});
  {
    FakeLoop loop(fake, proposer, proposer, "confirm", {.experiments = 1, .stops = {}});
    loop.research().run();
  }
  write_file_atomically(fake.root() / "train.cpp", fake_recipe("0.3"));
  FakeLoop loop(fake, proposer, proposer, "confirm", {.experiments = 1, .stops = {}});
  loop.research().run();
  EXPECT_EQ(loop.history().at(2).proposer, "person");
  EXPECT_EQ(loop.history().at(2).status, Status::kKeep);
}

TEST(Research, LosesNoEditOfAPersonWhenItOnlyMeasures) {
  const FakeLab fake;
  ScriptedProposer proposer({});
  {
    FakeLoop loop(fake, proposer, proposer, "confirm", {.experiments = 1, .stops = {}});
    loop.research().run();
  }
  write_file_atomically(fake.root() / "train.cpp", fake_recipe("0.3"));
  FakeLoop(fake, proposer, proposer).research().measure_noise(1);
  const fs::directory_entry kept = *fs::directory_iterator(fake.root() / ".tern" / "found");
  EXPECT_EQ(read_file(kept.path()), fake_recipe("0.3"));
  EXPECT_EQ(read_file(fake.root() / "train.cpp"), fake_recipe("0"));
}

TEST(Research, RepeatsAnExperimentAndItsBaseWithoutMovingTheBranch) {
  const FakeLab fake;
  ScriptedProposer proposer({fake_recipe("-0.3")});
  FakeLoop loop(fake, proposer, proposer, "confirm", {.experiments = 2, .stops = {}});
  loop.research().run();
  const std::string branch = fake.git("rev-parse tern/test");
  loop.research().confirm(2, /*pairs=*/2);
  EXPECT_EQ(loop.history().at(2).fresh_runs().size(), 2u);
  EXPECT_EQ(loop.history().at(1).runs.size(), 5u);
  EXPECT_EQ(fake.git("rev-parse tern/test"), branch);
}

TEST(Research, SaysWhichOfTernsOwnValuesChangedAndMeasuresTheIncumbentAnew) {
  const FakeLab fake;
  ScriptedProposer proposer({fake_recipe("0.3")});
  {
    FakeLoop loop(fake, proposer, proposer, "confirm", {.experiments = 1, .stops = {}});
    loop.research().run();
  }
  write_file_atomically(fake.home() / "share" / "tern" / "toolchain.json",
                        R"({"compile": ["g++", "-O0", "-DOWN_OTHER=1"], "link": []})");
  FakeLoop loop(fake, proposer, proposer, "confirm", {.experiments = 1, .stops = {}});
  loop.research().run();
  EXPECT_THAT(loop.lines(), testing::Contains("Tern's own other is 1 now, it was 0 when the "
                                              "incumbent was measured"));
  EXPECT_TRUE(loop.history().at(1).runs[0].stale);
  EXPECT_EQ(*value_of(loop.history().at(1).knobs, "other"), "1");
  EXPECT_EQ(loop.history().at(2).status, Status::kKeep);
}

/// The rest of Tern is the same here, so that what was kept is all that tells.
TEST(Research, MeasuresTheIncumbentAnewWhenItDescribesItselfOtherwiseThanBefore) {
  const FakeLab fake;
  ScriptedProposer proposer({fake_recipe("-0.3")});
  {
    FakeLoop loop(fake, proposer, proposer, "confirm", {.experiments = 1, .stops = {}});
    loop.research().run();
  }
  const fs::path kept = fake.lab().experiment(1) / "description.json";
  RecipeDescription description = RecipeDescription::parse_untrusted(read_file(kept));
  description.find("other")->standard = description.find("other")->value = "2";
  write_file_atomically(kept, description.to_text());
  {
    FakeLoop loop(fake, proposer, proposer, "confirm", {.experiments = 1, .stops = {}});
    loop.research().run();
    EXPECT_EQ(loop.history().at(1).runs.size(), 6u);
    EXPECT_TRUE(loop.history().at(1).runs[0].stale);
    EXPECT_FALSE(loop.history().at(1).runs[3].stale);
    EXPECT_EQ(loop.history().incumbent()->number, 1);
  }
  ScriptedProposer none({});
  FakeLoop again(fake, none, none, "confirm", {.stops = [] { return 1; }});
  again.research().run();
  EXPECT_THAT(again.lines(), testing::Not(testing::Contains(HasSubstr("own other"))))
      << "it is said once";
}

TEST(Research, MeasuresTheIncumbentAnewWhenTheBudgetChanged) {
  FakeLab fake;
  ScriptedProposer proposer({fake_recipe("0.3")});
  {
    FakeLoop loop(fake, proposer, proposer, "confirm", {.experiments = 1, .stops = {}});
    loop.research().run();
  }
  std::string toml = read_file(fake.root() / "lab.toml");
  toml.replace(toml.find("seconds = 1"), 11, "seconds = 2");
  write_file_atomically(fake.root() / "lab.toml", toml);
  fake.reopen();
  FakeLoop loop(fake, proposer, proposer, "confirm", {.experiments = 1, .stops = {}});
  loop.research().run();
  const std::vector<RunRecord>& runs = loop.history().at(1).runs;
  ASSERT_GE(runs.size(), 6u);
  EXPECT_TRUE(runs[0].stale);
  EXPECT_FALSE(runs[3].stale);
  EXPECT_EQ(loop.history().at(2).status, Status::kKeep);
}

}  // namespace
}  // namespace tern::loop
