#pragma once

#include <string>

namespace tern::loop {

/// What scores depend on beside the recipe, each in a few words: two runs can be compared where all
/// of it is the same.
struct Conditions {
  std::string budget;   // of a run, and what its model may take
  std::string data;     // hash of the texts and the full-precision model
  std::string tern;     // hash of Tern's programs, headers and libraries
  std::string machine;  // its processor, and how many of them a run may use
  bool operator==(const Conditions&) const = default;
};

/// What became another one, in one sentence: "the budget changed (10 s, before 5 s)".
std::string changes(const Conditions& before, const Conditions& now);

/// "AMD EPYC 7B13, 2 processors"
std::string this_machine();

}  // namespace tern::loop
