#include "tern/knobs/condition.h"

namespace tern {

Condition operator&&(const Condition& a, const Condition& b) {
  if (a.always()) return b;
  if (b.always()) return a;
  Condition both;
  for (const auto& first : a.ways_) {
    for (const auto& second : b.ways_) {
      both.ways_.push_back(first);
      both.ways_.back().insert(both.ways_.back().end(), second.begin(), second.end());
    }
  }
  return both;
}

Condition operator||(const Condition& a, const Condition& b) {
  if (a.always() || b.always()) return {};
  Condition either = a;
  either.ways_.insert(either.ways_.end(), b.ways_.begin(), b.ways_.end());
  return either;
}

}  // namespace tern
