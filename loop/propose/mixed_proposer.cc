#include "loop/propose/mixed_proposer.h"

#include <fmt/core.h>

#include <cmath>

#include "loop/propose/untrusted_text.h"

namespace tern::loop {
namespace {

bool is_models_turn(int64_t number, double mix) {
  const auto turns_until = [mix](int64_t n) { return std::floor(static_cast<double>(n) * mix); };
  return turns_until(number) > turns_until(number - 1);
}

}  // namespace

MixedProposer::MixedProposer(std::unique_ptr<Proposer> builtin, std::unique_ptr<Proposer> model,
                             double mix)
    : builtin_(std::move(builtin)), model_(std::move(model)), mix_(mix) {}

Proposal MixedProposer::propose(const Situation& situation) {
  if (!is_models_turn(situation.number, mix_)) return builtin_->propose(situation);
  Proposal asked = model_->propose(situation);
  if (asked.refusal.empty()) return asked;
  Proposal proposal = builtin_->propose(situation);
  proposal.description +=
      fmt::format(" (instead of the language model: {})", one_line(asked.refusal, 120));
  proposal.usage = asked.usage;  // its tokens are spent all the same
  return proposal;
}

}  // namespace tern::loop
