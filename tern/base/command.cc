#include "tern/base/command.h"

#include <algorithm>

#include "tern/base/error.h"

namespace tern {
namespace {

std::vector<Command>& registry() {
  static std::vector<Command> instance;
  return instance;
}

}  // namespace

RegisterCommand::RegisterCommand(Command command) { registry().push_back(std::move(command)); }

std::vector<Command> by_name(std::vector<Command> commands) {
  std::ranges::sort(commands, {}, &Command::name);
  const auto twice = std::ranges::adjacent_find(commands, {}, &Command::name);
  if (twice != commands.end()) {
    fail("expected commands of different names, found two named \"{}\"; rename one of them",
         twice->name);
  }
  return commands;
}

std::vector<Command> commands() { return by_name(registry()); }

}  // namespace tern
