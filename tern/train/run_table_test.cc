#include "tern/train/run_table.h"

#include <gtest/gtest.h>

#include "tern/base/error.h"
#include "tern/base/file.h"
#include "tern/base/temporary_folder.h"
#include "tern/contract/table.h"

namespace tern {
namespace {

class RunTableTest : public ::testing::Test {
 protected:
  std::filesystem::path path() const { return folder_ / "table.tsv"; }
  /// The rows that are left after a run is resumed at this step.
  std::string rows_after_resuming(const std::string& rows, int64_t step,
                                  const std::function<bool(std::string_view)>& ours = {}) const {
    write_file_atomically(path(), "step\tname\n" + rows);
    const RunTable table(path(), "step\tname\n", step, ours);
    const std::string text = read_file(path());
    EXPECT_TRUE(text.starts_with("step\tname\n"));
    return text.substr(text.find('\n') + 1);
  }

  TemporaryFolder folder_;
};

TEST_F(RunTableTest, IsMadeWithItsHeaderAndGrowsByRows) {
  const RunTable table(path(), "step\tname\n", 0);
  table.append("1\ta\n", true);
  table.append("2\tb\n3\tc\n", false);
  EXPECT_EQ(read_file(path()), "step\tname\n1\ta\n2\tb\n3\tc\n");
}

TEST_F(RunTableTest, ARunThatGoesOnMakesItsLaterRowsAgain) {
  EXPECT_EQ(rows_after_resuming("9\ta\n10\ta\n11\ta\n", 10), "9\ta\n10\ta\n");
}

TEST_F(RunTableTest, ANewRunInAnOldFolderBeginsWithAnEmptyTable) {
  EXPECT_EQ(rows_after_resuming("0\ta\n1\ta\n", -1), "");
}

TEST_F(RunTableTest, RowsOfOtherRunsStay) {
  const auto ours = [](std::string_view row) { return cell_at(row, 1) == "a"; };
  EXPECT_EQ(rows_after_resuming("5\ta\n5\tb\n1\ta\n", 3, ours), "5\tb\n1\ta\n");
}

TEST_F(RunTableTest, ALineTornByACrashGoesAway) {
  EXPECT_EQ(rows_after_resuming("9\ta\n1", 10), "9\ta\n");
}

TEST_F(RunTableTest, ATableOfAnOlderTernGetsTheColumnsThatItLacks) {
  write_file_atomically(path(), "step\tname\n9\ta\n10\ta\n11\ta\n");
  RunTable(path(), "step\tname\tsize\n", 10).append("12\ta\t7\n", true);
  EXPECT_EQ(read_file(path()), "step\tname\tsize\n9\ta\t\n10\ta\t\n12\ta\t7\n");
}

TEST_F(RunTableTest, AFileOfAnotherKindIsLeftAlone) {
  write_file_atomically(path(), "my notes\n");
  EXPECT_THROW(RunTable(path(), "step\tname\n", 0), Error);
  EXPECT_EQ(read_file(path()), "my notes\n");
}

}  // namespace
}  // namespace tern
