#pragma once

#include <cstdint>
#include <memory>

#include "loop/decide/policy.h"
#include "tern/knobs/registry.h"

namespace tern::loop {

/// Makes a policy that settles a doubt by at most so many pairs of runs on fresh seeds.
using MakePolicy = std::unique_ptr<Policy> (*)(int64_t repeats);
Registry<MakePolicy>& policies();

/// A policy that decides as `policy` does, but in a lab without confirm data keeps nothing that
/// one more fresh pair of runs shows to be worse.
std::unique_ptr<Policy> with_extra_pair(std::unique_ptr<Policy> policy);

}  // namespace tern::loop
