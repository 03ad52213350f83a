#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "tern/base/fields.h"
#include "tern/contract/fixed.h"

namespace tern {

/// One ternary layer at one look: a row of a run's layers.tsv. What is not known stays empty.
struct LayerRow {
  int64_t step = 0;
  std::string layer = {};
  Fixed<4> q_neg1 = {}, q_zero = {}, q_pos1 = {};  // shares of the codes
  std::optional<double> flip_rate = {};         // share of codes that changed since the last look
  std::optional<Fixed<4>> scale_ratio = {};     // mean scale over that of the first look
  std::optional<Fixed<4>> sign_agreement = {};  // with the first look's codes
  TERN_FIELDS(step, layer, q_neg1, q_zero, q_pos1, flip_rate, scale_ratio, sign_agreement)
};

}  // namespace tern
