#include "loop/research/display.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tern::loop {
namespace {

using testing::HasSubstr;

TEST(Display, ShowsHowFarARunIsAndTheTimeLeft) {
  const BenchView view{.stage = "training",
                       .experiment = 7,
                       .run = 2,
                       .seconds = 150,
                       .fraction = 0.5,
                       .trained_s = 150,
                       .steps = 40,
                       .loss = 1.25};
  const std::string text = progress_text(view, nullptr);
  EXPECT_THAT(text, HasSubstr("0007 run 2 training [##########..........]  50 %"));
  EXPECT_THAT(text, HasSubstr("loss 1.250"));
  EXPECT_THAT(text, HasSubstr("2:30 left"));
}

TEST(Display, ShowsTheStageWhereNothingTrains) {
  const BenchView view{.stage = "scoring", .experiment = 7, .run = 1, .seconds = 61};
  EXPECT_EQ(progress_text(view, nullptr), "0007 run 1 scoring for 1:01");
}

}  // namespace
}  // namespace tern::loop
