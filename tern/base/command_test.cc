#include "tern/base/command.h"

#include <gtest/gtest.h>

#include "tern/base/error_message_test_util.h"

namespace tern {
namespace {

struct SumOptions {
  int64_t a = 1, b = 2;

  void add_to(Flags& flags) {
    flags.add("a", a, "");
    flags.add("b", b, "");
  }
  void check() const { require_not_negative({{"a", static_cast<double>(a)}}); }
};

struct NoOptions {
  void add_to(Flags&) {}
};

int add_up(const SumOptions& options) { return static_cast<int>(options.a + options.b); }
int say_seven(const NoOptions&) { return 7; }

const RegisterCommand last(
    {.name = "one", .summary = "", .group = CommandGroup::kMachine, .options = runs(say_seven)});
const RegisterCommand second({.name = "add",
                              .summary = "",
                              .group = CommandGroup::kLab,
                              .place = 2,
                              .options = runs(add_up)});
const RegisterCommand first({.name = "two",
                             .summary = "",
                             .group = CommandGroup::kLab,
                             .place = 1,
                             .options = runs(say_seven)});

/// What a use of the command with these arguments gives.
int used(const std::function<CommandUse(Flags&)>& options,
         const std::vector<std::string>& arguments) {
  Flags flags("tern x", "");
  const CommandUse use = options(flags);
  EXPECT_TRUE(flags.parse(arguments));
  use.check();
  return use.run();
}

TEST(Command, RegisteredCommandsAreListedByGroupAndPlace) {
  std::string names;
  for (const Command& command : commands()) names += command.name + " ";
  EXPECT_EQ(names, "two add one ");
}

TEST(Command, EachUseHasOptionsOfItsOwn) {
  const auto options = runs(add_up);
  EXPECT_EQ(used(options, {"--a", "5"}), 7);
  EXPECT_EQ(used(options, {"--b", "5"}), 6);
}

TEST(Command, OptionsThatMakeNoSenseAreRefusedBeforeTheRun) {
  EXPECT_EQ(error_message([] {
              used(runs(add_up), {"--a", "-1"});
            }),
            "--a must be 0 or more, found -1");
}

TEST(Command, OptionsNeedNoCheck) { EXPECT_EQ(used(runs(say_seven), {}), 7); }

TEST(Command, TwoOfOneNameAreAnErrorThatNamesIt) {
  const Command one{.name = "one", .summary = "", .options = runs(say_seven)};
  const Command two{.name = "two", .summary = "", .place = 1, .options = runs(say_seven)};
  const Command elsewhere{.name = "two", .summary = "", .place = 3, .options = runs(say_seven)};
  EXPECT_EQ(error_message([&] {
              in_order({two, one, elsewhere});
            }),
            "expected commands of different names, found two named \"two\"; rename one of them");
}

}  // namespace
}  // namespace tern
