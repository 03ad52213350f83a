#include "report/tensorboard.h"

#include <gtest/gtest.h>

#include <cmath>

#include "report/fake_lab_test_util.h"

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
  curves.evaluations = {{3, 192, 2.0, NAN, NAN, NAN, NAN}};
  const std::string events = tensorboard_events(curves, 0);
  // Event { step: 3, summary { value { tag: "eval/ppl", simple_value: 2.0 } } }
  const std::string expected(
      "\x10\x03\x2A\x11\x0A\x0F\x0A\x08"
      "eval/ppl\x15\0\0\0\x40",
      21);
  EXPECT_NE(events.find(expected), std::string::npos);
}

TEST(TensorboardEvents, SkipWhatIsNoNumberAndNoStep) {
  RunCurves curves;
  curves.steps = {{1, NAN, NAN, NAN, NAN, NAN}, {-1e300, 1, 1, 1, 1, 1}};
  EXPECT_EQ(tensorboard_events(curves, 0), tensorboard_events({}, 0));
}

TEST(Tensorboard, WritesAFileForEveryRunWithCurvesAndOnlyOnce) {
  FakeLab lab;
  lab.add({.status = "baseline", .ppls = {20, 21}});
  lab.write(1, "2/run/steps.tsv", "step\tloss\n1\t3.5\n");
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
