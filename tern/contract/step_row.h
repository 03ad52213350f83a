#pragma once

#include <cstdint>

#include "tern/base/fields.h"
#include "tern/contract/fixed.h"

namespace tern {

/// One training step: a row of a run's steps.tsv.
struct StepRow {
  int64_t step = 0;
  int64_t tokens = 0;     // read so far
  Fixed<3> seconds = {};  // of training so far
  double loss = 0;        // of this step, nats per token
  double lr = 0;
  double lambda = 0;
  TERN_FIELDS(step, tokens, seconds, loss, lr, lambda)
};

}  // namespace tern
