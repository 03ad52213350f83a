#include "tern/base/shared_data_test_util.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace tern {
namespace {

/// Gives the variable back as it was found.
class SharedData : public testing::Test {
 protected:
  SharedData() {
    if (const char* named = std::getenv("TERN_SHARED_DATA")) before_ = named;
  }
  ~SharedData() override {
    ::unsetenv("TERN_SHARED_DATA");
    if (before_) ::setenv("TERN_SHARED_DATA", before_->c_str(), 1);
  }

 private:
  std::optional<std::string> before_;
};

TEST_F(SharedData, IsTheFolderThatTheEnvironmentNames) {
  ::setenv("TERN_SHARED_DATA", "/somewhere/else", 1);
  EXPECT_EQ(shared_data(), "/somewhere/else");
}

TEST_F(SharedData, LiesBesideTheSourcesWhereTheEnvironmentNamesNone) {
  ::unsetenv("TERN_SHARED_DATA");
  EXPECT_EQ(shared_data(), TERN_SOURCE_DIR "/../shared/data");
}

}  // namespace
}  // namespace tern
