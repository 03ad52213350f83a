#include "loop/decide/policy.h"

#include "loop/decide/policies.h"
#include "tern/base/error.h"

namespace tern::loop {
namespace {

struct Entry {
  const char* name;
  std::unique_ptr<Policy> (*make)(int64_t repeats);
};

// A table and not self-registration: the linker leaves out of a static library what nobody names.
constexpr Entry kPolicies[] = {
    {"greedy", make_greedy_policy}, {"confirm", make_confirm_policy}, {"race", make_race_policy}};

}  // namespace

std::unique_ptr<Policy> make_policy(const std::string& name, int64_t repeats) {
  check(repeats >= 1, "a policy needs 1 repeat or more, found {}; see research.repeats in lab.toml",
        repeats);
  std::string names;
  for (const Entry& entry : kPolicies) {
    if (name == entry.name) return with_extra_pair(entry.make(repeats));
    names += (names.empty() ? "" : ", ") + std::string(entry.name);
  }
  fail("there is no policy \"{}\"; research.policy in lab.toml is one of {}", name, names);
}

}  // namespace tern::loop
