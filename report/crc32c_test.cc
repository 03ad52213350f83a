#include "report/crc32c.h"

#include <gtest/gtest.h>

namespace tern {
namespace {

TEST(Crc32c, AgreesWithPublishedValues) {
  EXPECT_EQ(crc32c("123456789"), 0xE3069283u);
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8A9136AAu);    // RFC 3720, B.4
  EXPECT_EQ(crc32c(std::string(32, '\xFF')), 0x62A8AB43u);  // RFC 3720, B.4
  EXPECT_EQ(crc32c(""), 0u);
}

}  // namespace
}  // namespace tern
