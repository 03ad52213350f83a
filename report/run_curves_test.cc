#include "report/run_curves.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tern/base/file.h"
#include "tern/base/temporary_folder.h"
#include "tern/contract/table.h"

namespace tern {
namespace {

const std::string kSteps = table_header<StepRow>();

TEST(RunCurves, ReadWhatATrainingProgramWrote) {
  const TemporaryFolder folder;
  write_file_atomically(folder / "steps.tsv",
                        kSteps + "1\t64\t0.5\t3.5\t1e-3\t0\n2\t128\t1\t3.25\t5e-4\t1\n");
  write_file_atomically(
      folder / "results.tsv",
      table_header<ResultsRow>() + table_row(ResultsRow{.step = 2, .eval_ppl = 20.5}));
  write_file_atomically(folder / "layers.tsv",
                        table_header<LayerRow>() + table_row(LayerRow{.step = 2, .layer = "up"}));
  const RunCurves curves = read_run_curves(folder.path());
  ASSERT_EQ(curves.steps.size(), 2u);
  EXPECT_EQ(curves.steps[1].loss, 3.25);
  ASSERT_EQ(curves.evaluations.size(), 1u);
  EXPECT_EQ(curves.evaluations[0].row.eval_ppl, 20.5);
  EXPECT_EQ(curves.evaluations[0].tokens, 128);
  ASSERT_EQ(curves.layers.size(), 1u);
  EXPECT_EQ(curves.layers[0].layer, "up");
  EXPECT_EQ(curves.layers[0].flip_rate, std::nullopt);
}

TEST(RunCurves, OfAFolderWithoutFilesAreEmpty) {
  const TemporaryFolder folder;
  EXPECT_TRUE(read_run_curves(folder / "none").empty());
}

TEST(RunCurves, LeaveOutHalfALineAndARowThatIsWrong) {
  const TemporaryFolder folder;
  write_file_atomically(folder / "steps.tsv",
                        kSteps + "1\t64\t0\tnan\t0\t0\n2\t1\t1\t1\t<b>\t1\n3\t128\t1");
  const RunCurves curves = read_run_curves(folder.path());
  ASSERT_EQ(curves.steps.size(), 1u);
  EXPECT_TRUE(std::isnan(curves.steps[0].loss));
}

TEST(RunCurves, FollowNoLink) {
  const TemporaryFolder folder;
  write_file_atomically(folder / "secret", kSteps + "1\t64\t0\t1\t1\t0\n");
  std::filesystem::create_symlink(folder / "secret", folder / "steps.tsv");
  EXPECT_TRUE(read_run_curves(folder.path()).empty());
}

TEST(RunCurves, ThinnedKeepTheMeanLossAndTheLastPoints) {
  RunCurves curves;
  for (int64_t i = 1; i <= 10; ++i) {
    curves.steps.push_back({.step = i, .tokens = 64 * i, .loss = static_cast<double>(i)});
    curves.evaluations.push_back({.row = {.step = i}, .tokens = 64 * i});
    for (const char* layer : {"a", "b"}) curves.layers.push_back({.step = i, .layer = layer});
  }
  const RunCurves thin = thinned(curves, 2, 1);
  ASSERT_EQ(thin.steps.size(), 2u);
  EXPECT_EQ(thin.steps[0].loss, 3);  // of 1 to 5
  EXPECT_EQ(thin.steps[1].tokens, 640);
  ASSERT_EQ(thin.evaluations.size(), 2u);
  EXPECT_EQ(thin.evaluations[1].row.step, 10);
  ASSERT_EQ(thin.layers.size(), 1u);
  EXPECT_EQ(thin.layers[0].step, 10);
}

TEST(RunCurves, ThatAreShortStayAsTheyAre) {
  RunCurves curves;
  curves.steps = {{.step = 1, .loss = 3}, {.step = 2, .loss = 2}};
  const RunCurves thin = thinned(curves, 300, 10);
  ASSERT_EQ(thin.steps.size(), 2u);
  EXPECT_EQ(thin.steps[0].loss, 3);
}

}  // namespace
}  // namespace tern
