// The attacks of tests/attacks, each in the sandbox, with the attendant and under the limits of a
// run of `tern research`, in a lab with a tiny model.

#include <fcntl.h>
#include <gmock/gmock.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <map>

#include "tern/base/file_stamp.h"
#include "tern/base/remove_tree.h"
#include "tern/lab_files/data_seed.h"
#include "tern/runner/attendant_process.h"
#include "tern/runner/model_paths.h"
#include "tern/runner/recipe_program.h"
#include "tern/runner/scorer.h"
#include "tern/sandbox/untrusted_file.h"
#include "tests/attacks.h"
#include "tests/tiny_lab.h"

namespace tern {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kSecret = "TERN_ATTACK_SECRET";
constexpr int64_t kMemory = 256 << 20, kDisk = 64 << 20, kLog = 1 << 20;
constexpr int64_t kBudget = 640;  // tokens

/// Where the built attacks lie, and Tern's own program beside them.
fs::path programs() {
  const char* moved = std::getenv("TERN_ATTACKS");
  return moved == nullptr ? fs::path(TERN_ATTACKS) : fs::path(moved);
}
fs::path tern_program() {
  const fs::path moved = programs() / "tern";
  return fs::exists(moved) ? moved : fs::path(TERN_PROGRAM);
}
fs::path recipe_program() {
  const fs::path moved = programs() / "recipe";
  return fs::exists(moved) ? moved : fs::path(TERN_RECIPE);
}

/// A lab with all that is worth an attack.
class AttackedLab {
 public:
  AttackedLab() {
    ::setenv(kSecret, "a key", 1);
    write_file_atomically(lab().root() / "train.cpp", "// the best recipe\n");
    write_file_atomically(lab().confirm_set(), "the confirm data");
    write_file_atomically(lab().final_set(), "the final text");
    write_file_atomically(lab().ledger(), "the ledger");
    write_file_atomically(lab().results(), "the rows");
    write_data_seed(lab().root(), 1);
    const CapturedRun teacher = capture_process(
        {tern_program(), "teacher", "--threads", "1", "--length", "16", "--tokens", "320"}, false,
        lab().root());
    check(teacher.exit_code == 0, "{}", teacher.output);
    train_honestly();
    before_ = stamps();
  }

  const Lab& lab() const { return tiny_.lab(); }
  fs::path folder() const { return tiny_.run_folder("attack"); }
  fs::path honest_model() const { return tiny_.run_folder("honest") / "model"; }

  /// Files that are not as they were, but for the run's own.
  std::vector<std::string> changed() const {
    std::vector<std::string> names;
    const Stamps now = stamps();
    for (const auto& [path, stamp] : before_) {
      const auto found = now.find(path);
      if (found == now.end() || found->second != stamp) names.push_back(path.string());
    }
    for (const auto& [path, stamp] : now) {
      if (!before_.contains(path)) names.push_back(path.string());
    }
    return names;
  }

 private:
  using Stamps = std::map<fs::path, std::string>;

  Stamps stamps() const {
    Stamps found;
    for (fs::recursive_directory_iterator it(lab().root()), end; it != end; ++it) {
      const fs::path& path = it->path();
      const std::string name = path.filename().string();
      if (path == folder()) it.disable_recursion_pending();
      // The harness's own, and the folders in which it makes them.
      if (name.starts_with("attack") || path == lab().runs()) continue;
      found[path] = file_stamp(path) + std::to_string(static_cast<int>(it->status().permissions()));
    }
    return found;
  }

  void train_honestly() const {
    std::vector<std::string> words = tiny_.command("honest", {}, recipe_program());
    words[0] = tern_program();
    const CapturedRun run = capture_process(words);
    check(run.exit_code == 0, "{}", run.output);
  }

  TinyLab tiny_;
  Stamps before_;
};

/// What came of an attack.
struct Outcome {
  AttendedRun run;
  std::string output, reached, refused;
};

class AttackTest : public ::testing::TestWithParam<Attack> {
 protected:
  static void SetUpTestSuite() { lab_ = new AttackedLab; }
  static void TearDownTestSuite() { delete lab_; }
  ~AttackTest() override {
    EXPECT_TRUE(remove_tree(lab_->folder())) << "what it left cannot be removed";
    for (const char* log : {"attack.log", "attack-attendant.log", "attack.tsv"}) {
      remove_tree(lab_->lab().runs() / log);
    }
  }

  Job job() const {
    fs::create_directories(lab_->folder());
    Job job =
        recipe_job(lab_->lab(), programs() / GetParam().name, lab_->folder(), available_sandbox());
    job.command.insert(job.command.end(),
                       {"--lab", lab_->lab().root(), "--packed", lab_->honest_model(), "--harness",
                        std::to_string(::getpid())});
    const std::vector<fs::path> honest = model_paths(lab_->honest_model());
    job.sandbox.read.insert(job.sandbox.read.end(), honest.begin(), honest.end());
    job.log = lab_->lab().runs() / "attack.log";
    const bool times_out = GetParam().detail.find("longer") != std::string::npos;
    job.limits = {.seconds = times_out ? 1.5 : 60,
                  .grace_seconds = 0.5,
                  .memory_bytes = kMemory,
                  .tasks = tasks_for_threads(64),
                  .folder_bytes = kDisk,
                  .file_bytes = kDisk,
                  .log_bytes = kLog};
    return job;
  }
  AttendantOrder attendant() const {
    const double seconds = GetParam().seconds;
    return {.program = tern_program(),
            .lab = lab_->lab().root(),
            .results_file = lab_->lab().runs() / "attack.tsv",
            .experiment = {},
            .commit = {},
            .tokens = seconds > 0 ? 0 : kBudget,
            .seconds = seconds,
            .evaluations = 3,
            .eval_tokens = 64,
            .saves = false,
            .threads = 1,
            .log = lab_->lab().runs() / "attack-attendant.log"};
  }
  Outcome run() const {
    const Job prepared = job();
    Outcome outcome;
    outcome.run = run_attended(prepared, attendant());
    make_accessible(lab_->folder());
    outcome.output = read_file(prepared.log);
    const auto kept = [&](const char* name) {
      return read_untrusted(lab_->folder() / name, 1 << 20).value_or("");
    };
    outcome.reached = kept("reached");
    outcome.refused = kept("refused");
    expect_outside_untouched(prepared);
    return outcome;
  }

  /// What holds of every attack.
  void expect_outside_untouched(const Job& job) const {
    EXPECT_THAT(lab_->changed(), ::testing::IsEmpty());
    for (const fs::path& log : {job.log, attendant().log}) {
      EXPECT_LT(fs::file_size(log), kLog + 4096U) << log;
    }
    const int lock = ::open((lab_->folder() / "lock").c_str(), O_RDWR | O_CLOEXEC);
    if (lock >= 0) {
      EXPECT_EQ(::flock(lock, LOCK_EX | LOCK_NB), 0) << "a process is left";
      ::close(lock);
    }
    EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "a child is left";
  }

  std::string score_refusal() const {
    const Scorer scorer({.evaluator = tern_program(),
                         .base = LabManifest::read(lab_->lab()).model,
                         .sandbox = available_sandbox()});
    const ScoreOfRecord score =
        scorer.score(lab_->folder() / "model", lab_->lab().eval_set(),
                     lab_->lab().runs() / "attack.log", [](double) { return ""; });
    EXPECT_EQ(score.answer.has_value(), score.refusal.empty());
    return score.refusal;
  }

  void expect(const Attack& attack, const Outcome& out) const;

  static AttackedLab* lab_;
};
AttackedLab* AttackTest::lab_ = nullptr;

void AttackTest::expect(const Attack& attack, const Outcome& out) const {
  const JobResult& result = out.run.result;
  const std::string& outcome = attack.outcome;
  EXPECT_EQ(out.reached, "");
  if (outcome == "limit") {
    EXPECT_THAT(result.limit, HasSubstr(attack.detail));
    return;
  }
  EXPECT_EQ(result.limit, "") << out.output;
  EXPECT_EQ(result.exit_code, outcome == "exit" ? std::stoi(attack.detail) : 0) << out.output;
  ASSERT_TRUE(out.run.report) << "the attendant was brought down";
  if (outcome == "refused") {
    EXPECT_NE(out.refused, "");
    EXPECT_THAT(out.refused, HasSubstr(attack.detail));
  }
  if (outcome == "void") {
    EXPECT_THAT(out.run.report->refused, HasSubstr(attack.detail));
  } else {
    EXPECT_EQ(out.run.report->refused, "");
  }
  if (outcome == "no summary") {
    EXPECT_FALSE(fs::exists(lab_->folder() / RunSummary::kFile));
    EXPECT_TRUE(read_untrusted(attendant().results_file, 1 << 20).value_or("").empty());
  }
  if (outcome == "processor") {
    EXPECT_GE(result.processor_seconds, std::stod(attack.detail));
  }
  if (outcome == "score") {
    EXPECT_EQ(score_refusal(), "");
  }
  if (outcome == "no score") {
    const std::string refusal = score_refusal();
    EXPECT_THAT(refusal, HasSubstr(attack.detail));
    EXPECT_NE(refusal, "");
  }
}

TEST_P(AttackTest, ComesToNothing) {
  const Attack& attack = GetParam();
  if (attack.outcome != "no description") return expect(attack, run());
  try {
    describe_recipe(programs() / attack.name, available_sandbox());
    FAIL() << "the description was taken";
  } catch (const Error& e) {
    EXPECT_THAT(e.what(), HasSubstr(attack.detail));
  }
}

std::string name_of(const testing::TestParamInfo<Attack>& info) { return info.param.name; }

INSTANTIATE_TEST_SUITE_P(Run, AttackTest, testing::ValuesIn(Attack::all("tests/attacks", ".cc")),
                         name_of);

/// Texts of recipes that attack when they are compiled.
class CompiledAttack : public AttackTest {};

TEST_P(CompiledAttack, ComesToNothing) {
  const Attack& attack = GetParam();
  const fs::path folder = lab_->folder();
  fs::create_directories(folder);
  std::string text =
      read_file(fs::path(TERN_SOURCE_DIR) / "tests/attacks/recipes" / (attack.name + ".txt"));
  const auto put = [&](const std::string& word, const std::string& value) {
    for (size_t at; (at = text.find(word)) != text.npos;) text.replace(at, word.size(), value);
  };
  put("LAB", lab_->lab().root());
  put("HARNESS", std::to_string(::getpid()));
  write_file_atomically(folder / "train.cpp", text);
  const fs::path log = lab_->lab().runs() / "attack.log";
  const JobResult built =
      build_recipe(Toolchain::read(TERN_BUILD_DIR), {.source = folder / "train.cpp",
                                                     .program = folder / "train",
                                                     .log = log,
                                                     .sandbox = available_sandbox(),
                                                     .watch = {}});
  EXPECT_NE(built.exit_code, 0);
  EXPECT_EQ(built.limit, "");
  EXPECT_FALSE(fs::exists(folder / "train"));
  EXPECT_LE(fs::file_size(log), 5U << 20);
  const std::string said = read_file(log);
  for (const char* secret : {"the confirm data", "root:", kSecret}) {
    EXPECT_THAT(said, Not(HasSubstr(secret)));
  }
  EXPECT_THAT(lab_->changed(), ::testing::IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Recipe, CompiledAttack,
                         testing::ValuesIn(Attack::all("tests/attacks/recipes", ".txt")), name_of);

/// CI is root, and most users are not: for them the kernel grants other things in other ways.
TEST(AnOrdinaryUser, IsAsSafe) {
  if (::geteuid() != 0) GTEST_SKIP() << "this is one";
  const TemporaryFolder moved;  // what a build folder holds only its owner may be able to reach
  fs::permissions(moved.path(), fs::perms::others_all, fs::perm_options::add);
  fs::copy(TERN_ATTACKS, moved.path());
  fs::copy_file(TERN_PROGRAM, moved / "tern");
  fs::copy_file(TERN_RECIPE, moved / "recipe");
  fs::copy_file("/proc/self/exe", moved / "test");
  const fs::path log = moved / "log";
  const pid_t child = ::fork();
  if (child == 0) {
    constexpr uid_t kNobody = 65534;
    ::setenv("TERN_ATTACKS", moved.path().c_str(), 1);
    const int file = ::open(log.c_str(), O_WRONLY | O_CREAT, 0600);
    for (const int output : {1, 2}) ::dup2(file, output);
    if (::setgroups(0, nullptr) != 0 || ::setgid(kNobody) != 0 || ::setuid(kNobody) != 0) _exit(1);
    ::execl((moved / "test").c_str(), "attacks_test", "--gtest_brief=1",
            "--gtest_filter=*AttackTest*", nullptr);
    ::_exit(1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << read_file(log);
}

}  // namespace
}  // namespace tern
