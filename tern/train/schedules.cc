#include "tern/train/schedules.h"

#include <algorithm>
#include <cmath>

#include "tern/base/error.h"

namespace tern {
namespace {

const RegisterArm lambda_schedule({"lambda_schedule", "",
                                   "how lambda, the share of Q(w) in w + lambda (Q(w) - w), rises",
                                   "Hugging Face 2024, Fine-tuning LLMs to 1.58bit"});
const RegisterArm lambda_warmup({"lambda_warmup", "",
                                 "until lambda is 1: share of the run up to 1, steps above",
                                 "Hugging Face 2024: 1,000 steps",
                                 "lambda_schedule: !none | quantizer: hestia"});
const RegisterArm lambda_rate(
    {"lambda_rate", "", "steepness of the exponential and sigmoid lambda schedules",
     "Hugging Face 2024: exponential 4, 6, 8, 10; sigmoid 15, 20, 25, 40, 100",
     "lambda_schedule: exponential sigmoid"});
const RegisterArm lr({"lr", "", "peak learning rate", ""});
const RegisterArm lr_schedule({"lr_schedule", "", "how the learning rate falls after its warm-up",
                               ""});
const RegisterArm lr_warmup({"lr_warmup", "",
                             "linear warm-up: share of the run up to 1, steps above", ""});
const RegisterArm lr_end({"lr_end", "", "last learning rate as a share of the peak", "",
                          "lr_schedule: !constant"});
const RegisterArm lr_decay({"lr_decay", "",
                            "share of what follows the warm-up in which wsd comes down",
                            "with QAT: arXiv 2509.22935", "lr_schedule: wsd"});
const RegisterArm weight_decay_until({"weight_decay_until", "",
                                      "point of the run where weight decay ends; 1: never",
                                      "BitNet b1.58 2B4T 2025: at half of the run",
                                      "weight_decay: !0"});

const RegisterArm temperature({"temperature", "",
                               "hestia: softness of the codes until lambda's warm-up ends; from "
                               "there a cosine takes it down to 0",
                               "Hestia, arXiv 2601.20745: between 0.1 and 2", "quantizer: hestia"});

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

float LambdaSchedule::of(double t) const {
  check(warmup >= 0 && rate > 0,
        "--lambda-warmup must be 0 or more and --lambda-rate above 0, "
        "found {} and {}",
        warmup, rate);
  const LambdaCurve rises = lambda_schedules().at(curve);
  // The end is 1 to the last bit, since a model of any other lambda is not ternary.
  return t >= 1 ? 1 : static_cast<float>(rises(t, rate));
}

float LrSchedule::at(const Progress& now) const {
  check(peak > 0 && std::isfinite(peak), "--lr must be above 0, found {}", peak);
  check(end >= 0 && end <= 1, "--lr-end must be between 0 and 1, found {}", end);
  check(warmup >= 0 && decay >= 0 && decay <= 1,
        "--lr-warmup must be 0 or more and --lr-decay between 0 and 1, found {} and {}", warmup,
        decay);
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

float until(float value, double point, const Progress& now) {
  check(point > 0, "--weight-decay-until must be above 0, found {}", point);
  const bool ended =
      point <= 1 ? now.fraction >= point && point < 1 : static_cast<double>(now.step) >= point;
  return ended ? 0 : value;
}

}  // namespace tern
