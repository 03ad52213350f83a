#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tern/base/file.h"
#include "tern/tensor/dtype.h"

namespace tern {

/// The safetensors format (github.com/huggingface/safetensors, "Format"): eight bytes of header
/// length (little-endian), a JSON header, then the tensors' bytes without a gap, row-major and
/// little-endian.

/// One tensor of an open file. `bytes` points into the file's map and may be unaligned.
struct SafetensorsEntry {
  std::string name;
  DType dtype = DType::f32;
  std::vector<int64_t> shape;
  std::span<const std::byte> bytes;
};

using SafetensorsMetadata = std::map<std::string, std::string>;

/// A memory-mapped file whose whole header was checked before anything is handed out: its length,
/// JSON, names, dtypes and shapes, and that the tensors tile the data part exactly.
class SafetensorsFile {
 public:
  /// Throws an Error that names the file, what was expected and what was found.
  explicit SafetensorsFile(const std::filesystem::path& path);

  const std::filesystem::path& path() const { return map_->path(); }
  /// In the order of their bytes in the file.
  const std::vector<SafetensorsEntry>& entries() const { return entries_; }
  const SafetensorsMetadata& metadata() const { return metadata_; }
  /// The tensor of this name, or null.
  const SafetensorsEntry* find(std::string_view name) const;

 private:
  std::unique_ptr<MappedFile> map_;  // on the heap, so that a moved file keeps its spans
  std::vector<SafetensorsEntry> entries_;
  std::map<std::string, size_t, std::less<>> index_of_;
  SafetensorsMetadata metadata_;
};

/// All tensors of a model: one file, or the shards that an index lists.
class SafetensorsModel {
 public:
  /// `path` is a .safetensors file, or a folder with `model.safetensors` or
  /// `model.safetensors.index.json`. Throws when neither is there, a shard is missing, or a shard
  /// lacks a tensor that the index promises.
  explicit SafetensorsModel(const std::filesystem::path& path);

  /// The tensor of this name, or null.
  const SafetensorsEntry* find(std::string_view name) const;
  /// The tensor of this name; throws an Error naming it and the model when it is missing.
  const SafetensorsEntry& at(std::string_view name) const;
  /// Every tensor's name, sorted.
  std::vector<std::string> names() const;
  /// Of the only file or of the shards together (where two disagree, the first shard's).
  const SafetensorsMetadata& metadata() const { return metadata_; }

 private:
  const SafetensorsFile& add_file(const std::filesystem::path& path);
  void open_shards(const std::filesystem::path& index_path);

  std::filesystem::path path_;
  std::vector<SafetensorsFile> files_;
  std::map<std::string, const SafetensorsEntry*, std::less<>> by_name_;
  SafetensorsMetadata metadata_;
};

/// A tensor to be written: row-major values of `dtype`, borrowed for the time of the call.
struct SafetensorsTensor {
  std::string name;
  DType dtype = DType::f32;
  std::vector<int64_t> shape;
  const void* data = nullptr;
};

/// Writes a file atomically (see AtomicFile). As in the format's reference implementation, the
/// header is padded with blanks to eight bytes and wider dtypes come first, so that every tensor is
/// aligned to its own values; otherwise the order of `tensors` is kept. Throws on names that are
/// empty, reserved or double and on negative or overflowing shapes.
void write_safetensors(const std::filesystem::path& path,
                       std::span<const SafetensorsTensor> tensors,
                       const SafetensorsMetadata& metadata = {});

}  // namespace tern
