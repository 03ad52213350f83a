#pragma once

#include <memory>
#include <string>

#include "loop/proposer.h"

namespace tern {

/// The proposer of this name ("builtin", "random", "agent", "llm"; empty: lab.toml's), with the
/// share `mix` of a language model among the builtin's proposals (negative: lab.toml's). Throws for
/// another name.
std::unique_ptr<Proposer> make_proposer(const Lab& lab, const std::string& name, double mix);

}  // namespace tern
