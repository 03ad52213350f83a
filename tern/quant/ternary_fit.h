#pragma once

#include "tern/kernels/view.h"
#include "tern/quant/group_rule.h"
#include "tern/quant/grouping.h"

namespace tern {

/// Prepares the sum of x x^T over calibration inputs, (I, I), in place for fit_ternary(): a little
/// is added to its diagonal, and it becomes the upper Cholesky factor of its inverse.
void factor_gram(kernels::Matrix<float> gram);

/// GPTQ (Frantar et al. 2022, arXiv 2210.17323) with ternary codes: changes w (O, I) so that its
/// quantized form gives nearly the outputs that w gave. Column by column, what rounding a weight
/// adds to the outputs is taken back by the columns behind it. `factor` (I, I) comes from
/// factor_gram() of the layer's inputs. A group's scale and threshold are those that `rule` gives
/// it when its turn comes; w keeps the latent values, scaled so that the rule finds them again.
void fit_ternary(kernels::Matrix<float> w, kernels::Matrix<const float> factor, Grouping grouping,
                 const GroupRule& rule);

}  // namespace tern
