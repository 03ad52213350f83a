#include "loop/propose/proposers.h"

#include "loop/propose/agent_proposer.h"
#include "loop/propose/builtin_proposer.h"
#include "loop/propose/llm_endpoint.h"
#include "loop/propose/llm_proposer.h"
#include "loop/propose/mixed_proposer.h"
#include "loop/propose/random_proposer.h"
#include "tern/base/error.h"

namespace tern::loop {
namespace {

std::unique_ptr<Proposer> make_llm(const LlmConfig& config, const ProposerOptions& options,
                                   bool shows_search) {
  LlmClient client(
      llm_endpoint(config),
      {.max_tokens = config.max_tokens, .sleep = {}, .interrupted = options.interrupted});
  return std::make_unique<LlmProposer>(config, std::move(client), shows_search);
}

}  // namespace

std::unique_ptr<Proposer> make_proposer(const Lab& lab, const ProposerOptions& options) {
  const LabConfig& config = lab.config();
  const std::string name = options.name.empty() ? config.research.proposer : options.name;
  check(options.mix < 0 || name == "builtin",
        "--mix is the share of the builtin proposer's proposals that a language model makes, found "
        "the proposer {}; give --proposer builtin beside it, or leave --mix out",
        name);
  if (name == "random") return std::make_unique<RandomProposer>();
  if (name == "llm") return make_llm(config.llm, options, /*shows_search=*/false);
  if (name == "agent") {
    return std::make_unique<AgentProposer>(agent_template(config.agent, options.home),
                                           config.agent.model, config.agent.seconds,
                                           options.interrupted);
  }
  check(name == "builtin", "--proposer must be builtin, agent, llm or random, found \"{}\"", name);
  auto builtin = std::make_unique<BuiltinProposer>();
  const double mix = options.mix < 0 ? config.llm.mix : options.mix;
  check(mix <= 1, "--mix must be at most 1, found {}", mix);
  if (mix == 0) return builtin;
  return std::make_unique<MixedProposer>(std::move(builtin),
                                         make_llm(config.llm, options, /*shows_search=*/true), mix);
}

}  // namespace tern::loop
