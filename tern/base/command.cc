#include "tern/base/command.h"

#include <algorithm>

namespace tern {
namespace {

std::vector<Command>& registry() {
  static std::vector<Command> instance;
  return instance;
}

}  // namespace

RegisterCommand::RegisterCommand(Command command) { registry().push_back(std::move(command)); }

std::vector<Command> commands() {
  std::vector<Command> sorted = registry();
  std::sort(sorted.begin(), sorted.end(),
            [](const Command& a, const Command& b) { return a.name < b.name; });
  return sorted;
}

}  // namespace tern
