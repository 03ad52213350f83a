#pragma once

#include "tern/model/llama.h"

namespace tern {

/// SubLN (BitDistill, arXiv 2510.13998; Wang et al. 2022): a norm with a learned gain before the
/// output projection of attention and before the down projection. Adds the parameter "<weight
/// name>.sub_norm" (I), ones, for each of these layers; before the optimizer is made. It changes
/// the function, and a plain Llama file cannot hold it.
void add_sub_norms(Llama& model);

/// The gain of the layer with this weight, or undefined where it has none.
Tensor sub_norm_gain(const Llama& model, const Llama::Linear& linear);

}  // namespace tern
