#include "loop/propose/proposers.h"

#include "tern/base/error.h"

namespace tern::loop {

Registry<ProposerKind>& proposers() {
  static Registry<ProposerKind> registry("proposer");
  return registry;
}

std::unique_ptr<Proposer> make_proposer(const Lab& lab, const ProposerOptions& options) {
  const std::string& name = options.name.empty() ? lab.config().research.proposer : options.name;
  const ProposerKind& kind = proposers().at(name);
  check(options.mix < 0 || kind.mixes,
        "--mix is the share of the builtin proposer's proposals that a language model makes, found "
        "the proposer {}; give --proposer builtin beside it, or leave --mix out",
        name);
  return kind.make(lab, options);
}

}  // namespace tern::loop
