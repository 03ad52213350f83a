#include "tern/train/steps.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "tern/base/file.h"
#include "tern/base/temporary_folder.h"
#include "tern/contract/table.h"

namespace tern {
namespace {

const std::string kHeader = table_header<StepRow>();

class Steps : public ::testing::Test {
 protected:
  std::filesystem::path path() const { return folder_ / "steps.tsv"; }
  /// What there is behind the header.
  std::string rows() const {
    const std::string text = read_file(path());
    EXPECT_TRUE(text.starts_with(kHeader)) << text;
    return text.substr(kHeader.size());
  }

  TemporaryFolder folder_;
};

TEST_F(Steps, ARowHoldsAllThatASTepIs) {
  StepsFile(path(), 0).append(
      {.step = 3, .tokens = 6144, .seconds = 0.25, .loss = 2.5, .lr = 1e-4, .lambda = 0.5});
  EXPECT_EQ(rows(), "3\t6144\t0.250\t2.5\t0.0001\t0.5\n");
}

TEST_F(Steps, EveryStepIsThereAtTheEnd) {
  {
    StepsFile file(path(), 0);
    for (int64_t step = 1; step <= 1000; ++step) file.append({.step = step});
  }
  const std::string all = rows();
  EXPECT_EQ(std::count(all.begin(), all.end(), '\n'), 1000);
  EXPECT_NE(all.find("\n1000\t"), std::string::npos);
}

TEST_F(Steps, AFlushWritesWhatWasHeldBack) {
  StepsFile file(path(), 0);
  file.append({.step = 1});
  file.flush();
  EXPECT_NE(rows(), "");
}

TEST_F(Steps, ASlowStepCanBeWatchedWhileTheNextOneRuns) {
  StepsFile file(path(), 0);
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  file.append({.step = 1});
  EXPECT_NE(rows(), "");
}

}  // namespace
}  // namespace tern
