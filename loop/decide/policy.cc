#include "loop/decide/policy.h"

#include "loop/decide/policies.h"
#include "tern/base/error.h"

namespace tern::loop {

Registry<MakePolicy>& policies() {
  static Registry<MakePolicy> registry("policy");
  return registry;
}

std::unique_ptr<Policy> make_policy(const std::string& name, int64_t repeats) {
  check(repeats >= 1, "a policy needs 1 repeat or more, found {}; see research.repeats in lab.toml",
        repeats);
  return with_extra_pair(policies().at(name)(repeats));
}

}  // namespace tern::loop
