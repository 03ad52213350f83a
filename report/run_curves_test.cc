#include "report/run_curves.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tern/base/file.h"
#include "tern/base/temporary_folder.h"

namespace tern {
namespace {

constexpr const char* kSteps = "step\ttokens\tseconds\tloss\tlr\tlambda\n";

TEST(RunCurves, ReadWhatATrainingProgramWrote) {
  const TemporaryFolder folder;
  write_file_atomically(
      folder / "steps.tsv",
      std::string(kSteps) + "1\t64\t0.5\t3.5\t1e-3\t0\n2\t128\t1\t3.25\t5e-4\t1\n");
  write_file_atomically(folder / "results.tsv",
                        "step\teval_ppl\tq_neg1\tq_zero\tq_pos1\n2\t20.5\t0.3\t0.4\t0.3\n");
  write_file_atomically(folder / "layers.tsv",
                        "step\tlayer\tq_neg1\tq_zero\tq_pos1\tflip_rate\n2\tup\t0.2\t0.6\t0.2\t\n");
  const RunCurves curves = read_run_curves(folder.path());
  ASSERT_EQ(curves.steps.size(), 2u);
  EXPECT_EQ(curves.steps[1].loss, 3.25);
  ASSERT_EQ(curves.evaluations.size(), 1u);
  EXPECT_EQ(curves.evaluations[0].ppl, 20.5);
  EXPECT_EQ(curves.evaluations[0].tokens, 128);
  ASSERT_EQ(curves.layers.size(), 1u);
  EXPECT_EQ(curves.layers[0].name, "up");
  EXPECT_TRUE(std::isnan(curves.layers[0].flip_rate));
}

TEST(RunCurves, OfAFolderWithoutFilesAreEmpty) {
  const TemporaryFolder folder;
  EXPECT_TRUE(read_run_curves(folder / "none").empty());
}

TEST(RunCurves, LeaveOutHalfALineAndWhatIsNoNumber) {
  const TemporaryFolder folder;
  write_file_atomically(folder / "steps.tsv",
                        std::string(kSteps) + "1\t64\t0\tnan\t<b>\t0\nx\t1\t1\t1\t1\t1\n2\t128\t1");
  const RunCurves curves = read_run_curves(folder.path());
  ASSERT_EQ(curves.steps.size(), 1u);
  EXPECT_TRUE(std::isnan(curves.steps[0].loss));
  EXPECT_TRUE(std::isnan(curves.steps[0].lr));
}

TEST(RunCurves, FollowNoLink) {
  const TemporaryFolder folder;
  write_file_atomically(folder / "secret", std::string(kSteps) + "1\t64\t0\t1\t1\t0\n");
  std::filesystem::create_symlink(folder / "secret", folder / "steps.tsv");
  EXPECT_TRUE(read_run_curves(folder.path()).empty());
}

TEST(RunCurves, ThinnedKeepTheMeanLossAndTheLastPoints) {
  RunCurves curves;
  for (double i = 1; i <= 10; ++i) {
    curves.steps.push_back({i, 64 * i, i, i, 1e-3, 1});
    curves.evaluations.push_back({i, 64 * i, i, 1, 0.3, 0.4, 0.3});
    curves.layers.push_back({i, 0.3, 0.4, 0.3, 0, "a"});
    curves.layers.push_back({i, 0.3, 0.4, 0.3, 0, "b"});
  }
  const RunCurves thin = thinned(curves, 2, 1);
  ASSERT_EQ(thin.steps.size(), 2u);
  EXPECT_EQ(thin.steps[0].loss, 3);  // of 1 to 5
  EXPECT_EQ(thin.steps[1].tokens, 640);
  ASSERT_EQ(thin.evaluations.size(), 2u);
  EXPECT_EQ(thin.evaluations[1].step, 10);
  ASSERT_EQ(thin.layers.size(), 1u);
  EXPECT_EQ(thin.layers[0].step, 10);
}

TEST(RunCurves, ThatAreShortStayAsTheyAre) {
  RunCurves curves;
  curves.steps = {{1, 64, 1, 3, 1e-3, 1}, {2, 128, 2, 2, 1e-3, 1}};
  const RunCurves thin = thinned(curves, 300, 10);
  ASSERT_EQ(thin.steps.size(), 2u);
  EXPECT_EQ(thin.steps[0].loss, 3);
}

}  // namespace
}  // namespace tern
