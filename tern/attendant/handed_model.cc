#include "tern/attendant/handed_model.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstring>

#include "tern/base/error.h"
#include "tern/base/memory.h"
#include "tern/model/ternary_info.h"

namespace tern {
namespace {

int sealed_file(int64_t bytes) {
  const int file = ::memfd_create("tern-model", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  const bool made = file >= 0 && ::ftruncate(file, bytes) == 0 &&
                    ::fcntl(file, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0;
  check(made, "cannot make memory of {} bytes to hand a model over: {}", bytes,
        std::strerror(errno));
  return file;
}

std::shared_ptr<std::byte> map(int file, int64_t bytes) {
  const auto size = static_cast<size_t>(bytes);
  void* const memory = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, file, 0);
  check(memory != MAP_FAILED, "cannot map {} bytes of a model: {}", bytes, std::strerror(errno));
  return {static_cast<std::byte*>(memory), [size](std::byte* at) { ::munmap(at, size); }};
}

}  // namespace

HandedModel::HandedModel(const LlamaConfig& config, DType compute) : snapshot_(config, compute) {
  require_memory(static_cast<double>(bytes()), "handing the model over to be scored");
  file_ = sealed_file(bytes());
  memory_ = map(file_, bytes());
}

HandedModel::~HandedModel() { ::close(file_); }

Llama HandedModel::model(const EvaluateRequest& request) const {
  const TernaryInfo info = TernaryInfo::from_json(request.quantization, "the run's model");
  return snapshot_.read(memory_, {memory_.get(), static_cast<size_t>(bytes())}, info.input);
}

Score HandedModel::score(const EvaluateRequest& request, int64_t max_tokens, const EvalSet& set,
                         const std::function<void()>& on_progress) const {
  Llama handed = model(request);
  return score_windows(handed, set,
                       {.max_tokens = max_tokens,
                        .must_be_finite = false,
                        .on_progress = [&](const ScoreProgress&) { on_progress(); }});
}

double HandedModel::loss(const EvaluateRequest& request, const Batch& window) const {
  Llama handed = model(request);
  return handed.loss(window.inputs, window.targets, 1).item();
}

}  // namespace tern
