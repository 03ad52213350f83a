#include "tern/runner/sandbox_choice.h"

#include <fmt/core.h>

namespace tern {

Sandbox::Kind choose_sandbox(bool wanted, const std::function<void(std::string_view)>& say) {
  if (!wanted) {
    say("WARNING: train.cpp runs WITHOUT A SANDBOX, as --no-sandbox asks: it can read, change and "
        "send whatever you can.");
    return Sandbox::Kind::kNone;
  }
  const Sandbox::Kind kind = available_sandbox();
  if (kind == Sandbox::Kind::kNone) {
    say("WARNING: neither Landlock nor bubblewrap works here, so train.cpp runs WITHOUT A SANDBOX: "
        "it can read and write whatever you can. Install bubblewrap, or run Tern in a container.");
  }
  for (const SandboxPart& part : sandbox_parts(kind)) {
    if (!part.holds) say(fmt::format("the sandbox has no {} here: {}", part.name, part.without));
  }
  return kind;
}

}  // namespace tern
