#pragma once

#include <cstdint>
#include <memory>

#include "loop/decide/policy.h"

namespace tern::loop {

/// One run: lower perplexity stays, all else goes.
std::unique_ptr<Policy> make_greedy_policy(int64_t repeats);
/// One run, and fresh pairs of runs where it leaves a doubt.
std::unique_ptr<Policy> make_confirm_policy(int64_t repeats);
/// Pairs of runs for as long as the candidate is ahead, until it is ahead by enough.
std::unique_ptr<Policy> make_race_policy(int64_t repeats);

/// A policy that decides as `policy` does, but in a lab without confirm data keeps nothing that
/// one more fresh pair of runs shows to be worse.
std::unique_ptr<Policy> with_extra_pair(std::unique_ptr<Policy> policy);

}  // namespace tern::loop
