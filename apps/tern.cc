#include <fmt/core.h>

#include <cstdio>
#include <exception>

#include "tern/base/command.h"
#include "tern/base/flags.h"
#include "tern/parallel/wait_policy.h"
#include "tern/runner/terminal_text.h"

namespace tern {
namespace {

/// Lists the commands whose name starts with `prefix`.
void print_commands(const std::string& prefix) {
  for (const Command& command : commands()) {
    if (command.name.starts_with(prefix)) {
      fmt::print("  {:<15} {}\n", command.name, command.summary);
    }
  }
}

void print_usage() {
  fmt::print("tern: a native lab for ternary language models\n\nusage: tern COMMAND [flags]\n\n");
  print_commands("");
  fmt::print(
      "\n`tern COMMAND --help` explains a command. Exit codes: 0 success, 1 error, 2 no such "
      "command,\n"
      "130 stopped by a signal after saving.\n");
}

int unknown_command(const std::string& name) {
  std::vector<std::string> names;
  for (const Command& command : commands()) {
    if (command.name.starts_with(name + " ")) {
      fmt::print("tern {} is one of\n\n", name);
      print_commands(name + " ");
      return kUsage;
    }
    names.push_back(command.name);
  }
  const std::string near = nearest(name, names);
  fmt::print(stderr, "tern: there is no command \"{}\"; {}\n", name,
             near.empty() ? "`tern --help` lists them" : "did you mean " + near + "?");
  return kUsage;
}

/// The command that the first words name ("eval", "bench train") and how many words that took.
std::pair<const Command*, size_t> find_command(const std::vector<Command>& all,
                                               const std::vector<std::string>& arguments) {
  for (const Command& command : all) {
    if (arguments.size() > 1 && command.name == arguments[0] + " " + arguments[1]) {
      return {&command, 2};
    }
  }
  for (const Command& command : all) {
    if (command.name == arguments[0]) return {&command, 1};
  }
  return {nullptr, 0};
}

int run(const std::vector<std::string>& arguments) {
  if (arguments.empty() || arguments[0] == "--help" || arguments[0] == "-h") {
    print_usage();
    return arguments.empty() ? kUsage : kSuccess;
  }
  if (arguments[0] == "--version") {
    fmt::print("tern {}\n", TERN_VERSION);
    return kSuccess;
  }
  const std::vector<Command> all = commands();
  const auto [command, words] = find_command(all, arguments);
  if (command == nullptr) return unknown_command(arguments[0]);
  return command->run({arguments.begin() + static_cast<int64_t>(words), arguments.end()});
}

}  // namespace
}  // namespace tern

int main(int argc, char** argv) {
  tern::prefer_short_spins(argv);
  try {
    return tern::run({argv + 1, argv + argc});
  } catch (const std::exception& e) {
    std::fflush(stdout);
    // It may quote a program that nobody has read, or its compiler's words on it.
    fmt::print(stderr, "tern: {}\n", tern::TerminalText().pass(e.what()));
    return tern::kFailure;
  }
}
