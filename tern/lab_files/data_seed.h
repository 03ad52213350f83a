#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

#include "tern/lab_files/lab.h"

namespace tern {

// A lab's data seed decides what is made up for this lab and train.cpp must not foresee: the texts
// of the demo, and the seeds that runs are dealt. It lies in .tern/data-seed, which no sandbox
// reads.

std::filesystem::path data_seed_file(const std::filesystem::path& lab);

/// A new one, by chance.
int64_t draw_data_seed();
/// Gives a lab its seed.
void write_data_seed(const std::filesystem::path& lab, int64_t seed);
/// The seed of a lab; one that has none, made by an older Tern or cloned, gets a new one.
int64_t data_seed(const Lab& lab);

/// A number that follows from a data seed for one purpose. It tells neither the data seed nor what
/// follows from it for another purpose.
uint64_t derived_seed(uint64_t data_seed, std::string_view purpose);

}  // namespace tern
