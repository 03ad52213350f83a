#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "tern/base/fields.h"
#include "tern/contract/fixed.h"

namespace tern {

/// One experiment of the research loop: a row of experiments.tsv. Figures are means over the runs
/// that stand for the recipe; what was not measured stays empty.
struct ExperimentRow {
  std::string commit = {};  // its first characters
  std::optional<Fixed<4>> val_ppl = {};
  std::optional<Fixed<2>> memory_gb = {};  // the most that one of its runs took
  std::string status = {};
  std::string description = {};
  std::string experiment = {};  // its number, as in 0007
  std::optional<Fixed<4>> val_bpb = {};
  std::optional<Fixed<0>> steps = {}, tokens = {};
  std::optional<Fixed<1>> time_s = {};
  std::optional<Fixed<4>> sigma = {};  // of one run, in perplexity
  std::optional<Fixed<3>> gain = {};   // percent of perplexity
  int64_t runs = 0;
  std::string proposer = {}, family = {};
  std::string expectation = {};
  std::string reason = {};
  TERN_FIELDS(commit, val_ppl, memory_gb, status, description, experiment, val_bpb, steps, tokens,
              time_s, sigma, gain, runs, proposer, family, expectation, reason)
};

}  // namespace tern
