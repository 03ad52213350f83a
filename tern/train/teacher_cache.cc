#include "tern/train/teacher_cache.h"

#include <algorithm>

#include "tern/base/error.h"
#include "tern/train/teacher_record.h"

namespace tern {
namespace fs = std::filesystem;
namespace {

TeacherCacheInfo info_in(const MappedFile& map, const TeacherCacheInfo& wanted) {
  TeacherCacheInfo info = parse_teacher_header(map.bytes(), map.path());
  check_same_teacher(map.path(), info, wanted);
  return info;
}

int64_t windows_in(const MappedFile& map, const TeacherCacheInfo& info) {
  const auto records = static_cast<int64_t>(map.bytes().size() - kTeacherHeaderBytes);
  const int64_t windows = records / info.record_bytes();
  check(windows * info.record_bytes() == records,
        "{}: expected windows of {} bytes, found {} bytes of them; it is damaged: make it anew "
        "with `{} --force`, or remove it",
        map.path().string(), info.record_bytes(), records, info.command());
  return windows;
}

}  // namespace

bool TeacherRecords::has_features(const TeacherQuestion& question) const {
  const auto& kept = info_.kept.hidden_blocks;
  return std::ranges::all_of(question.hidden_blocks,
                             [&](int64_t block) { return std::ranges::count(kept, block) > 0; }) &&
         (question.attention_block < 0 || question.attention_block == info_.kept.attention_block);
}

TeacherWindow TeacherRecords::read(int64_t window, const TeacherQuestion& question) const {
  check(has(window), "{}: there is no window {}; it holds {}", name_, window, windows_);
  const std::string bytes = record(window);
  const auto whole = std::as_bytes(std::span(bytes));
  check(std::ssize(bytes) == info_.record_bytes() && is_whole(whole),
        "{}: window {} is damaged; make the file anew with `{} --force`, or remove it", name_,
        window, info_.command());
  return unpack_teacher_window(whole, info_, question);
}

TeacherCache::TeacherCache(const fs::path& path, const TeacherCacheInfo& wanted)
    : TeacherCache(std::make_unique<MappedFile>(path), wanted) {}

TeacherCache::TeacherCache(std::unique_ptr<MappedFile> map, const TeacherCacheInfo& wanted)
    : TeacherRecords(map->path().string(), info_in(*map, wanted),
                     windows_in(*map, info_in(*map, wanted))),
      map_(std::move(map)) {}

std::string TeacherCache::record(int64_t window) const {
  const auto bytes = static_cast<size_t>(info().record_bytes());
  const auto found =
      map_->bytes().subspan(kTeacherHeaderBytes + static_cast<size_t>(window) * bytes, bytes);
  return {reinterpret_cast<const char*>(found.data()), found.size()};
}

}  // namespace tern
