#include "tern/contract/table.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tern/base/printable.h"
#include "tern/base/temporary_folder.h"
#include "tern/contract/experiment_row.h"
#include "tern/contract/layer_row.h"
#include "tern/contract/results_row.h"
#include "tern/contract/step_row.h"
#include "tern/contract/table_test_util.h"

namespace tern {
namespace {

struct Plant {
  std::string name = {};
  int64_t leaves = 0;
  double weight = 0;
  Fixed<2> height = {};
  std::optional<double> fruit = {};
  TERN_FIELDS(name, leaves, weight, height, fruit)
};

const std::string kHeader = "name\tleaves\tweight\theight\tfruit\n";
const Cells kNames = cells_of("name\tleaves\tweight\theight\tfruit");

std::string error_of(const Cells& header, std::string_view line) {
  try {
    parse_row<Plant>(header, cells_of(line));
  } catch (const Error& e) {
    return e.what();
  }
  return "";
}

TEST(Table, HasItsFieldsAsColumns) { EXPECT_EQ(table_header<Plant>(), kHeader); }

TEST(Table, AColumnsTypeSaysHowItIsWritten) {
  const Plant plant{
      .name = "fern", .leaves = 12, .weight = 1.0 / 3, .height = 1.0 / 3, .fruit = 1e-9};
  EXPECT_EQ(table_row(plant), "fern\t12\t0.333333\t0.33\t1e-09\n");
  EXPECT_EQ(table_row(Plant{.name = "bud", .height = -0.001}), "bud\t0\t0\t0.00\t\n");
}

TEST(Table, ATextEndsNeitherItsCellNorItsLine) {
  EXPECT_EQ(table_row(Plant{.name = "a\tb\nc\rd"}), "a b c d\t0\t0\t0.00\t\n");
}

TEST(Table, ATextIsNoFormulaOfASpreadsheet) {
  for (const char* formula : {"=cmd()", "+1+cmd()", "-2-3", "@sum", "\t=cmd()", " =cmd()"}) {
    EXPECT_EQ(cell_of(std::string(formula)), "'" + printable(formula));
  }
  EXPECT_EQ(cell_of(cell_of(std::string("=cmd()"))), "'=cmd()") << "also where it is copied";
}

TEST(Table, ATextThatIsANumberStaysOne) {
  for (const char* number : {"-0.5", "+3", "-1e-09", "12"}) {
    EXPECT_EQ(cell_of(std::string(number)), number);
  }
  EXPECT_EQ(cell_of(std::string("lr: 1 -> -2")), "lr: 1 -> -2");
}

TEST(Table, ARowIsReadByTheNamesInTheHeader) {
  const Plant plant = parse_row<Plant>(cells_of("height\tcolour\tweight\tleaves\tname"),
                                       cells_of("2.50\tgreen\t-1e3\t7\toak"));
  EXPECT_EQ(plant.name, "oak");
  EXPECT_EQ(plant.leaves, 7);
  EXPECT_EQ(plant.weight, -1000);
  EXPECT_EQ(plant.height, 2.5);
  EXPECT_EQ(plant.fruit, std::nullopt);
}

TEST(Table, ARowThatEndsEarlyLacksItsLastCells) {
  EXPECT_EQ(parse_row<Plant>(kNames, cells_of("oak\t7\t1\t2")).fruit, std::nullopt);
  EXPECT_NE(error_of(kNames, "oak\t7\t1").find("height"), std::string::npos);
}

TEST(Table, WhatIsWrongIsNamedByItsColumn) {
  EXPECT_EQ(error_of(kNames, "oak\t7\theavy\t2\t"), "weight: expected a number, found \"heavy\"");
  EXPECT_EQ(error_of(kNames, "oak\t7.5\t1\t2\t"), "leaves: expected a number, found \"7.5\"");
  EXPECT_EQ(error_of(kNames, "oak\t7\t1\t2\t3\t4"), "expected 5 cells, found 6");
  EXPECT_EQ(error_of(cells_of("name\tleaves"), "oak\t7"),
            "expected a column weight, and the header has none");
}

TEST(Table, OfAnUnreadProgramAWrongRowIsNone) {
  for (const char* line : {"oak\t7\theavy\t2\t", "oak\t7\t1", "oak\t7\t1\t2\t3\t4", "",
                           "oak\t99999999999999999999\t1\t2\t", "oak\t7\t1e999\t2\t"}) {
    EXPECT_FALSE(parse_untrusted_row<Plant>(kNames, cells_of(line))) << line;
  }
  EXPECT_EQ(parse_untrusted_row<Plant>(kNames, cells_of("oak\t7\t1\t2\t3"))->fruit, 3);
}

TEST(Table, ANumberThatIsNoneIsSaid) {
  EXPECT_EQ(table_row(Plant{.weight = std::nan("")}), "\t0\tnan\t0.00\t\n");
  EXPECT_TRUE(std::isnan(parse_row<Plant>(kNames, cells_of("\t0\tnan\t0\t")).weight));
}

TEST(Table, AFileIsReadToItsLastWholeLine) {
  const TemporaryFolder folder;
  write_file_atomically(folder / "t", kHeader + "oak\t7\t1\t2\t3\nfern\t1\t1\t");
  ASSERT_EQ(read_table<Plant>(folder / "t").size(), 1u);
  EXPECT_EQ(read_table<Plant>(folder / "t")[0].name, "oak");
  write_file_atomically(folder / "t", kHeader + "oak\t7\t1\t2\t3\nfern\tmany\t1\t1\t\n");
  try {
    read_table<Plant>(folder / "t");
    FAIL();
  } catch (const Error& e) {
    EXPECT_NE(std::string(e.what()).find("t, line 3: leaves"), std::string::npos) << e.what();
  }
}

TEST(Table, OfAnOlderTernGetsTheNewColumnsEmpty) {
  EXPECT_EQ(with_columns("name\tleaves\tweight\nfern\t1\t2\noak\t3\t4\n", kHeader),
            kHeader + "fern\t1\t2\t\t\noak\t3\t4\t\t\n");
  EXPECT_EQ(with_columns(kHeader + "fern\t1\t2\t3\t4\n", kHeader), kHeader + "fern\t1\t2\t3\t4\n");
}

TEST(Table, OfSomethingElseIsNotTakenOver) {
  for (const char* text : {"", "my notes\n", "name\tleav\n", "leaves\tname\n"}) {
    EXPECT_EQ(with_columns(text, kHeader), std::nullopt) << text;
  }
}

/// Tools of others rely on these.
TEST(Table, TheColumnsOfTernsTables) {
  EXPECT_EQ(table_header<ResultsRow>(),
            "step\tlambda\ttrain_loss\ttrain_ppl\teval_ppl\teval_bpb\tlr\ttime_s\tbest_ppl\t"
            "q_neg1\tq_zero\tq_pos1\texperiment\tcommit\teval_tokens\n");
  EXPECT_EQ(table_header<StepRow>(), "step\ttokens\tseconds\tloss\tlr\tlambda\n");
  EXPECT_EQ(table_header<LayerRow>(),
            "step\tlayer\tq_neg1\tq_zero\tq_pos1\tflip_rate\tscale_ratio\tsign_agreement\n");
  EXPECT_EQ(table_header<ExperimentRow>(),
            "commit\tval_ppl\tmemory_gb\tstatus\tdescription\texperiment\tval_bpb\tsteps\ttokens\t"
            "time_s\tsigma\tgain\truns\tproposer\tfamily\texpectation\treason\n");
}

TEST(Table, ARowReadBackIsTheRow) {
  const ResultsRow row{.step = 50,
                       .lambda = 0.5,
                       .eval_ppl = 8.125,
                       .eval_bpb = 1.25,
                       .lr = 3e-4,
                       .time_s = 12.3456,
                       .q_zero = 0.4,
                       .experiment = "0007.2",
                       .commit = "0123456",
                       .eval_tokens = 4096};
  const std::string line = table_row(row);
  EXPECT_EQ(line,
            "50\t0.5\t\t\t8.125\t1.25\t0.0003\t12.346\t\t0.0000\t0.4000\t0.0000\t0007.2\t"
            "0123456\t4096\n");
  const Cells names = cells_of(whole_lines(table_header<ResultsRow>())[0]);
  EXPECT_EQ(table_row(parse_row<ResultsRow>(names, cells_of(whole_lines(line)[0]))), line);
  EXPECT_EQ(cell_at(line, column_of(&ResultsRow::experiment)), "0007.2");
}

}  // namespace
}  // namespace tern
