#pragma once

#include <functional>
#include <string>

#include "loop/propose/agent_templates.h"
#include "loop/propose/proposer.h"

namespace tern::loop {

/// Lets a coding agent make the change: one fresh call of a command, in a copy of the lab's
/// repository under .tern/agent/NNNN/work that is thrown away afterwards. What counts is a legal
/// change of train.cpp there, never the agent's exit code or words. It may say what it did in
/// proposal.md: the description in the first line, the expectation in the second. Its output stays
/// in .tern/agent/NNNN/log.txt.
///
/// An agent needs its network and its home, so it runs in no sandbox: what it does elsewhere is
/// between it and its own permissions, but the lab's files are put back and the proposal refused.
class AgentProposer : public Proposer {
 public:
  /// `seconds` bound one call. `interrupted`, asked while it runs, ends it; may be empty.
  AgentProposer(AgentTemplate agent, std::string model, double seconds,
                std::function<bool()> interrupted = {});

  Proposal propose(const Situation& situation) override;
  bool asks_outside() const override { return true; }

 private:
  struct Call;
  void run(Call& call) const;
  void judge(Call& call) const;

  AgentTemplate agent_;
  std::string model_;
  double seconds_;
  std::function<bool()> interrupted_;
};

}  // namespace tern::loop
