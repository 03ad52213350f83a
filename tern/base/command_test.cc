#include "tern/base/command.h"

#include <gtest/gtest.h>

#include "tern/base/error_message_test_util.h"

namespace tern {
namespace {

int say_seven(const std::vector<std::string>&) { return 7; }

const RegisterCommand second({"two", "the later one by name", say_seven});
const RegisterCommand first({"one", "the earlier one by name", say_seven});

TEST(Command, RegisteredCommandsAreListedByName) {
  const std::vector<Command> all = commands();
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].name, "one");
  EXPECT_EQ(all[1].name, "two");
  EXPECT_EQ(all[1].run({}), 7);
}

TEST(Command, TwoOfOneNameAreAnErrorThatNamesIt) {
  const Command one{"one", "", say_seven}, two{"two", "", say_seven};
  EXPECT_EQ(error_message([&] {
              by_name({two, one, two});
            }),
            "expected commands of different names, found two named \"two\"; rename one of them");
}

}  // namespace
}  // namespace tern
