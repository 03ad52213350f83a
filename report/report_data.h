#pragma once

#include "loop/record/history.h"
#include "report/summary.h"
#include "tern/base/json.h"
#include "tern/lab_files/lab.h"

namespace tern {

/// Everything that the page of a report shows, as page.js reads it. Texts and numbers of recipes,
/// proposers and training programs are untrusted: capped here, and escaped where they are shown.
Json report_data(const Lab& lab, const loop::History& history, const Summary& summary);

}  // namespace tern
