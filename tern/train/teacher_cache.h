#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "tern/base/file.h"
#include "tern/train/teacher_model.h"

namespace tern {

/// All that decides what a teacher's answers are; the header of a cache holds it.
struct TeacherCacheInfo {
  std::string model;    // fingerprint_of_model
  std::string text;     // fingerprint_of_file of the token file
  std::string compute;  // type of the teacher's matrix operands
  int64_t length = 0;   // T: window i begins at token i T
  int64_t vocab_size = 0, hidden_size = 0, queries = 0, keys = 0;  // widths: V, C, H D, K D
  TeacherQuestion kept;  // hidden_blocks: none, the last one or all

  /// Of a model folder, a token file and windows of T tokens.
  static TeacherCacheInfo of(const std::filesystem::path& model, const std::filesystem::path& text,
                             DType compute, int64_t length, const TeacherQuestion& kept);

  /// A cache's name in its folder, such as "T256-k32.teacher".
  std::string file_name() const;
  /// The features kept as flags, such as "--features last --relation-layer 3".
  std::string feature_flags() const;
  /// The command that makes such a cache in a lab, without --force.
  std::string command() const;
  /// Bytes of one window.
  int64_t record_bytes() const;
};

/// Temperatures that a cache is made for.
inline constexpr float kTeacherTemperatures[] = {1, 2, 4, 5, 8, 10};

/// A teacher's answers that were kept, wherever they lie: one for each window from the text's first
/// on.
class TeacherRecords {
 public:
  /// `name` is what errors call them.
  TeacherRecords(std::string name, TeacherCacheInfo info, int64_t windows)
      : name_(std::move(name)), info_(std::move(info)), windows_(windows) {}
  virtual ~TeacherRecords() = default;

  const std::string& name() const { return name_; }
  const TeacherCacheInfo& info() const { return info_; }
  int64_t windows() const { return windows_; }
  bool has(int64_t window) const { return window >= 0 && window < windows_; }
  /// True when they hold the features that are asked for.
  bool has_features(const TeacherQuestion& question) const;
  /// One window's answer, of the features those that are asked for, the tokens with all
  /// temperatures that were kept. Throws when there is no such window or its record is damaged.
  TeacherWindow read(int64_t window, const TeacherQuestion& question) const;
  /// The record_bytes() bytes of one window that there is.
  virtual std::string record(int64_t window) const = 0;

 private:
  std::string name_;
  TeacherCacheInfo info_;
  int64_t windows_;
};

/// A memory-mapped file of them: a header of 4096 bytes, then one record of record_bytes() for each
/// window, with a checksum at its end.
class TeacherCache : public TeacherRecords {
 public:
  /// Throws an Error that says how to make the file anew when it is damaged, or when model, text,
  /// type, T or k are not those of `wanted`.
  TeacherCache(const std::filesystem::path& path, const TeacherCacheInfo& wanted);

  std::string record(int64_t window) const override;

 private:
  TeacherCache(std::unique_ptr<MappedFile> map, const TeacherCacheInfo& wanted);

  std::unique_ptr<MappedFile> map_;
};

/// Writes such a file window by window, beside its place as <name>.part; commit() moves it into
/// place. Goes on with what an earlier writer of the same left there, or with the finished file, to
/// add windows to it; with `anew` it removes both and begins at the first window.
class TeacherCacheWriter {
 public:
  /// Throws when another process is writing it, and without `anew` when there is a file of another
  /// model, text or type, or with other temperatures or features: no window of it is lost unasked.
  TeacherCacheWriter(const std::filesystem::path& path, const TeacherCacheInfo& info,
                     bool anew = false);
  ~TeacherCacheWriter();
  TeacherCacheWriter(const TeacherCacheWriter&) = delete;
  TeacherCacheWriter& operator=(const TeacherCacheWriter&) = delete;

  /// Windows that are written, those of an earlier writer included; the next one to append.
  int64_t windows() const { return windows_; }
  void append(const TeacherWindow& window);
  /// Makes it last that far, even if the machine loses power.
  void sync();
  void commit();

 private:
  void start();
  void resume();

  std::filesystem::path path_, part_;
  TeacherCacheInfo info_;
  int64_t windows_ = 0;
  int fd_ = -1;
};

}  // namespace tern
