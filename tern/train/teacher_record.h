#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>

#include "tern/train/teacher_cache.h"

// How a cache of teacher's answers looks on disk; teacher_cache.cc reads it,
// teacher_cache_writer.cc writes it.

namespace tern {

inline constexpr size_t kTeacherHeaderBytes = 4096;

/// The header of a cache, and back. Parsing throws an Error that names the file.
std::string teacher_header(const TeacherCacheInfo& info);
TeacherCacheInfo parse_teacher_header(std::span<const std::byte> bytes,
                                      const std::filesystem::path& path);

/// One window as record_bytes() bytes, and back with the features that are asked for.
std::string pack_teacher_window(const TeacherWindow& window, const TeacherCacheInfo& info);
TeacherWindow unpack_teacher_window(std::span<const std::byte> record, const TeacherCacheInfo& info,
                                    const TeacherQuestion& question);

/// Whether a record's checksum is that of its contents.
bool is_whole(std::span<const std::byte> record);

/// Throws an Error that names the file and says how to make it anew when its model, text, type, T
/// or k are not those of `wanted`.
void check_same_teacher(const std::filesystem::path& path, const TeacherCacheInfo& found,
                        const TeacherCacheInfo& wanted);

}  // namespace tern
