#include "tern/train/run_plan.h"

#include "tern/base/error.h"
#include "tern/base/flags.h"
#include "tern/knobs/knobs.h"

namespace tern {

void RunPlan::describe(Knobs& knobs) {
  const auto add = [&]<class T>(std::string_view member, T& variable, std::string_view meaning,
                                std::string_view tries = {}) {
    knobs.add(member, variable, {.name = member, .meaning = meaning, .tries = tries});
  };
  const auto add_end = [&]<class T>(std::string_view member, T& variable,
                                    std::string_view meaning) {
    knobs.add(member, variable, {.name = member, .meaning = meaning, .bends_curve = true});
  };
  add_end(TERN_KNOB(steps), "steps to train; 0: as many as --tokens take");
  add_end(TERN_KNOB(tokens), "tokens to train on; 0: until --time-budget is spent");
  add_end(TERN_KNOB(time_budget), "seconds of training when --steps and --tokens are 0");
  add(TERN_KNOB(seed), "seed of the order of the data and of random rounding");
  add(TERN_KNOB(batch_size), "sequences in one pass", "2 4 8 16 32");
  add(TERN_KNOB(accumulation), "passes whose gradients make one step", "1 2 4");
  add(TERN_KNOB(sequence_length), "tokens in a sequence", "128 256 512 1024");
  add(TERN_KNOB(eval_every), "steps between evaluations; 0: only at the end");
  add(TERN_KNOB(save_every), "steps between checkpoints; 0: only when stopped");
  add(TERN_KNOB(eval_tokens), "tokens of an evaluation while training; 0: all");
}

void RunPlan::check() const {
  require_not_negative({{"steps", steps}, {"tokens", tokens}, {"time_budget", time_budget}});
  require_not_negative(
      {{"eval_every", eval_every}, {"eval_tokens", eval_tokens}, {"save_every", save_every}});
  constexpr int64_t kMost = 1 << 20;  // far beyond use, and the product of all three is a number
  for (const int64_t size : {batch_size, accumulation, sequence_length}) {
    tern::check(size > 0 && size <= kMost,
                "--batch-size, --accumulation, --sequence-length must be 1 to {}, found {}", kMost,
                size);
  }
}

std::vector<std::string> require_lengths(const std::vector<KnownLength>& lengths, int64_t steps) {
  std::vector<std::string> warnings;
  for (const auto& [knob, length, must_end] : lengths) {
    if (length <= static_cast<double>(steps)) continue;
    const std::string said = fmt::format("{} {:g} does not end within the run's {} steps",
                                         flag_name(knob), length, steps);
    check(!must_end, "{}; the longest that fits is {}, or give a share of the run up to 1", said,
          steps);
    warnings.push_back(said);
  }
  return warnings;
}

}  // namespace tern
