#pragma once

#include <cstdint>
#include <string>

#include "loop/research/context.h"
#include "tern/contract/knob_description.h"

namespace tern::loop {

/// Whether an experiment's recipe may run.
struct Hearing {
  enum class Kind { kMayRun, kStopped, kRefused };
  Kind kind = Kind::kMayRun;
  // Of one that is refused.
  Status status = Status::kRejected;
  std::string reason = {};  // in one sentence
};

/// What built recipes say of their knobs.
class Recipes {
 public:
  explicit Recipes(const Context& context) : context_(context) {}

  /// Throws an Error for a lab whose recipes do not describe themselves.
  void require_overrides() const;
  /// What the incumbent says, built if need be. Throws an Error when it says nothing.
  const RecipeDescription& incumbent();
  /// A new version of Tern may give a knob that the incumbent leaves alone another value of its
  /// own: says so, and lets earlier runs count for nothing unless they do already
  /// (`measured_anew`).
  void look_for_new_standards(bool measured_anew);
  /// Builds an experiment's recipe, hears what it says of itself, and keeps that.
  Hearing hear(int64_t number);

 private:
  DescribedRecipe describe(int64_t number) const;
  void keep(int64_t number, const DescribedRecipe& described, const std::string& refusal) const;

  const Context& context_;
  int64_t described_ = 0;     // the experiment whose recipe_ this is; 0: of none yet
  RecipeDescription recipe_;  // of the incumbent
};

}  // namespace tern::loop
