#pragma once

#include "tern/kernels/view.h"

namespace tern::kernels {

/// x = about U V^T, where x = U S V^T is the singular value decomposition of a matrix of rank
/// min(rows, cols): Muon's step (Jordan et al. 2024) without Newton-Schulz iterations. Products run
/// in T, bf16 or float, and add up in float32. The result does not depend on x's scale; a zero x
/// stays zero.
///
/// A singular value s, as a share of x's Frobenius norm, becomes f(s), where f is Zolotarev's
/// function of type (5, 4), the best approximation of 1 on [kReach, 1] of its kind (Nakatsukasa and
/// Freund 2016; used for gradients as ZOLO-PD in PolarGrad, Lau, Long and Su 2025, arXiv
/// 2505.21799): 1 - kRipple <= f <= 1 + kRipple there, and up to 507 s below. Muon's five
/// iterations do nearly the same, between 0.68 and 1.13 with up to 485 s, but take 9 to 16 products
/// of x's size: 1.5 TFLOP for the matrices of SmolLM-135M, where a training step on 2048 tokens
/// takes 1.7. In partial fractions f needs two products of x's size and two inverses of the smaller
/// one's: with G = x^T x / |x|^2,
///   x = x / |x| (a0 + a1 (G + c1)^-1 + a2 (G + c2)^-1).
template <class T>
void orthogonalize(Matrix<float> x);

/// Where f leaves 1 by at most kRipple: singular values of that share of the Frobenius norm.
inline constexpr double kOrthogonalReach = 2e-3, kOrthogonalRipple = 0.155;

/// Coefficients of f(s) = s (a0 + a1 / (s^2 + c1) + a2 / (s^2 + c2)), from Zolotarev's formulas in
/// Jacobi's elliptic functions for the reach above, scaled so that f's extremes lie evenly about 1.
struct ZolotarevTerm {
  double residue, shift;
};
inline constexpr double kZolotarevConstant = 0.96193991;
inline constexpr ZolotarevTerm kZolotarevTerms[] = {{0.0092188285, 1.8960818e-5},
                                                    {0.18527752, 0.0091860596}};

}  // namespace tern::kernels
