#pragma once

#include <string>

#include "loop/propose/llm_client.h"
#include "loop/propose/proposer.h"

namespace tern::loop {

/// Asks a language model for a change as search-and-replace edits of train.cpp. An answer that
/// cannot be used is sent back once with the reason; after that the proposal is refused. Tokens and
/// cost are in the proposal's usage: model, calls, input_tokens, output_tokens, dollars.
class LlmProposer : public Proposer {
 public:
  /// `shows_search`: the prompt also holds what the builtin proposer goes by.
  LlmProposer(const LlmConfig& config, LlmClient client, bool shows_search);

  Proposal propose(const Situation& situation) override;
  bool asks_outside() const override { return true; }

 private:
  void count(const LlmAnswer& answer, Json& usage) const;

  LlmConfig config_;
  LlmClient client_;
  bool shows_search_;
};

struct ProposerOptions;

/// One that asks the endpoint of lab.toml or of the environment; throws an Error where neither
/// names one.
std::unique_ptr<Proposer> make_llm_proposer(const LlmConfig& config, const ProposerOptions& options,
                                            bool shows_search);

}  // namespace tern::loop
