#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>

#include "loop/propose/builtin_proposer.h"
#include "tern/base/timer.h"
#include "tests/fake_lab.h"

namespace tern::loop {
namespace {

/// The fake recipe with enough knobs for a long search.
std::string recipe_with_knobs() {
  std::vector<FakeKnob> knobs;
  for (const char* name : {"a", "b", "c", "d", "e", "f", "g", "h"}) {
    knobs.push_back({name, "3", R"("1", "2", "3", "4", "5", "6", "7", "8")"});
  }
  return fake_recipe("0", "", knobs);
}

double resident_mb() {
  long pages = 0;
  if (FILE* file = std::fopen("/proc/self/statm", "r")) {
    if (std::fscanf(file, "%*d %ld", &pages) != 1) pages = 0;
    std::fclose(file);
  }
  return static_cast<double>(pages * ::sysconf(_SC_PAGESIZE)) / 1e6;
}

/// What the harness itself costs over a thousand experiments whose recipes do nothing: the seconds
/// of an experiment (with g++ on a 70-line file and two processes in the sandbox) and memory must
/// not grow. To be run by hand:
///
///   build/bin/research_test --gtest_also_run_disabled_tests --gtest_filter='*ThousandExperiments'
TEST(ResearchCost, DISABLED_OfAThousandExperiments) {
  const FakeLab fake;
  write_file_atomically(fake.root() / "train.cpp", recipe_with_knobs());
  BuiltinProposer builtin;
  constexpr int kBatch = 100;
  int64_t done = 0;
  Timer timer;
  const History* history = nullptr;
  FakeLoop loop(fake, builtin, builtin, "greedy",
                {.experiments = 1000, .stops = [&] {
                   const int64_t experiments = history == nullptr ? 0 : history->next_number() - 1;
                   if (experiments >= done + kBatch) {
                     done = experiments;
                     std::printf("%4ld experiments: %.3f s each, %.1f MB resident\n", done,
                                 timer.seconds() / kBatch, resident_mb());
                     std::fflush(stdout);
                     timer.reset();
                   }
                   return 0;
                 }});
  history = &loop.history();
  loop.research().run();
}

}  // namespace
}  // namespace tern::loop
