#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tern/base/error.h"
#include "tern/base/flags.h"

namespace tern {

/// Exit codes of every command.
enum ExitCode : int {
  kSuccess = 0,
  kFailure = 1,    // an error, told in one line on standard error
  kUsage = 2,      // wrong use: no such command or flag, or values that make no sense
  kStopped = 130,  // ended by SIGINT or SIGTERM after saving
};

/// An Error about what a command was told, which ends with kUsage.
class WrongUse : public Error {
 public:
  using Error::Error;
};

/// What commands are for, in the order in which people come to them.
enum class CommandGroup { kLab, kTraining, kSearch, kMachine };

/// The heading of a group in the list of commands.
std::string_view title_of(CommandGroup group);

/// One use of a command, with options of its own that flags are bound to. What it does is called
/// once they are parsed.
struct CommandUse {
  std::function<void()> check;      // throws an Error for options that make no sense
  std::function<void()> more_help;  // prints what belongs behind the command's help
  std::function<int()> run;         // returns an exit code
};

/// One command of `tern`, as data: `tern` parses, prints help, checks and reports for all of them.
/// Its own .cc file registers it; no list names it elsewhere.
struct Command {
  std::string name;  // one word, or two such as "bench train"
  std::string summary;
  CommandGroup group = {};
  int place = 0;  // among the commands of its group
  std::string description = {};
  std::string footer = {};
  bool hidden = false;                        // for Tern itself: no list shows it
  std::function<CommandUse(Flags&)> options;  // see runs()
};

/// The options of a command that does run(options). A struct of options has `add_to(Flags&)`, and
/// as far as needed `check() const` and `more_help() const` (see CommandUse).
template <class Options>
std::function<CommandUse(Flags&)> runs(int (*run)(const Options&)) {
  return [run](Flags& flags) {
    const auto options = std::make_shared<Options>();
    options->add_to(flags);
    const auto check = [options] {
      if constexpr (requires { std::as_const(*options).check(); }) options->check();
    };
    const auto more_help = [options] {
      if constexpr (requires { std::as_const(*options).more_help(); }) options->more_help();
    };
    return CommandUse{check, more_help, [options, run] { return run(*options); }};
  };
}

/// Registers a command; a file-local constant of the command's .cc file.
class RegisterCommand {
 public:
  explicit RegisterCommand(Command command);
};

/// All registered commands by group and place. Throws an Error that names one registered twice:
/// here and not in RegisterCommand, which runs before main, where nobody could catch it.
std::vector<Command> commands();

/// The commands by group, place and name. Throws an Error that names two of one name.
std::vector<Command> in_order(std::vector<Command> commands);

}  // namespace tern
