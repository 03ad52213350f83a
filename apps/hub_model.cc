#include "apps/hub_model.h"

#include <fmt/core.h>

#include <algorithm>

#include "tern/base/error.h"
#include "tern/base/memory.h"
#include "tern/train/stop.h"

namespace tern {
namespace fs = std::filesystem;
namespace {

bool may_be_on_the_hub(const std::string& model) {
  const bool remote = model.starts_with("hf://");
  const bool path = model.starts_with('/') || model.starts_with('.') || model.ends_with('/');
  return remote || (!path && std::ranges::count(model, '/') == 1);
}

}  // namespace

HubProgressSink download_progress(StatusLine& status) {
  return [&status](const HubProgress& now) {
    if (status.due()) {
      const std::string total =
          now.total > 0 ? " of " + size_text(static_cast<double>(now.total)) : "";
      status.show(fmt::format("downloading {}: {}{}, {}/s", now.file,
                              size_text(static_cast<double>(now.done)), total,
                              size_text(now.bytes_per_second)));
    }
    return !stop_requested();
  };
}

fs::path model_folder(const std::string& model) {
  if (fs::is_directory(model)) return model;
  check(may_be_on_the_hub(model),
        "there is no model folder {}, and it is no name of a model on the hub such as org/name",
        model);
  StatusLine status;
  return Hub::from_environment().download_model(parse_hub_spec(model), download_progress(status));
}

}  // namespace tern
