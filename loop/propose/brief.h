#pragma once

#include <string>

#include "loop/propose/proposer.h"

namespace tern::loop {

/// What a one-shot proposer is told, as one short text in Markdown: the task, program.md, the
/// incumbent, what has been tried and how it went, how its layers are doing, the end of the last
/// crash's log, the recipe's knobs, and what may be changed. How to hand in the answer is for the
/// proposer to add. Whatever programs printed is capped and fenced as data. Figures of the confirm
/// data are not in it. At most about 80 KB, most of it program.md and the knobs.
std::string make_brief(const Situation& situation);

}  // namespace tern::loop
