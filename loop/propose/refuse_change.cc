#include "loop/propose/refuse_change.h"

#include "loop/boundary/program_text.h"
#include "loop/boundary/refuse_text.h"
#include "tern/recipe/overrides.h"

namespace tern::loop {
namespace {

/// The text with the incumbent's seed among its overrides; as it is where there is no such knob.
std::string with_seed_of(const RecipeDescription& incumbent, std::string_view source) {
  const KnobDescription* seed = incumbent.find("seed");
  if (seed == nullptr) return std::string(source);
  return set_override(std::string(source), *seed, seed->value);
}

std::string refuse_tried(const std::string& hash, const History& history, const char* but) {
  if (!history.tried(hash)) return "";
  for (const Experiment& e : history.experiments()) {
    if (e.program != hash) continue;
    return fmt::format("experiment {} tried this very program{} ({}: {}); change something else",
                       e.number, but, name_of(e.status), e.description);
  }
  return "";
}

}  // namespace

std::string refuse_change(std::string_view source, std::string_view incumbent,
                          const RecipeDescription& recipe, const History& history) {
  if (std::string why = refuse_text(source); !why.empty()) return why;
  const std::string hash = program_hash(source);
  if (hash == program_hash(incumbent)) {
    return "nothing changed in train.cpp but comments or blanks; change what the program does";
  }
  if (!has_overrides(source)) {
    return "train.cpp has no lines `// overrides begin` and `// overrides end` any more, between "
           "which values are set; leave both where they are";
  }
  const std::string seeded = program_hash(with_seed_of(recipe, source));
  if (seeded == program_hash(with_seed_of(recipe, incumbent))) {
    return "only the seed changed, and luck is no improvement; change what the program does";
  }
  if (std::string why = refuse_tried(hash, history, ""); !why.empty()) return why;
  // A tried idea with another seed is a tried idea.
  return refuse_tried(seeded, history, " but for its seed");
}

}  // namespace tern::loop
