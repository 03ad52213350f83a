#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "tern/base/fields.h"
#include "tern/lab_files/lab.h"

namespace tern::loop {

/// SHA-256 of what a run leaves and the loop uses later, taken when the run ended. Empty: there was
/// none, or it was no plain file.
struct RunFiles {
  std::string program;  // that ran
  std::string steps;    // steps.tsv, which later runs are compared with while they train
  std::string summary;  // summary.json
  std::string model;    // all files of model/, which may be scored again
  TERN_FIELDS(program, steps, summary, model)
};

/// Of a run's folder as it is now; `program` is not in it and stays empty.
RunFiles files_of_run(const std::filesystem::path& folder);

/// Why a file of a run is not to be used, in one sentence: it is not as it was when the run ended,
/// as the ledger keeps that in `known`. Empty when it is.
std::string altered(const Lab& lab, int64_t experiment, int64_t run,
                    const std::optional<RunFiles>& known, std::string RunFiles::*file);

/// The folder in which run `run` of an experiment is kept, as its program left it.
std::filesystem::path kept_run(const Lab& lab, int64_t experiment, int64_t run);

}  // namespace tern::loop
