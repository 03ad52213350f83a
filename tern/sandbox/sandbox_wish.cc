#include "tern/sandbox/sandbox_wish.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <sstream>

#include "tern/base/error.h"

namespace tern {
namespace {

constexpr NamedNamespace kNamespaces[] = {
    {"user", "user namespace", &Namespaces::user, "there are no other namespaces either"},
    {"pid", "PID namespace", &Namespaces::pid,
     "what train.cpp leaves behind may survive when Tern is killed"},
    {"ipc", "IPC namespace", &Namespaces::ipc, "the filter alone guards your shared memory"},
    {"network", "network namespace", &Namespaces::network, "the filter alone guards the network"},
    {"mounts", "read-only mounts", &Namespaces::mounts,
     "the filter guards the modes of files, so train.cpp can set none, not even by copying one"},
    {"proc", "own /proc", &Namespaces::proc, "the command lines of all processes can be read"}};

void add_word(SandboxWish& wish, const std::string& word) {
  const std::map<std::string, Sandbox::Kind> kinds = {{"none", Sandbox::Kind::kNone},
                                                      {"landlock", Sandbox::Kind::kLandlock},
                                                      {"bubblewrap", Sandbox::Kind::kBubblewrap}};
  if (const auto found = kinds.find(word); found != kinds.end()) {
    wish.kind = found->second;
    return;
  }
  std::string words;
  for (const NamedNamespace& named : kNamespaces) {
    if (word == std::string("-") + named.word) {
      wish.without.push_back(named.word);
      return;
    }
    words += fmt::format(", -{}", named.word);
  }
  fail("TERN_SANDBOX says \"{}\"; it may say landlock, bubblewrap or none{}, with commas between",
       word, words);
}

}  // namespace

std::span<const NamedNamespace> named_namespaces() { return kNamespaces; }

SandboxWish SandboxWish::read() {
  const char* text = std::getenv("TERN_SANDBOX");
  std::istringstream words(text == nullptr ? "" : text);
  SandboxWish wish;
  for (std::string word; std::getline(words, word, ',');) add_word(wish, word);
  return wish;
}

Namespaces namespaces_for(Sandbox::Kind kind) {
  if (kind == Sandbox::Kind::kBubblewrap) return {};  // it makes its own
  Namespaces usable = available_namespaces();
  for (const std::string& word : SandboxWish::read().without) {
    if (word == "user" && usable.user) return {};
    for (const NamedNamespace& named : kNamespaces) {
      if (word == named.word) usable.*named.part = false;
    }
  }
  usable.proc = usable.proc && usable.pid;
  if (kind == Sandbox::Kind::kNone) {
    usable.ipc = usable.network = usable.mounts = false;
    usable.user = usable.user && usable.pid;
  }
  return usable;
}

}  // namespace tern
