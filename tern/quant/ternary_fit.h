#pragma once

#include "tern/kernels/view.h"
#include "tern/quant/group_rule.h"
#include "tern/quant/grouping.h"
#include "tern/quant/packed.h"

namespace tern {

/// Prepares the sum of x x^T over calibration inputs, (I, I), contiguous, in place for
/// fit_ternary(): with a little added to its diagonal it is H, and becomes the upper triangular U
/// of H^-1 = U^T U. If J reverses the order of rows and J H J = L L^T, then U = J L^-1 J; reversing
/// the elements of H gives J H J. Throws an Error where H has no such factor.
void factor_gram(kernels::Matrix<float> gram);

/// GPTQ (Frantar et al. 2022, arXiv 2210.17323) with ternary codes: changes w (O, I) so that its
/// quantized form gives nearly the outputs that w gave. Column by column, what rounding a weight
/// adds to the outputs is taken back by the columns behind it. `factor` (I, I) comes from
/// factor_gram() of the layer's inputs. Returns the codes it chose and their scales.
///
/// A group's scale and threshold are those that `rule` gives it when its turn comes; a rule that
/// counts zeros (a share of the group, 3:4) gets as many as it wants, the smallest of the weights
/// that are left. w keeps latent weights: the fitted ones, of which those on the wrong side of what
/// is the rule's limit by then are moved across it, and the group scaled. `rule` finds the chosen
/// codes in them again, exactly, and their scale to float16's rounding, whenever it gives quantized
/// weights their own codes: with any --scale, --level, --zeros and --pattern, and with --threshold
/// below 1. It cannot where absmedian meets a group of which half or more became zero: there w has
/// the scale, and the codes are the rule's. A group all of whose codes are zero becomes zero, scale
/// and all, unless the threshold is high enough to find them. With --rounding stochastic this is
/// what evaluation and packing find; training draws its codes anew.
PackedTernary fit_ternary(kernels::Matrix<float> w, kernels::Matrix<const float> factor,
                          Grouping grouping, const GroupRule& rule);

}  // namespace tern
