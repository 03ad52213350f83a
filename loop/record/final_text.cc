#include "loop/record/final_text.h"

#include <filesystem>

#include "tern/base/json.h"

namespace tern::loop {

FinalText final_text(const Lab& lab, const History& history) {
  FinalText found;
  if (!std::filesystem::exists(lab.final_set())) return found;
  found.text = Json::read(lab.final_set()).at("dataset_sha256").as_string();
  const Experiment* best = history.incumbent();
  for (const event::FinalScore& score : history.final_scores()) {
    if (score.text != found.text) continue;
    ++found.uses;
    if (best != nullptr && score.experiment == best->number) found.ppl = score.ppl;
  }
  return found;
}

std::string describe(const FinalText& text) {
  if (text.text.empty()) {
    return "the lab has no final text; `tern prepare --final FILE` gives it one";
  }
  const std::string uses = fmt::format("used {} time{}", text.uses, text.uses == 1 ? "" : "s");
  if (text.ppl) return fmt::format("perplexity {:.4f} on the final text, {}", *text.ppl, uses);
  return fmt::format("not scored on the final text, {}; `tern best --score` does", uses);
}

}  // namespace tern::loop
