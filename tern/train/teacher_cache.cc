#include "tern/train/teacher_cache.h"

#include <algorithm>

#include "tern/base/error.h"
#include "tern/train/teacher_record.h"

namespace tern {
namespace fs = std::filesystem;

TeacherCache::TeacherCache(const fs::path& path, const TeacherCacheInfo& wanted)
    : map_(path), info_(parse_teacher_header(map_.bytes(), path)) {
  check_same_teacher(path, info_, wanted);
  const auto records = static_cast<int64_t>(map_.bytes().size() - kTeacherHeaderBytes);
  windows_ = records / info_.record_bytes();
  check(windows_ * info_.record_bytes() == records,
        "{}: expected windows of {} bytes, found {} bytes of them; it is damaged: make it anew "
        "with `{} --force`, or remove it",
        path.string(), info_.record_bytes(), records, info_.command());
}

bool TeacherCache::has_features(const TeacherQuestion& question) const {
  const auto& kept = info_.kept.hidden_blocks;
  return std::ranges::all_of(question.hidden_blocks,
                             [&](int64_t block) { return std::ranges::count(kept, block) > 0; }) &&
         (question.attention_block < 0 || question.attention_block == info_.kept.attention_block);
}

TeacherWindow TeacherCache::read(int64_t window, const TeacherQuestion& question) const {
  check(has(window), "{}: there is no window {}; it holds {}", path().string(), window, windows_);
  const auto bytes = static_cast<size_t>(info_.record_bytes());
  const auto record =
      map_.bytes().subspan(kTeacherHeaderBytes + static_cast<size_t>(window) * bytes, bytes);
  check(is_whole(record),
        "{}: window {} is damaged; make the file anew with `{} --force`, or remove it",
        path().string(), window, info_.command());
  return unpack_teacher_window(record, info_, question);
}

}  // namespace tern
