#pragma once

#include <optional>
#include <string>

#include "loop/research/context.h"
#include "loop/research/recipes.h"

namespace tern::loop {

/// Where the next change comes from: a person's own edit, else the lab's proposer, and while that
/// one fails the builtin one.
class Proposals {
 public:
  Proposals(const Context& context, Recipes& recipes) : context_(context), recipes_(recipes) {}

  /// A person's edit of train.cpp since the commit `tip` is the first change to be tried.
  void look_for_own_edit(const std::string& tip);
  /// The next change, whose `refusal` says why it may not run, if it may not; none when the loop
  /// was stopped. Throws an Error where a proposer changed what it must leave alone.
  std::optional<Proposal> next();

 private:
  Proposal propose(const Situation& situation);
  /// Puts back what a proposer did to branches and refs; true when it did.
  bool put_back_refs(const std::string& fingerprint) const;

  const Context& context_;
  Recipes& recipes_;
  std::optional<Proposal> own_;
};

}  // namespace tern::loop
