#pragma once

#include <string>
#include <vector>

namespace tern {

/// Exit codes of every command.
enum ExitCode : int {
  kSuccess = 0,
  kFailure = 1,    // an error, told in one line on standard error
  kUsage = 2,      // a command or flag that does not exist
  kStopped = 130,  // ended by SIGINT or SIGTERM after saving
};

/// One subcommand of `tern`. Its own .cc file registers it; no list names it elsewhere.
struct Command {
  std::string name;
  std::string summary;
  /// Gets the arguments after the command's name and returns an exit code.
  int (*run)(const std::vector<std::string>& arguments);
};

/// Registers a command; a file-local constant of the command's .cc file.
class RegisterCommand {
 public:
  explicit RegisterCommand(Command command);
};

/// All registered commands, by name. Throws an Error that names one registered twice: here and not
/// in RegisterCommand, which runs before main, where nobody could catch it.
std::vector<Command> commands();

/// The commands sorted by name. Throws an Error that names two of one name.
std::vector<Command> by_name(std::vector<Command> commands);

}  // namespace tern
