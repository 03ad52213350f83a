#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "tern/sandbox/sandbox.h"

namespace tern {

/// A namespace as users know it.
struct NamedNamespace {
  const char* word;  // behind "-" in TERN_SANDBOX
  const char* name;
  bool Namespaces::*part;
  const char* without;  // what is open where it is missing
};

std::span<const NamedNamespace> named_namespaces();

/// What the environment variable TERN_SANDBOX asks for, see available_sandbox().
struct SandboxWish {
  std::optional<Sandbox::Kind> kind;
  std::vector<std::string> without;  // words of named_namespaces()

  /// Throws for a word that means nothing.
  static SandboxWish read();
};

/// The namespaces for a program in a sandbox of this kind that the machine grants and TERN_SANDBOX
/// leaves.
Namespaces namespaces_for(Sandbox::Kind kind);

}  // namespace tern
