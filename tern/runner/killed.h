#pragma once

#include "tern/sandbox/supervise.h"

namespace tern {

/// How often a job is run that somebody kills each time; after the last one it is taken at its
/// word.
inline constexpr int kMostKills = 3;

/// Whether somebody outside ended the job (a person, the kernel where memory is short, a machine
/// that goes down), which says nothing of the program: it ended by a signal that programs do not
/// run into by themselves, and not through a limit or a watch.
bool was_killed(const JobResult& result);

/// Runs a job of a tool, again while somebody kills it; also a compiler's, whose driver lives on
/// and says so in the log.
JobResult supervise_unkilled(const Job& job);

}  // namespace tern
