#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "loop/record/history.h"
#include "tern/lab_files/lab.h"

namespace tern::loop {

/// What the lab's final text is known to say of the best recipe. Every score of a recipe is a use
/// of the text: the more there are, the less the best of them proves.
struct FinalText {
  std::string text;           // its hash; empty where the lab has none
  int64_t uses = 0;           // of this text so far
  std::optional<double> ppl;  // of the incumbent; none while it was not scored
};
FinalText final_text(const Lab& lab, const History& history);

/// In one line for people.
std::string describe(const FinalText& text);

}  // namespace tern::loop
