#include "tern/base/command.h"

#include <algorithm>
#include <utility>

#include "tern/base/error.h"

namespace tern {
namespace {

std::vector<Command>& registry() {
  static std::vector<Command> instance;
  return instance;
}

}  // namespace

RegisterCommand::RegisterCommand(Command command) { registry().push_back(std::move(command)); }

std::string_view title_of(CommandGroup group) {
  switch (group) {
    case CommandGroup::kLab:
      return "Make a lab";
    case CommandGroup::kTraining:
      return "Train and score";
    case CommandGroup::kSearch:
      return "Search";
    case CommandGroup::kMachine:
      return "The machine";
  }
  return "";
}

std::vector<Command> in_order(std::vector<Command> commands) {
  std::ranges::sort(commands, {}, &Command::name);
  const auto twice = std::ranges::adjacent_find(commands, {}, &Command::name);
  if (twice != commands.end()) {
    fail("expected commands of different names, found two named \"{}\"; rename one of them",
         twice->name);
  }
  std::ranges::stable_sort(
      commands, {}, [](const Command& command) { return std::pair(command.group, command.place); });
  return commands;
}

std::vector<Command> commands() { return in_order(registry()); }

}  // namespace tern
