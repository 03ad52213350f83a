#pragma once

#include <functional>
#include <memory>
#include <string>

#include "loop/propose/proposer.h"
#include "tern/knobs/registry.h"

namespace tern::loop {

/// How a session wants its proposals made.
struct ProposerOptions {
  std::string name;                   // of proposers(); empty: lab.toml's
  double mix = -1;                    // share of a language model in builtin; negative: lab.toml's
  std::filesystem::path home;         // Tern's folder, which holds the ready agents
  std::function<bool()> interrupted;  // true gives up a proposal in the making; may be empty
};

/// A kind of proposer, which its own .cc file registers.
struct ProposerKind {
  std::unique_ptr<Proposer> (*make)(const Lab& lab, const ProposerOptions& options);
  bool mixes = false;  // whether a share of it may be a language model's
};
Registry<ProposerKind>& proposers();

/// Throws for a name that is none, for a mix beside another proposer than builtin (where lab.toml's
/// does not apply), and for a language model without an endpoint.
std::unique_ptr<Proposer> make_proposer(const Lab& lab, const ProposerOptions& options);

}  // namespace tern::loop
