#pragma once

#include <cstdint>
#include <string>

#include "loop/record/history.h"

namespace tern::loop {

/// How much ln(perplexity) of one recipe differs from seed to seed. All figures are in nats, where
/// 0.01 is 1 % of perplexity.
struct Noise {
  double sigma = 0;     // standard deviation of one run; 0: not known yet
  double low = 0;       // sigma lies between these two
  double high = 0;      //   with a probability of 90 %
  int64_t runs = 0;     // it comes from
  int64_t degrees = 0;  // of freedom: runs less recipes
};

/// Sigma pooled over the recipes that the lab has stood on, the baseline and what was kept: their
/// scored runs that are not stale, without those that selected them. Recipes that were dropped do
/// not count: one that nearly diverges would blur all later decisions.
Noise estimate_noise(const History& history);

/// Standard deviation over seeds of ln(val_ppl / confirm_ppl), which tells how far the gains on the
/// search and the confirm data differ by chance, pooled over the same runs as far as they were
/// confirmed. While those are few it is taken to be near sigma. 0: not known.
double estimate_confirm_noise(const History& history);

/// Whether the changes that are tried can be told from noise at all.
struct Power {
  int64_t changes = 0;   // the last ones, whose runs were looked at
  double spread = 0;     // root mean square of their difference to the incumbent, of single runs
  double effect = 0;     // what of it is not noise
  std::string sentence;  // why no policy can decide and what would help; empty when it can
};

/// Looks at the runs by which the last ten scored changes were screened. `repeats` is the number of
/// pairs of runs that the lab's policy spends on a change in doubt.
Power power_of(const History& history, const Noise& noise, int64_t repeats = 3);

/// Nats won, as people read them: "1.2 % lower" or "0.3 % higher".
std::string describe_gain(double gain);
/// Also in units of sigma where it is known: "1.2 % lower (2.4 sigma)".
std::string describe_gain(double gain, double sigma);

}  // namespace tern::loop
