#include "tern/train/checkpoint.h"

#include <cstring>

#include "tern/base/error.h"
#include "tern/io/safetensors.h"

namespace tern {
namespace {

constexpr int64_t kFileVersion = 1;

}  // namespace

void save_checkpoint(const std::filesystem::path& path, const std::vector<Parameter>& tensors,
                     const Json& state) {
  std::vector<SafetensorsTensor> out;
  for (const auto& [name, tensor] : tensors) {
    out.push_back({name, tensor.dtype(), tensor.shape(), tensor.raw()});
  }
  write_safetensors(path, out,
                    {{"version", std::to_string(kFileVersion)}, {"state", state.dump()}});
}

Json load_checkpoint(const std::filesystem::path& path, const std::vector<Parameter>& tensors) {
  const SafetensorsFile file(path);
  const auto version = file.metadata().find("version");
  const auto state = file.metadata().find("state");
  check(version != file.metadata().end() && state != file.metadata().end(),
        "{}: not a checkpoint of a run", path.string());
  check(version->second == std::to_string(kFileVersion),
        "{}: this checkpoint has version {}, this program reads {}; train with the Tern that wrote "
        "it",
        path.string(), version->second, kFileVersion);
  for (const auto& [name, tensor] : tensors) {
    const SafetensorsEntry* entry = file.find(name);
    check(entry != nullptr && entry->shape == tensor.shape() && entry->dtype == tensor.dtype(),
          "{}: {} is missing or has another shape; the recipe has changed since, so start anew "
          "without --resume",
          path.string(), name);
    std::memcpy(tensor.raw(), entry->bytes.data(), entry->bytes.size());
  }
  return Json::parse(state->second, path.string());
}

}  // namespace tern
