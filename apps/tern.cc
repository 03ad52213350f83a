#include <fmt/core.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <optional>
#include <span>

#include "apps/completion.h"
#include "tern/base/command.h"
#include "tern/base/error.h"
#include "tern/base/flags.h"
#include "tern/parallel/parallel.h"
#include "tern/runner/terminal_text.h"

namespace tern {
namespace {

namespace fs = std::filesystem;
using Words = std::span<const std::string>;

/// Makes a wrong use of every Error of `call`.
template <class Call>
auto as_wrong_use(Call call) try {
  return call();
} catch (const Error& e) {
  throw WrongUse(e.what());
}

void print_command(const Command& command) {
  fmt::print("  {:<15} {}\n", command.name, command.summary);
}

/// Those that people use.
std::vector<Command> listed(std::vector<Command> all) {
  std::erase_if(all, [](const Command& command) { return command.hidden; });
  return all;
}

void print_usage(const std::vector<Command>& all) {
  fmt::print(
      "tern: a native lab for ternary language models\n\n"
      "usage: tern [-C DIR] COMMAND [flags]\n");
  std::optional<CommandGroup> before;
  for (const Command& command : listed(all)) {
    if (before != command.group) {
      fmt::print("\n{}\n", title_of(command.group));
    }
    print_command(command);
    before = command.group;
  }
  fmt::print(
      "\n`tern COMMAND --help` or `tern help COMMAND` explains a command; -C DIR runs it in the "
      "folder "
      "DIR.\n"
      "`tern --completion bash|zsh|fish` prints a script that completes commands and flags,\n"
      "`tern --version` the version.\n"
      "Exit codes: 0 success, 1 failure, 2 wrong use, 130 stopped by a signal.\n");
}

/// The commands of two words, of which this is the first.
std::vector<Command> subcommands(const std::vector<Command>& all, const std::string& word) {
  std::vector<Command> found;
  std::ranges::copy_if(all, std::back_inserter(found), [&](const Command& command) {
    return command.name.starts_with(word + " ");
  });
  return found;
}

void print_subcommands(const std::vector<Command>& found, const std::string& word) {
  fmt::print("tern {} is one of\n\n", word);
  for (const Command& command : found) print_command(command);
}

[[noreturn]] void refuse_command(const std::vector<Command>& all, const std::string& name) {
  std::vector<std::string> names;
  for (const Command& command : listed(all)) names.push_back(command.name);
  if (name.starts_with('-')) {
    throw WrongUse(fmt::format(
        "unknown flag \"{}\"; a command comes before its flags: tern COMMAND {}", name, name));
  }
  const std::string near = nearest(name, names);
  throw WrongUse(
      fmt::format("there is no command \"{}\"; {}", name,
                  near.empty() ? "`tern --help` lists them" : "did you mean " + near + "?"));
}

const Command* find(const std::vector<Command>& all, const std::string& name) {
  const auto found = std::ranges::find(all, name, &Command::name);
  return found == all.end() ? nullptr : &*found;
}

int use(const Command& command, Words arguments) {
  Flags flags("tern " + command.name, command.description);
  flags.set_footer(command.footer);
  const CommandUse use = command.options(flags);
  const bool runs = as_wrong_use([&] { return flags.parse({arguments.begin(), arguments.end()}); });
  if (!runs) {
    fmt::print("{}", flags.help());
    use.more_help();
    return kSuccess;
  }
  as_wrong_use(use.check);
  return use.run();
}

/// Uses the command that the first one or two words name.
int use_named(const std::vector<Command>& all, Words words) {
  const std::string two = words.size() > 1 ? words[0] + " " + words[1] : "";
  if (const Command* command = find(all, two)) return use(*command, words.subspan(2));
  if (const Command* command = find(all, words[0])) return use(*command, words.subspan(1));
  const std::vector<Command> more = subcommands(all, words[0]);
  if (more.empty()) refuse_command(all, words[0]);
  const bool asks = words.size() > 1 && (words[1] == "--help" || words[1] == "-h");
  if (words.size() > 1 && !asks) refuse_command(all, two);
  print_subcommands(more, words[0]);
  return asks ? kSuccess : kUsage;
}

/// `tern help [COMMAND]`
int help(const std::vector<Command>& all, Words words) {
  if (words.empty() || words[0] == "help" || words[0] == "--help") {
    print_usage(all);
    return kSuccess;
  }
  std::vector<std::string> asked(words.begin(), words.end());
  asked.emplace_back("--help");
  return use_named(all, asked);
}

/// Goes where each -C in front says, and leaves it out.
Words change_folder(Words words) {
  while (!words.empty() && words[0] == "-C") {
    if (words.size() < 2) throw WrongUse("-C: expected a folder, found nothing");
    std::error_code error;
    fs::current_path(words[1], error);
    if (error) {
      throw WrongUse(fmt::format("-C: expected a folder to go to, found \"{}\": {}", words[1],
                                 error.message()));
    }
    words = words.subspan(2);
  }
  return words;
}

int run(Words words) {
  const std::vector<Command> all = commands();
  words = change_folder(words);
  if (words.empty()) {
    print_usage(all);
    return kUsage;
  }
  const std::string& first = words[0];
  if (first == "--help" || first == "-h" || first == "help") return help(all, words.subspan(1));
  if (first == "--version") {
    fmt::print("tern {}\n", TERN_VERSION);
    return kSuccess;
  }
  if (first == "--completion") {
    const std::string shell = words.size() > 1 ? words[1] : "";
    fmt::print("{}", as_wrong_use([&] { return completion_script(shell, listed(all)); }));
    return kSuccess;
  }
  return use_named(all, words);
}

int tell(const std::exception& e, int code) {
  std::fflush(stdout);
  // It may quote a program that nobody has read, or its compiler's words on it.
  fmt::print(stderr, "tern: {}\n", TerminalText().pass(e.what()));
  return code;
}

}  // namespace
}  // namespace tern

int main(int argc, char** argv) {
  tern::prefer_short_spins(argv);
  const std::vector<std::string> words(argv + 1, argv + argc);
  try {
    return tern::run(words);
  } catch (const tern::WrongUse& e) {
    return tern::tell(e, tern::kUsage);
  } catch (const std::exception& e) {
    return tern::tell(e, tern::kFailure);
  }
}
