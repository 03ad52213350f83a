#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tern/train/budget.h"

namespace tern {

class Knobs;
struct KnownLength;

/// How long a run is, what a step reads, and how often the run is looked at.
struct RunPlan {
  // The first of these that is not 0 ends the run.
  int64_t steps = 0;
  int64_t tokens = 0;
  double time_budget = 300;  // seconds of training
  uint64_t seed = 1;         // of the order of the data and of random rounding

  // One step trains on batch_size * accumulation sequences.
  int64_t batch_size = 8;
  int64_t accumulation = 1;
  int64_t sequence_length = 256;

  // Steps between; 0: only at the end, or when stopped.
  int64_t eval_every = 50;
  int64_t save_every = 0;
  int64_t eval_tokens = 16384;  // of an evaluation while training; 0: all

  void describe(Knobs& knobs);
  void check() const;
  int64_t tokens_per_step() const { return batch_size * accumulation * sequence_length; }
  Budget budget() const { return Budget::of(steps, tokens, tokens_per_step(), time_budget); }
};

/// Looks at the lengths that a recipe gives in steps where a run has about so many. Throws an Error
/// for one that must end within the run and does not, naming the longest that fits; returns a
/// sentence for each that may.
std::vector<std::string> require_lengths(const std::vector<KnownLength>& lengths, int64_t steps);

}  // namespace tern
