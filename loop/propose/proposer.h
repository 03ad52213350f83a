#pragma once

#include <memory>
#include <string>

#include "loop/record/history.h"
#include "tern/base/json.h"
#include "tern/contract/knob_description.h"
#include "tern/lab_files/lab.h"

namespace tern::loop {

/// What a proposer is shown.
struct Situation {
  const Lab& lab;
  const History& history;
  std::string source;               // the incumbent's train.cpp
  const RecipeDescription& recipe;  // what the incumbent says of its knobs
  double sigma = 0;                 // of one run's ln(perplexity)
  int64_t number = 0;  // of the experiment to be; with it alone a proposer seeds its randomness
};

/// One change to train.cpp.
struct Proposal {
  std::string source;       // the whole new train.cpp
  std::string description;  // what changed, in one line: "lr: 3e-4 -> 1e-3"
  std::string expectation;  // what it should bring, in one line
  std::string proposer;     // "builtin", "agent", "llm"
  std::string family;       // how the proposer came to it
  KnobValues intended;  // that the built recipe must show; empty where edits speak for themselves
  std::string refusal;  // why nothing legal came of it, in one sentence; empty when all is well
  Json usage;           // tokens and cost of a language model; null where there is none
};

/// Makes one change an experiment. A proposer keeps no state of its own between calls: what it
/// knows is the history, so a killed loop proposes the same again.
class Proposer {
 public:
  virtual ~Proposer() = default;
  /// A failure of the proposer's own (no answer, an illegal edit) is a refusal, not an Error.
  virtual Proposal propose(const Situation& situation) = 0;
  /// True when it asks somebody outside of Tern, which may take long.
  virtual bool asks_outside() const { return false; }
};

}  // namespace tern::loop
