#include "tern/train/schedules.h"

#include <algorithm>
#include <cmath>

#include "tern/base/error.h"
#include "tern/knobs/knobs.h"

namespace tern {
namespace {

// Lambda.

double linear(double t, double) { return t; }
double at_once(double, double) { return 1; }
double cosine(double t, double) { return 0.5 * (1 - std::cos(M_PI * t)); }
double exponential(double t, double rate) { return 1 - std::pow(1 - t, rate); }
double sigmoid(double t, double rate) {
  const auto s = [rate](double x) { return 1 / (1 + std::exp(-rate * (x - 0.5))); };
  return (s(t) - s(0)) / (s(1) - s(0));
}
double stairs(double t, double) { return std::floor(4 * t) / 4; }
double two_phase(double t, double) { return t < 1.0 / 3 ? 2.4 * t : 0.8 + 0.3 * (t - 1.0 / 3); }

constexpr const char* kWarmups = "Hugging Face 2024, Fine-tuning LLMs to 1.58bit";

const Register<LambdaCurve> none(lambda_schedules(), "none", at_once, "1 from the first step",
                                 "Ma et al. 2024, BitNet b1.58");
const Register<LambdaCurve> linear_lambda(lambda_schedules(), "linear", linear, "t", kWarmups);
const Register<LambdaCurve> cosine_lambda(lambda_schedules(), "cosine", cosine,
                                          "(1 - cos(pi t)) / 2: slow, fast, slow", "");
const Register<LambdaCurve> exponential_lambda(lambda_schedules(), "exponential", exponential,
                                               "1 - (1 - t)^rate: fast, slow", kWarmups);
const Register<LambdaCurve> sigmoid_lambda(lambda_schedules(), "sigmoid", sigmoid,
                                           "logistic in rate (t - 1/2), scaled to go from 0 to 1",
                                           kWarmups);
const Register<LambdaCurve> step_lambda(lambda_schedules(), "step", stairs,
                                        "up by a quarter after each quarter of the warm-up", "");
const Register<LambdaCurve> two_phase_lambda(lambda_schedules(), "two-phase", two_phase,
                                             "to 0.8 in the first third, then slowly to 1", "");

// The learning rate.

double constant(double, double) { return 1; }
double linear_fall(double t, double) { return 1 - t; }
double cosine_of(double t, double) { return cosine_fall(t); }
double stable_then_fall(double t, double decay) {
  return std::min(1.0, (1 - t) / std::max(decay, 1e-9));
}

const Register<LrCurve> constant_lr(lr_schedules(), "constant", constant, "stays at the peak", "");
const Register<LrCurve> linear_lr(lr_schedules(), "linear", linear_fall, "falls in a straight line",
                                  "");
const Register<LrCurve> cosine_lr(lr_schedules(), "cosine", cosine_of, "falls as half a cosine",
                                  "Loshchilov and Hutter 2017, SGDR");
const Register<LrCurve> wsd_lr(lr_schedules(), "wsd", stable_then_fall,
                               "stays at the peak, then falls in a straight line over lr_decay",
                               "Hu et al. 2024, MiniCPM");

}  // namespace

Registry<LambdaCurve>& lambda_schedules() {
  static Registry<LambdaCurve> registry("lambda_schedule");
  return registry;
}

Registry<LrCurve>& lr_schedules() {
  static Registry<LrCurve> registry("lr_schedule");
  return registry;
}

double share_done(double length, const Progress& now) {
  if (length <= 0) return 1;
  const double done = length <= 1 ? now.fraction : static_cast<double>(now.step);
  return std::min(1.0, done / length);
}

double share_done_after(double length, const Progress& now) {
  if (now.fraction >= 1) return 1;
  // Where a number of steps ends as a share of the run, judged by the steps so far.
  const double end = length <= 1    ? length
                     : now.step > 0 ? length * now.fraction / static_cast<double>(now.step)
                                    : 1;
  return std::clamp((now.fraction - end) / std::max(1e-9, 1 - end), 0.0, 1.0);
}

void LambdaSchedule::describe(Knobs& knobs) {
  knobs.add(TERN_KNOB(curve),
            {.name = "lambda_schedule",
             .meaning = "how lambda, the share of Q(w) in w + lambda (Q(w) - w), rises",
             .source = "Hugging Face 2024, Fine-tuning LLMs to 1.58bit",
             .choices = lambda_schedules().choices(),
             .bends_curve = true});
  knobs.add(TERN_KNOB(warmup),
            {.meaning = "until lambda is 1: share of the run up to 1, steps above",
             .tries = "0.05 0.1 0.2 0.3 0.5 200 500 1000 2000 5000",
             .source = "Hugging Face 2024: 1,000 steps",
             .acts = is_not(curve, "none") || is(named("quantizer"), "hestia"),
             .length = RunLength::kMustEnd,
             .bends_curve = true});
  knobs.add(TERN_KNOB(rate),
            {.meaning = "steepness of the exponential and sigmoid lambda schedules",
             .tries = "4 6 8 10 25 100",
             .source = "Hugging Face 2024: exponential 4, 6, 8, 10; sigmoid 15, 20, 25, 40, 100",
             .acts = is(curve, "exponential", "sigmoid"),
             .bends_curve = true});
}

void LambdaSchedule::check() const {
  lambda_schedules().at(curve);
  require_not_negative({{"lambda_warmup", warmup}});
  require_positive({{"lambda_rate", rate}});
}

float LambdaSchedule::of(double t) const {
  check();
  const LambdaCurve rises = lambda_schedules().at(curve);
  // The end is 1 to the last bit, since a model of any other lambda is not ternary.
  return t >= 1 ? 1 : static_cast<float>(rises(t, rate));
}

void LrSchedule::describe(Knobs& knobs) {
  knobs.add(TERN_KNOB(peak), {.name = "lr",
                              .meaning = "peak learning rate",
                              .tries = "1e-5 2e-5 5e-5 1e-4 2e-4 3e-4 5e-4 1e-3 2e-3",
                              .bends_curve = true});
  knobs.add(TERN_KNOB(curve), {.name = "lr_schedule",
                               .meaning = "how the learning rate falls after its warm-up",
                               .choices = lr_schedules().choices(),
                               .bends_curve = true});
  knobs.add(TERN_KNOB(warmup), {.meaning = "linear warm-up: share of the run up to 1, steps above",
                                .tries = "0 0.02 0.05 0.1 0.2 50 100 200 500",
                                .length = RunLength::kMayEnd,
                                .bends_curve = true});
  knobs.add(TERN_KNOB(end), {.meaning = "last learning rate as a share of the peak",
                             .tries = "0 0.05 0.1 0.3",
                             .acts = is_not(curve, "constant"),
                             .bends_curve = true});
  knobs.add(TERN_KNOB(decay),
            {.meaning = "share of what follows the warm-up in which wsd comes down",
             .tries = "0.1 0.2 0.3 0.5",
             .source = "with QAT: arXiv 2509.22935",
             .acts = is(curve, "wsd"),
             .bends_curve = true});
}

void LrSchedule::check() const {
  tern::check(peak > 0 && std::isfinite(peak), "--lr must be above 0, found {}", peak);
  tern::check(end >= 0 && end <= 1, "--lr-end must be between 0 and 1, found {}", end);
  tern::check(warmup >= 0 && decay >= 0 && decay <= 1,
              "--lr-warmup must be 0 or more and --lr-decay between 0 and 1, found {} and {}",
              warmup, decay);
  lr_schedules().at(curve);
}

float LrSchedule::at(const Progress& now) const {
  check();
  const LrCurve height = lr_schedules().at(curve);
  const double warm = share_done(warmup, now);
  if (warm < 1) {
    // The first step moves a little too: half a step into a warm-up of so many steps, or 2 % into
    // one that is a share of the run.
    return peak * static_cast<float>(std::max(warm, warmup > 1 ? 0.5 / warmup : 0.02));
  }
  const double t = share_done_after(warmup, now);
  return peak * static_cast<float>(end + (1 - end) * height(t, decay));
}

double cosine_fall(double t) { return 0.5 * (1 + std::cos(M_PI * std::clamp(t, 0.0, 1.0))); }

float falling_temperature(float start, double warmup, const Progress& now) {
  return start * static_cast<float>(cosine_fall(share_done_after(warmup, now)));
}

void WeightDecay::describe(Knobs& knobs) {
  knobs.add(TERN_KNOB(rate),
            {.name = "weight_decay",
             .meaning = "matrices and embeddings shrink by lr * weight_decay a step (decoupled)",
             .tries = "0 0.01 0.05 0.1",
             .source = "Loshchilov and Hutter 2019, 1711.05101",
             .bends_curve = true});
  knobs.add(TERN_KNOB(until), {.name = "weight_decay_until",
                               .meaning = "point of the run where weight decay ends; 1: never",
                               .tries = "0.5 1",
                               .source = "BitNet b1.58 2B4T 2025: at half of the run",
                               .acts = is_not(rate, 0),
                               .bends_curve = true});
}

void WeightDecay::check() const {
  require_not_negative({{"weight_decay", rate}});
  require_positive({{"weight_decay_until", until}});
}

float WeightDecay::at(const Progress& now) const {
  const bool ended =
      until <= 1 ? now.fraction >= until && until < 1 : static_cast<double>(now.step) >= until;
  return ended ? 0 : rate;
}

}  // namespace tern
