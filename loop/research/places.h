#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "loop/research/context.h"
#include "loop/research/experiments.h"
#include "loop/research/runs.h"

namespace tern::loop {

/// Whether a kept change still earns its place in the incumbent.
struct Place {
  int64_t kept = 0;        // the experiment that brought it
  int64_t experiment = 0;  // the one that took it out; 0: it cannot be taken out alone
  int64_t pairs = 0;
  std::optional<double> loss = {};   // ln(perplexity) lost without it
  std::optional<double> error = {};  // of it, standard; none where sigma is not known
  std::string verdict = {};
};

/// Takes the changes out of the incumbent, each alone, and compares what is left with it. Each is
/// an experiment that is recorded and dropped; the branch stays where it is.
class Places {
 public:
  Places(const Context& context, Runs& runs, Experiments& experiments)
      : context_(context), runs_(runs), experiments_(experiments) {}

  /// All changes between baseline and incumbent, the oldest first, over so many pairs of runs.
  std::vector<Place> take_each_out(int64_t pairs);

 private:
  std::vector<uint64_t> run_incumbent(int64_t pairs);
  Place check_one(const Experiment& kept, const std::vector<uint64_t>& seeds);
  void compare(Place& place, const std::vector<uint64_t>& seeds);

  const Context& context_;
  Runs& runs_;
  Experiments& experiments_;
};

}  // namespace tern::loop
