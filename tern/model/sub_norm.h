#pragma once

#include <span>

#include "tern/model/llama.h"

namespace tern {

/// SubLN (BitDistill, arXiv 2510.13998; Wang et al. 2022): a norm with a learned gain before the
/// output projection of attention and before the down projection. Adds the parameter "<weight
/// name>.sub_norm" (I) for each of these layers; before the optimizer is made. A gain starts at the
/// root mean square of the layer's inputs on `ids`, B sequences of text, so that a pretrained model
/// is changed little: the norm evens out tokens, not the size of them all. Needs the model's dense
/// layers. A plain Llama file cannot hold it.
void add_sub_norms(Llama& model, std::span<const int32_t> ids, int64_t B);

/// The gain of the layer with this weight, or undefined where it has none.
Tensor sub_norm_gain(const Llama& model, const Llama::Linear& linear);

}  // namespace tern
