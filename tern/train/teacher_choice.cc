#include "tern/train/teacher_choice.h"

#include <numeric>

#include "tern/base/error.h"
#include "tern/tensor/compute_type.h"

namespace tern {
namespace fs = std::filesystem;
namespace {

/// What a cache has to keep to answer it: the outputs of no block, of the last one or of all.
TeacherQuestion kept_for(TeacherQuestion question, int64_t blocks) {
  std::vector<int64_t>& hidden = question.hidden_blocks;
  if (!hidden.empty() && hidden != std::vector<int64_t>{blocks - 1}) {
    hidden.resize(static_cast<size_t>(blocks));
    std::iota(hidden.begin(), hidden.end(), 0);
  }
  return question;
}

void check_temperature(const TeacherCache& cache, float temperature) {
  std::string known;
  for (const float kept : cache.info().kept.temperatures) {
    if (kept == temperature) return;
    known += fmt::format("{}{}", known.empty() ? "" : ", ", kept);
  }
  fail(
      "{}: --distill-temperature must be one of those that this cache of the teacher was made for, "
      "{}, found {}; or remove the file, and the teacher runs beside the student",
      cache.name(), known, temperature);
}

}  // namespace

TeacherChoice choose_teacher(const fs::path& model, const fs::path& text, const fs::path& caches,
                             const TeacherOptions& options) {
  if (text.empty()) {
    return {nullptr, "the teacher runs beside the student: a streamed text has no windows to keep"};
  }
  const LlamaConfig config = LlamaConfig::read(model / "config.json");
  TeacherCacheInfo wanted;
  wanted.length = options.length;
  wanted.kept = kept_for(options.question(), config.num_hidden_layers);
  const fs::path file = caches / wanted.file_name();
  if (!fs::exists(file)) {
    return {nullptr,
            fmt::format("the teacher runs beside the student; `{}` would keep what it says",
                        wanted.command())};
  }
  wanted = TeacherCacheInfo::of(model, text, default_compute_type(), options.length, wanted.kept);
  auto cache = std::make_unique<TeacherCache>(file, wanted);
  check_temperature(*cache, options.temperature);
  if (!cache->has_features(options.question())) {
    return {nullptr, fmt::format("the teacher runs beside the student: {} lacks the features that "
                                 "the recipe asks for; make it anew with `{} --force`",
                                 file.string(), wanted.command())};
  }
  std::string note = fmt::format("the teacher's answers for {} windows are read from {}",
                                 cache->windows(), file.string());
  return {std::move(cache), std::move(note)};
}

}  // namespace tern
