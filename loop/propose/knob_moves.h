#pragma once

#include <set>
#include <string>
#include <vector>

#include "loop/propose/proposer.h"
#include "loop/propose/search_space.h"
#include "tern/base/rng.h"

namespace tern::loop {

/// What a proposer of knobs draws from: the incumbent's search space and what was tried of it.
class KnobMoves {
 public:
  /// Throws where the recipe has no knob with values to try.
  explicit KnobMoves(const Situation& situation);

  const SearchSpace& space() const { return space_; }
  Rng& rng() { return rng_; }
  /// The first of these that can be made and was not tried; empty when there is none.
  Changes first_new(const std::vector<Changes>& candidates) const;

  /// Another value from a knob's list, each as likely.
  Change other_value(size_t knob);
  /// `count` different knobs in random order, or all of them when there are fewer.
  std::vector<size_t> some_knobs(size_t count);
  /// Random changes of `count` knobs that were not tried; empty when a thousand draws found none.
  Changes draw(size_t count);

  template <class T>
  void shuffle(std::vector<T>& items) {
    for (size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[rng_.below(i)]);
  }

 private:
  const History& history_;
  SearchSpace space_;
  std::set<std::string> keys_;
  Rng rng_;
};

}  // namespace tern::loop
