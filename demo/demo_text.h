#pragma once

#include <cstdint>
#include <string>

namespace tern {

/// Short children's stories, each followed by "\n<|endoftext|>\n" as in the TinyStories files
/// (Eldan and Li 2023): the demo's training text, made up on the spot so that it needs no download.
///
/// Every story has a small world that it never contradicts (two names with their pronouns, a
/// helper, a place and its corners, an object and its colour, numbers), so a model can only predict
/// its end well by remembering its beginning. The same arguments give the same bytes, fewer stories
/// of a seed are the beginning of more, and two seeds share a story only by an unlikely accident.
std::string demo_stories(int64_t stories, uint64_t seed);

}  // namespace tern
