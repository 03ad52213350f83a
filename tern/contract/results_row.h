#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "tern/base/fields.h"
#include "tern/contract/fixed.h"

namespace tern {

/// One evaluation: a row of results.tsv. What was not measured stays empty. Programs of others read
/// these columns by their places, so that one is only ever added at the end.
struct ResultsRow {
  int64_t step = 0;
  double lambda = 0;
  std::optional<double> train_loss = {};  // nats per token
  std::optional<double> train_ppl = {};
  double eval_ppl = 0;
  double eval_bpb = 0;
  double lr = 0;
  Fixed<3> time_s = {};                 // seconds of training so far
  std::optional<double> best_ppl = {};  // of ternary evaluations so far
  Fixed<4> q_neg1 = {}, q_zero = {}, q_pos1 = {};
  std::string experiment = {};
  std::string commit = {};
  std::optional<int64_t> eval_tokens = {};  // that it was measured on
  TERN_FIELDS(step, lambda, train_loss, train_ppl, eval_ppl, eval_bpb, lr, time_s, best_ppl, q_neg1,
              q_zero, q_pos1, experiment, commit, eval_tokens)
};

}  // namespace tern
