// Kills of everything that has a part in an experiment, at random instants, alone and together,
// while a loop makes experiments of which some are kept.
//
//     TERN_CHAOS_KILLS=300 build/bin/research_test --gtest_filter='Chaos.*'

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <map>
#include <random>
#include <set>
#include <sstream>

#include "loop/record/ledger.h"
#include "tern/base/text.h"
#include "tern/sandbox/process_tree.h"
#include "tests/fake_lab.h"

namespace tern::loop {
namespace {

namespace fs = std::filesystem;
using namespace std::string_literals;

constexpr int64_t kExperiments = 16;  // of a lab

/// Gains beyond doubt among crashes and changes without effect.
std::deque<std::string> proposals() {
  std::deque<std::string> sources;
  double quality = 0;
  for (int64_t number = 2; number <= kExperiments; ++number) {
    const bool better = number % 3 != 0;
    if (better) quality += 0.1;
    const char* end = number % 5 == 0 ? "std::abort();" : "";
    const std::string act = fmt::format("usleep(50000 + {}); {}", number, end);
    sources.push_back(fake_recipe(fmt::format("{:.2f}", quality), act));
  }
  return sources;
}

void session(const FakeLab& fake) {
  ScriptedProposer proposer(proposals());
  const History* history = nullptr;
  FakeLoop loop(fake, proposer, proposer, "greedy", {.stops = [&] {
                  return history != nullptr && history->unfinished() == nullptr &&
                                 history->next_number() > kExperiments
                             ? 1
                             : 0;
                }});
  history = &loop.history();
  loop.research().run();
}

std::string text_of(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream whole;  // whose operator throws nothing where the process ends meanwhile
  whole << stream.rdbuf();
  std::string text = whole.str();
  std::replace(text.begin(), text.end(), '\0', ' ');
  return text;
}

/// What a process is to an experiment; empty for what is none of it.
std::string part_of(const FakeLab& fake, pid_t process) {
  const fs::path folder = fs::path("/proc") / std::to_string(process);
  const std::string name = text_of(folder / "comm"), command = text_of(folder / "cmdline");
  const auto among = [&](std::initializer_list<const char*> names) {
    return std::ranges::any_of(names, [&](const char* one) { return name == one + "\n"s; });
  };
  if (among({"tern-keeper"})) return "keeper";
  if (among({"tern-first"})) return "first process";
  if (among({"g++", "cc1plus", "as", "collect2", "ld"})) return "compiler";
  if (command.find(fake.evaluator().string() + " attend") != command.npos) return "attendant";
  if (command.find(fake.evaluator().string() + " eval") != command.npos) return "evaluator";
  if (command.find((fake.stage() / "train").string() + " ") != command.npos) return "run";
  return "";
}

/// Makes experiments in one lab after the other, and kills.
class Chaos {
 public:
  explicit Chaos(uint32_t seed) : random_(seed) { start(); }
  ~Chaos() {
    if (loop_ > 0) end_loop();
  }

  void kill_one_or_several() {
    std::set<std::string> chosen = {pick()};
    while (random_() % 3 == 0) chosen.insert(pick());
    ::usleep(random_() % 300'000);
    int64_t killed = 0;
    for (int look = 0; killed == 0 && look < 2000; ++look) {
      if (has_ended()) begin_next_lab();
      killed = kill_all(chosen);
      if (killed == 0) ::usleep(1000);
    }
    if (killed > 0) ++kills_[joined(std::vector<std::string>(chosen.begin(), chosen.end()), " + ")];
    if (killed > 0 && chosen.contains("loop")) {
      ::waitpid(loop_, nullptr, 0);
      loop_ = 0;
      expect_nothing_is_left();
      EXPECT_NO_THROW(History(read_ledger(fake_->lab().ledger())));
      start();
    }
  }
  /// Lets the last lab come to its end.
  void finish() {
    int status = 0;
    for (int tries = 0; tries < 2; ++tries) {
      ::waitpid(loop_, &status, 0);
      loop_ = 0;
      if (status == 0) break;
      start();  // see has_ended()
    }
    EXPECT_EQ(status, 0);
    expect_whole();
  }
  std::string report() const {
    std::string text = fmt::format("{} experiments, {} kept\n", experiments_, kept_);
    for (const auto& [parts, times] : kills_) text += fmt::format("{:4} {}\n", times, parts);
    return text;
  }

 private:
  std::string pick() {
    constexpr std::array kParts = {"loop", "keeper",    "first process", "compiler",
                                   "run",  "evaluator", "attendant"};
    return kParts[random_() % kParts.size()];
  }

  void start() {
    if (!fake_) fake_ = std::make_unique<FakeLab>();
    loop_ = ::fork();
    if (loop_ != 0) return;
    try {
      session(*fake_);
    } catch (const std::exception& e) {
      std::fprintf(stderr, "%s\n", e.what());
      ::_exit(1);
    }
    ::_exit(0);
  }
  bool has_ended() {
    int status = 0;
    if (::waitpid(loop_, &status, WNOHANG) != loop_) return false;
    if (status == 0) return true;
    // A compiler of the incumbent that is killed three times in a row is taken at its word, and the
    // loop ends with a sentence; a person would start it again.
    EXPECT_EQ(status, 256);
    start();
    return false;
  }
  void begin_next_lab() {
    loop_ = 0;
    expect_whole();
    fake_.reset();
    start();
  }
  void end_loop() {
    ::kill(loop_, SIGKILL);
    ::waitpid(loop_, nullptr, 0);
    loop_ = 0;
  }

  /// How many processes there were.
  int64_t kill_all(const std::set<std::string>& parts) const {
    std::vector<pid_t> found;
    for (const pid_t process : descendants_of(loop_)) {
      if (parts.contains(part_of(*fake_, process))) found.push_back(process);
    }
    if (parts.contains("loop") && (parts.size() == 1 || !found.empty())) found.push_back(loop_);
    for (const pid_t process : found) ::kill(process, SIGKILL);
    return std::ssize(found);
  }

  /// No process in the lab's paths a moment after the loop is gone.
  void expect_nothing_is_left() const {
    const std::string place = fake_->root().parent_path().string();
    std::string left;
    for (int look = 0; look < 200; ++look) {
      left.clear();
      for (const fs::path& folder : fs::directory_iterator("/proc")) {
        const pid_t process = std::atoi(folder.filename().c_str());
        if (process <= 0 || process == ::getpid()) continue;
        std::error_code gone;
        const std::string all = text_of(folder / "cmdline") + text_of(folder / "environ") +
                                fs::read_symlink(folder / "cwd", gone).string();
        if (all.find(place) != all.npos) left = text_of(folder / "cmdline");
      }
      if (left.empty()) return;
      ::usleep(10'000);
    }
    ADD_FAILURE() << "left: " << left;
  }

  /// What holds of a lab whose loop has ended by itself.
  void expect_whole() {
    expect_nothing_is_left();
    const Lab& lab = fake_->lab();
    const History history(read_ledger(lab.ledger()));
    EXPECT_EQ(history.unfinished(), nullptr);
    ASSERT_NE(history.incumbent(), nullptr);
    EXPECT_EQ(fake_->git("rev-parse tern/test"), history.incumbent()->commit + "\n");
    EXPECT_EQ(fake_->git("show tern/test:train.cpp"), read_file(lab.recipe()));
    EXPECT_EQ(fake_->git("status --porcelain"), "");
    for (const Experiment& e : history.experiments()) {
      ++experiments_;
      kept_ += e.status == Status::kKeep ? 1 : 0;
      // A baseline is a commit of the branch.
      if (e.base == 0 || e.commit.empty()) continue;
      EXPECT_EQ(fake_->git(fmt::format("rev-parse refs/tern/exp/{:04}", e.number)),
                e.commit + "\n");
    }
    const std::string experiments = read_file(lab.experiments_table());
    const std::string results = read_file(lab.results());
    const Journal derived(lab);  // makes the tables anew
    EXPECT_EQ(read_file(lab.experiments_table()), experiments);
    EXPECT_EQ(read_file(lab.results()), results);
  }

  std::mt19937 random_;
  std::unique_ptr<FakeLab> fake_;
  pid_t loop_ = 0;
  std::map<std::string, int64_t> kills_;
  int64_t experiments_ = 0, kept_ = 0;
};

TEST(Chaos, KillsOfAnythingAtAnyInstantLeaveAWholeRecordAndNoProcess) {
  const char* wanted = std::getenv("TERN_CHAOS_KILLS");
  const int kills = wanted == nullptr ? 30 : std::atoi(wanted);
  Chaos chaos(static_cast<uint32_t>(kills));
  for (int kill = 0; kill < kills; ++kill) chaos.kill_one_or_several();
  chaos.finish();
  std::fprintf(stderr, "%s", chaos.report().c_str());
}

}  // namespace
}  // namespace tern::loop
