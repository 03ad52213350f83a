#pragma once

#include <filesystem>
#include <string>

#include "tern/base/status_line.h"
#include "tern/io/hub.h"

namespace tern {

/// Shows on `status`, which outlives it, how far a download is, and ends it after a stop signal.
HubProgressSink download_progress(StatusLine& status);

/// The folder of a model that is a folder already, or of one on the hub (org/name,
/// org/name@revision or hf://...), which is fetched into the hub's cache unless it is there. Throws
/// an Error where it is neither.
std::filesystem::path model_folder(const std::string& model);

}  // namespace tern
