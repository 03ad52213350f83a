#include "report/tensorboard.h"

#include <gtest/gtest.h>

#include <cmath>

#include "report/history_lab_test_util.h"
#include "tern/contract/table.h"

namespace tern {
namespace {

namespace fs = std::filesystem;

TEST(TensorboardEvents, BeginWithTheFormatsVersionAsTensorflowWritesIt) {
  // A file of tf.summary.create_file_writer at the second 0: length, its CRC, the event, its CRC.
  const std::string expected(
      "\x18\0\0\0\0\0\0\0\xA3\x7F\x4B\x22\x09\0\0\0\0\0\0\0\0\x1A\x0D"
      "brain.Event:2",
      36);
  EXPECT_EQ(tensorboard_events({}, 0).substr(0, 36), expected);
  EXPECT_EQ(tensorboard_events({}, 0).size(), 8u + 4 + 24 + 4);
}

TEST(TensorboardEvents, HoldAScalarOfAStep) {
  RunCurves curves;
  const ResultsRow row{
      .step = 3, .eval_ppl = 2.0, .eval_bpb = NAN, .q_neg1 = NAN, .q_zero = NAN, .q_pos1 = NAN};
  curves.evaluations = {{.row = row, .tokens = 192}};
  const std::string events = tensorboard_events(curves, 0);
  // Event { step: 3, summary { value { tag: "eval/ppl", simple_value: 2.0 } } }
  const std::string expected(
      "\x10\x03\x2A\x11\x0A\x0F\x0A\x08"
      "eval/ppl\x15\0\0\0\x40",
      21);
  EXPECT_NE(events.find(expected), std::string::npos);
}

TEST(TensorboardEvents, SkipWhatIsNoNumber) {
  RunCurves curves;
  curves.steps = {{.step = 1, .seconds = NAN, .loss = NAN, .lr = INFINITY, .lambda = 0.5}};
  RunCurves bare;
  bare.steps = {{.step = 1, .loss = NAN, .lr = NAN, .lambda = 0.5}};
  EXPECT_EQ(tensorboard_events(curves, 0), tensorboard_events(bare, 0));
  EXPECT_EQ(tensorboard_events(curves, 0).find("train/lr"), std::string::npos);
}

TEST(Tensorboard, WritesAFileForEveryRunWithCurvesAndOnlyOnce) {
  HistoryLab lab;
  lab.add({.status = "baseline", .ppls = {20, 21}});
  lab.write(1, "2/run/steps.tsv",
            table_header<StepRow>() + table_row(StepRow{.step = 1, .loss = 3.5}));
  const fs::path root = write_tensorboard(lab.lab(), lab.history());
  ASSERT_TRUE(fs::exists(root / "0001.2"));
  EXPECT_FALSE(fs::exists(root / "0001.1"));
  const fs::path file = fs::directory_iterator(root / "0001.2")->path();
  EXPECT_TRUE(file.filename().string().starts_with("events.out.tfevents."));

  fs::last_write_time(file, fs::last_write_time(file) + std::chrono::hours(1));
  const auto before = fs::last_write_time(file);
  write_tensorboard(lab.lab(), lab.history());
  EXPECT_EQ(fs::last_write_time(file), before);
}

}  // namespace
}  // namespace tern
