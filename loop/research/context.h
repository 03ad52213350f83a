#pragma once

#include <functional>
#include <string>

#include "loop/bench/bench.h"
#include "loop/boundary/guard.h"
#include "loop/decide/policy.h"
#include "loop/git/branch.h"
#include "loop/propose/proposer.h"
#include "loop/record/journal.h"
#include "loop/record/noise.h"
#include "tern/base/log.h"
#include "tern/lab_files/lab.h"

namespace tern::loop {

/// When the loop ends; without any bound it goes on for ever.
struct Bounds {
  int64_t experiments = 0;  // 0: no bound
  double hours = 0;         // 0: no bound
  /// How often somebody asked it to stop: once, after this experiment; twice, now. May be empty.
  std::function<int()> stops;
};

/// What the loop is made of. All of it outlives the loop.
struct ResearchParts {
  const Lab& lab;
  Journal& journal;
  Branch& branch;
  Bench& bench;
  const Guard& guard;
  Proposer& proposer;
  Proposer& fallback;  // proposes when `proposer` fails again and again
  const Policy& policy;
};

/// What the parts of the loop share: what it is made of, what has happened, whether somebody asked
/// it to stop, and where its lines go.
struct Context : ResearchParts {
  Bounds bounds;
  LogSink log;

  const History& history() const { return journal.history(); }
  void record(const Event& event) const { journal.record(event); }
  int stops() const { return bounds.stops ? bounds.stops() : 0; }
  bool stopped() const { return stops() > 1; }
  void say(const std::string& line) const { log_line(log, line); }
  /// While the disk is full, says so once and waits, until there is room or somebody asks to stop.
  void wait_for_room() const;
  /// Of one run's ln(perplexity); 0: not known yet.
  double sigma() const { return estimate_noise(history()).sigma; }
  /// Why a file that a run left is not to be used; empty when it is as it was.
  std::string altered(int64_t experiment, const RunRecord& run, std::string RunFiles::*file) const {
    return loop::altered(lab, experiment, run.number, run.files, file);
  }
  /// The text of an experiment's train.cpp.
  std::string source_of(const Experiment& e) const { return branch.recipe_at(e.commit); }
};

}  // namespace tern::loop
