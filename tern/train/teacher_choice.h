#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "tern/train/teacher.h"
#include "tern/train/teacher_cache.h"

namespace tern {

/// What a lab keeps of its teacher's answers to a question.
struct TeacherChoice {
  std::unique_ptr<TeacherCache> cache;  // none: the teacher has to run beside the student
  std::string note;                     // a line that says which, and why
};

/// `text` is the token file that windows are counted in; empty for a stream, which has no cache.
/// `caches` is the folder to look for one in. Throws when the cache there was made for another
/// model or text, or lacks the temperature.
TeacherChoice choose_teacher(const std::filesystem::path& model, const std::filesystem::path& text,
                             const std::filesystem::path& caches, const TeacherOptions& options);

}  // namespace tern
