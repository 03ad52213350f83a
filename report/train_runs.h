#pragma once

#include "tern/base/json.h"
#include "tern/lab_files/lab.h"

namespace tern {

/// The lab's runs of `tern train`, the newest first and at most a hundred, as the report lists
/// them: what each program said of itself in its summary, and its score of record. What is not
/// known is null.
Json train_runs(const Lab& lab);

}  // namespace tern
