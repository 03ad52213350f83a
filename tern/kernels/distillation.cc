#include "tern/kernels/distillation.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "tern/kernels/cross_entropy.h"
#include "tern/kernels/lanes.h"
#include "tern/kernels/math.h"
#include "tern/parallel/parallel.h"

namespace tern::kernels {
namespace {

/// Below this a sum of exponentials, whose largest is 1, is as good as nothing.
constexpr float kSmallestSum = 1e-30f;

/// What a row's softmax at the temperature and at 1 is made of, and its losses over the k + 1
/// outcomes. Exponentials are of (logit - largest) / temperature.
struct Row {
  float largest = 0;
  float sum = 0;       // at temperature 1
  float tempered = 0;  // at the temperature
  float rest = 0;      // of those outside the teacher's k, at the temperature
  float nll = 0;
  float forward = 0;
  float reverse = 0;
  float rest_slope = 0;  // d loss / d logit of such a token, times t S e^(...) of its own
};

/// Works on one row at a time and keeps the memory for it.
class RowLoss {
 public:
  RowLoss(int64_t V, int64_t k, float temperature)
      : V_(V), k_(k), t_(temperature), inverse_t_(1.0f / temperature), z_(k), log_q_(k) {}

  template <class T>
  float operator()(float* logits, int32_t target, const TeacherView& teacher,
                   const TokenWeights& weights, T* dlogits) {
    const float target_logit = logits[target];
    take_kept(logits, teacher, weights);
    row_.nll = weights.cross_entropy == 0 ? 0.0f : row_.largest - target_logit + std::log(row_.sum);
    divergences(teacher, weights);
    if (dlogits != nullptr) gradient(logits, target, target_logit, teacher, weights, dlogits);
    return weights.cross_entropy * row_.nll +
           t_ * t_ * (weights.forward * row_.forward + weights.reverse * row_.reverse);
  }

 private:
  /// Moves the logits of the teacher's tokens out of the row, so that the others can be summed
  /// without a difference of nearly equal numbers, and makes all sums.
  void take_kept(float* logits, const TeacherView& teacher, const TokenWeights& weights) {
    row_.largest = lane_max(V_, logits[0], [&](int64_t v) { return logits[v]; });
    const float largest = row_.largest;
    if (weights.cross_entropy != 0 && t_ != 1.0f) {
      row_.sum = lane_sum(V_, [&](int64_t v) { return fast_exp(logits[v] - largest); });
    }
    for (int64_t i = 0; i < k_; ++i) z_[i] = logits[teacher.ids[i]];
    for (int64_t i = 0; i < k_; ++i) {
      logits[teacher.ids[i]] = -std::numeric_limits<float>::infinity();
    }
    const float* kept = z_.data();
    row_.rest =
        lane_sum(V_, [&](int64_t v) { return fast_exp((logits[v] - largest) * inverse_t_); });
    row_.tempered = row_.rest + lane_sum(k_, [&](int64_t i) {
                      return fast_exp((kept[i] - largest) * inverse_t_);
                    });
    if (t_ == 1.0f) row_.sum = row_.tempered;
  }

  bool has_rest() const { return k_ < V_; }

  void divergences(const TeacherView& teacher, const TokenWeights& weights) {
    const float log_sum = std::log(row_.tempered);
    float forward = 0, reverse = 0;
    const auto add = [&](float log_p, float log_q) {
      forward += fast_exp(log_p) * (log_p - log_q);
      reverse += fast_exp(log_q) * (log_q - log_p);
    };
    for (int64_t i = 0; i < k_; ++i) {
      log_q_[i] = (z_[i] - row_.largest) * inverse_t_ - log_sum;
      add(teacher.log_probabilities[i], log_q_[i]);
    }
    row_.rest_slope = 0;
    if (has_rest()) {
      const float rest = std::max(row_.rest, kSmallestSum);
      const float log_q = std::log(rest) - log_sum;
      add(teacher.log_rest[0], log_q);
      // d KL(p || q) / d q = -p / q; d KL(q || p) / d q = log q - log p + 1.
      row_.rest_slope =
          weights.forward * (1.0f - fast_exp(teacher.log_rest[0]) * row_.tempered / rest) +
          weights.reverse * (log_q - teacher.log_rest[0] - reverse);
    }
    row_.forward = forward;
    row_.reverse = reverse;
  }

  template <class T>
  void gradient(const float* logits, int32_t target, float target_logit, const TeacherView& teacher,
                const TokenWeights& weights, T* dlogits) {
    const float largest = row_.largest, inverse_t = inverse_t_;
    const float tempered = t_ * row_.rest_slope / row_.tempered;
    const float plain = weights.cross_entropy == 0 ? 0.0f : weights.cross_entropy / row_.sum;
    if (t_ == 1.0f || plain == 0.0f) {
      const float scale = tempered + plain;
      TERN_INDEPENDENT_ITERATIONS
      for (int64_t v = 0; v < V_; ++v) {
        dlogits[v] = static_cast<T>(scale * fast_exp((logits[v] - largest) * inverse_t));
      }
    } else {
      TERN_INDEPENDENT_ITERATIONS
      for (int64_t v = 0; v < V_; ++v) {
        const float z = logits[v] - largest;
        dlogits[v] = static_cast<T>(tempered * fast_exp(z * inverse_t) + plain * fast_exp(z));
      }
    }
    const float z = target_logit - largest;
    dlogits[target] = static_cast<T>(tempered * fast_exp(z * inverse_t) + plain * fast_exp(z) -
                                     weights.cross_entropy);
    for (int64_t i = 0; i < k_; ++i) {
      const float log_p = teacher.log_probabilities[i], q = fast_exp(log_q_[i]);
      const float slope = weights.forward * (q - fast_exp(log_p)) +
                          weights.reverse * q * (log_q_[i] - log_p - row_.reverse);
      const float gold = teacher.ids[i] == target ? weights.cross_entropy : 0.0f;
      dlogits[teacher.ids[i]] =
          static_cast<T>(t_ * slope + plain * fast_exp(z_[i] - largest) - gold);
    }
  }

  int64_t V_, k_;
  float t_, inverse_t_;
  std::vector<float> z_, log_q_;  // (k) logits of the teacher's tokens, and their log-probabilities
  Row row_;
};

}  // namespace

template <class T>
void distillation_fwd_bwd(Matrix<float> logits, std::span<const int32_t> targets,
                          const TeacherView& teacher, float temperature,
                          const TokenWeights* weights, float* loss, Matrix<T> dlogits) {
  const int64_t V = logits.cols;
  parallel_for(logits.rows, 1, [&](int64_t begin, int64_t end) {
    RowLoss row_loss(V, teacher.k, temperature);
    for (int64_t n = begin; n < end; ++n) {
      T* gradient = dlogits.data == nullptr ? nullptr : dlogits.row(n);
      if (targets[n] == kIgnoredTarget) {
        loss[n] = 0.0f;
        if (gradient != nullptr) std::fill_n(gradient, V, T(0.0f));
      } else {
        loss[n] = row_loss(logits.row(n), targets[n], teacher.from(n), weights[n], gradient);
      }
    }
  });
}

template void distillation_fwd_bwd(Matrix<float>, std::span<const int32_t>, const TeacherView&,
                                   float, const TokenWeights*, float*, Matrix<float>);
template void distillation_fwd_bwd(Matrix<float>, std::span<const int32_t>, const TeacherView&,
                                   float, const TokenWeights*, float*, Matrix<bf16>);

}  // namespace tern::kernels
