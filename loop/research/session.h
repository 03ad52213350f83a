#pragma once

#include <cstdio>
#include <memory>
#include <string>

#include "loop/bench/workbench.h"
#include "loop/boundary/guard.h"
#include "loop/decide/policy.h"
#include "loop/git/branch.h"
#include "loop/propose/proposer.h"
#include "loop/record/journal.h"
#include "loop/research/display.h"
#include "loop/research/research.h"
#include "tern/lab_files/loop_lock.h"

namespace tern::loop {

/// Names that go before those of lab.toml; empty: lab.toml's.
struct SessionOptions {
  std::string proposer;
  std::string policy;
  std::string tag;
  double mix = -1;  // negative: lab.toml's
  Bounds bounds;
  std::FILE* out = stdout;          // gets the loop's lines
  std::filesystem::path home;       // Tern's folder; empty: this program's
  std::filesystem::path evaluator;  // the program whose `eval` scores; empty: this one
};

/// A lab taken for research: lock, journal, branch, bench, guard, and what proposes and decides,
/// put together as lab.toml says.
class Session {
 public:
  /// Throws when another loop has the lab, or the lab is not prepared.
  Session(const Lab& lab, const SessionOptions& options);

  Research& research() { return *research_; }
  const History& history() const { return journal_.history(); }

 private:
  const Lab& lab_;
  LoopLock lock_;
  Display display_;
  Journal journal_;
  Branch branch_;
  Guard guard_;
  Workbench bench_;
  std::unique_ptr<Proposer> proposer_;
  std::unique_ptr<Proposer> fallback_;
  std::unique_ptr<Policy> policy_;
  std::unique_ptr<Research> research_;
};

}  // namespace tern::loop
