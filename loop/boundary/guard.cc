#include "loop/boundary/guard.h"

#include "tern/base/error.h"
#include "tern/base/sha256.h"
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

std::vector<fs::path> inputs_of(const Lab& lab, const fs::path& home, const fs::path& evaluator) {
  data_seed(lab);  // one that has none gets one
  std::vector<fs::path> paths = {lab.data(), LabManifest::read(lab).model, evaluator,
                                 data_seed_file(lab.root())};
  if (fs::exists(lab.confirm_set())) paths.push_back(lab.confirm_set());
  for (const fs::path& input : Toolchain::read(home).inputs()) paths.push_back(input);
  return paths;
}

}  // namespace

Guard::Guard(const Lab& lab, const fs::path& home, const fs::path& evaluator)
    : texts_(texts_of(lab)), inputs_(inputs_of(lab, home, evaluator)) {
  conditions_ = sha256_of(fmt::format("{} {} {} {}", inputs_.digest(), lab.config().budget.seconds,
                                      lab.config().budget.tokens, lab.config().research.max_bits));
}

std::string Guard::changed() const {
  const std::string text = texts_.changed();
  return text.empty() ? inputs_.changed() : text;
}

}  // namespace tern::loop
