#pragma once

#include <string>

#include "tern/knobs/registry.h"
#include "tern/train/budget.h"

// What moves while a run goes on: functions of how far it is. A length of up to 1 is a share of the
// run, above 1 a number of steps.

namespace tern {

class Knobs;

/// Share of a beginning of this length that is done, 0 to 1.
double share_done(double length, const Progress& now);
/// Share of what follows such a beginning that is done, 0 to 1.
double share_done_after(double length, const Progress& now);

/// Lambda by the share t of its warm-up that is done, both 0 to 1. `rate` bends some of them.
using LambdaCurve = double (*)(double t, double rate);
Registry<LambdaCurve>& lambda_schedules();

/// From 0 to 1 over the warm-up, 1 after it.
struct LambdaSchedule {
  std::string curve = "linear";
  double warmup = 0.2;
  double rate = 6;

  void describe(Knobs& knobs);
  void check() const;
  /// Throws an Error for an unknown curve or a length that is negative.
  float at(const Progress& now) const { return of(share_done(warmup, now)); }
  /// By the share t of the warm-up that is done.
  float of(double t) const;
};

/// The height above the end, 1 down to 0, by the share t of what follows the warm-up. `decay` is
/// the share of that in which some of them come down.
using LrCurve = double (*)(double t, double decay);
Registry<LrCurve>& lr_schedules();

/// A linear warm-up to `peak`, then down to `end` * peak.
struct LrSchedule {
  float peak = 3e-4f;
  std::string curve = "cosine";
  double warmup = 0.05;
  float end = 0.1f;
  double decay = 0.3;

  void describe(Knobs& knobs);
  void check() const;
  /// Throws an Error for an unknown curve or values out of their range.
  float at(const Progress& now) const;
};

/// From 1 at t <= 0 down to exactly 0 at t >= 1, as half a cosine.
double cosine_fall(double t);

/// How soft the codes of the annealed softmax are (Hestia): `start` until lambda's warm-up of this
/// length ends, from there down to 0, hard, as half a cosine.
float falling_temperature(float start, double warmup, const Progress& now);

/// Decoupled weight decay that ends at a point of the run.
struct WeightDecay {
  float rate = 0.0f;  // weights shrink by lr * rate a step
  double until = 1;   // 1: never ends

  void describe(Knobs& knobs);
  void check() const;
  /// The rate up to its end, 0 after it.
  float at(const Progress& now) const;
};

}  // namespace tern
