#pragma once

#include <memory>

#include "loop/propose/proposer.h"

namespace tern::loop {

/// Lets a language model make a share of the builtin's proposals, spread evenly by the number of
/// the experiment. When nothing legal comes of it, the builtin proposes instead, and says so.
class MixedProposer : public Proposer {
 public:
  /// `mix` is the model's share, 0 to 1.
  MixedProposer(std::unique_ptr<Proposer> builtin, std::unique_ptr<Proposer> model, double mix);

  Proposal propose(const Situation& situation) override;
  bool asks_outside() const override { return true; }

 private:
  std::unique_ptr<Proposer> builtin_;
  std::unique_ptr<Proposer> model_;
  double mix_;
};

}  // namespace tern::loop
