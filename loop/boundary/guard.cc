#include "loop/boundary/guard.h"

#include "tern/base/error.h"
#include "tern/lab_files/data_seed.h"
#include "tern/recipe/toolchain.h"

namespace tern::loop {
namespace fs = std::filesystem;
namespace {

/// What scores of experiments do not depend on.
std::vector<fs::path> texts_of(const Lab& lab) {
  std::vector<fs::path> paths;
  for (const char* name : {"lab.toml", "program.md"}) {
    if (fs::exists(lab.root() / name)) paths.push_back(lab.root() / name);
  }
  if (fs::exists(lab.final_set())) paths.push_back(lab.final_set());
  return paths;
}

std::vector<fs::path> data_of(const Lab& lab) {
  data_seed(lab);  // one that has none gets one
  std::vector<fs::path> paths = {lab.data(), LabManifest::read(lab).model,
                                 data_seed_file(lab.root())};
  if (fs::exists(lab.confirm_set())) paths.push_back(lab.confirm_set());
  return paths;
}

std::vector<fs::path> programs_of(const fs::path& home, const fs::path& evaluator) {
  std::vector<fs::path> paths = {evaluator};
  for (const fs::path& input : Toolchain::read(home).inputs()) paths.push_back(input);
  return paths;
}

std::string budget_of(const LabConfig& config) {
  const BudgetConfig& budget = config.budget;
  return fmt::format("{}, {} bits per weight",
                     budget.tokens > 0 ? fmt::format("{} tokens", budget.tokens)
                                       : fmt::format("{} s", budget.seconds),
                     config.research.max_bits);
}

}  // namespace

Guard::Guard(const Lab& lab, const fs::path& home, const fs::path& evaluator)
    : texts_(texts_of(lab)),
      data_(data_of(lab)),
      programs_(programs_of(home, evaluator)),
      conditions_{.budget = budget_of(lab.config()),
                  .data = data_.digest(),
                  .tern = programs_.digest(),
                  .machine = this_machine()} {}

std::string Guard::changed() const {
  for (const LockedFiles* files : {&texts_, &data_, &programs_}) {
    if (std::string what = files->changed(); !what.empty()) return what;
  }
  return "";
}

}  // namespace tern::loop
