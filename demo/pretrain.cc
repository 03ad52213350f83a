#include "demo/pretrain.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "tern/autograd/tape.h"
#include "tern/base/error.h"
#include "tern/base/timer.h"
#include "tern/optim/adamw.h"
#include "tern/optim/gradients.h"
#include "tern/train/finite.h"

namespace tern {
namespace {

/// Share of the run that is done. The clock is not asked before half of its time has gone, so that
/// a slow moment at the beginning changes nothing on a machine that is fast enough.
double fraction_done(const PretrainOptions& options, int64_t step, double seconds) {
  double fraction = static_cast<double>(step) / static_cast<double>(options.steps);
  if (options.max_seconds > 0 && seconds > options.max_seconds / 2) {
    fraction = std::max(fraction, seconds / options.max_seconds);
  }
  return std::min(fraction, 1.0);
}

float learning_rate(const PretrainOptions& options, double fraction) {
  const double first = 1.0 / static_cast<double>(options.steps);
  if (fraction < options.warmup) {
    return options.lr * static_cast<float>((fraction + first) / (options.warmup + first));
  }
  constexpr double kEnd = 0.05;
  const double t = (fraction - options.warmup) / (1 - options.warmup);
  const double share = kEnd + (1 - kEnd) * 0.5 * (1 + std::cos(std::numbers::pi * t));
  return options.lr * static_cast<float>(share);
}

/// Forward, backward and update on one batch; returns its loss.
double train_step(Llama& model, Optimizer& optimizer, TokenSource& tokens,
                  const PretrainOptions& options, int64_t step, float lr) {
  const int64_t B = options.batch_size, T = options.sequence_length;
  const Batch batch = tokens.batch(step * B, B, T);
  Tape tape;
  const Tensor loss = model.loss(batch.inputs, batch.targets, B);
  tape.backward(loss);
  require_finite(loss.item(), step + 1, model);
  const double norm = finite_gradient_norm(model, step + 1);
  optimizer.step({.lr = lr,
                  .weight_decay = options.weight_decay,
                  .gradient_scale = clip_factor(norm, options.clip_norm)});
  return loss.item();
}

}  // namespace

void pretrain(Llama& model, TokenSource& tokens, const PretrainOptions& options,
              const std::function<void(const PretrainProgress&)>& on_step) {
  check(options.steps > 0, "pretraining needs 1 step or more, found {}", options.steps);
  AdamW optimizer(groups_of(model.parameters()), {});
  const double tokens_per_step = static_cast<double>(options.batch_size * options.sequence_length);
  const Timer clock;
  PretrainProgress now;
  while (now.fraction < 1) {
    const float lr = learning_rate(options, now.fraction);
    now.loss = train_step(model, optimizer, tokens, options, now.step, lr);
    now.step += 1;
    const double seconds = clock.seconds();
    now.fraction = fraction_done(options, now.step, seconds);
    now.tokens_per_s = static_cast<double>(now.step) * tokens_per_step / seconds;
    now.seconds_left = seconds * (1 - now.fraction) / now.fraction;
    if (on_step) on_step(now);
  }
}

}  // namespace tern
