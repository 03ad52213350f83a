#include "tern/io/safetensors.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <optional>
#include <set>

#include "tern/base/error.h"
#include "tern/base/json.h"

namespace tern {
namespace fs = std::filesystem;
namespace {

static_assert(std::endian::native == std::endian::little, "tensors are read in place");

constexpr uint64_t kLengthBytes = 8;
constexpr uint64_t kMaxHeaderBytes = 100'000'000;  // the reference implementation's limit
constexpr std::string_view kMetadataKey = "__metadata__";

std::string text_of(const std::vector<int64_t>& shape) {
  std::string out;
  for (const int64_t size : shape) out += fmt::format("{}{}", out.empty() ? "" : ", ", size);
  return "[" + out + "]";
}

/// Bytes of a tensor; nothing when a size is negative or the product does not fit.
std::optional<int64_t> bytes_of(DType dtype, const std::vector<int64_t>& shape) {
  int64_t bytes = static_cast<int64_t>(size_of(dtype));
  for (const int64_t size : shape) {
    if (size < 0 || __builtin_mul_overflow(bytes, size, &bytes)) return std::nullopt;
  }
  return bytes;
}

DType parse_dtype(std::string_view name) {
  std::string known;
  for (const DTypeTraits& row : kDTypes) {
    if (row.safetensors_name == name) return row.dtype;
    known += fmt::format(" {}", row.safetensors_name);
  }
  fail("expected one of the dtypes{}, found {}", known, name);
}

/// An entry whose `bytes` lie within `data`. Throws without naming file and tensor.
SafetensorsEntry parse_entry(const std::string& name, const Json& json,
                             std::span<const std::byte> data) {
  SafetensorsEntry entry;
  entry.name = name;
  entry.dtype = parse_dtype(json.at("dtype").as_string());
  for (const Json& size : json.at("shape").items()) entry.shape.push_back(size.as_int());

  const Json::Array& offsets = json.at("data_offsets").items();
  check(offsets.size() == 2, "expected two data_offsets, found {}", offsets.size());
  const int64_t begin = offsets[0].as_int();
  const int64_t end = offsets[1].as_int();
  check(
      0 <= begin && begin <= end && static_cast<uint64_t>(end) <= data.size(),
      "expected data_offsets within the {} bytes of data, found [{}, {}] (an incomplete download?)",
      data.size(), begin, end);

  const std::optional<int64_t> expected = bytes_of(entry.dtype, entry.shape);
  check(expected.has_value(), "expected a shape of sizes >= 0 that fits in memory, found {}",
        text_of(entry.shape));
  check(*expected == end - begin, "expected {} bytes for {} {}, found data_offsets [{}, {}]",
        *expected, traits(entry.dtype).safetensors_name, text_of(entry.shape), begin, end);
  entry.bytes = data.subspan(static_cast<size_t>(begin), static_cast<size_t>(end - begin));
  return entry;
}

/// Parses the header of a mapped file and leaves the data part in `data`.
Json parse_header(const MappedFile& map, std::span<const std::byte>& data) {
  const std::string file = map.path().string();
  const std::span<const std::byte> bytes = map.bytes();
  check(bytes.size() >= kLengthBytes,
        "{}: expected a safetensors file, found {} bytes; fetch it again", file, bytes.size());
  uint64_t header_bytes = 0;
  std::memcpy(&header_bytes, bytes.data(), kLengthBytes);
  check(
      header_bytes <= std::min(bytes.size() - kLengthBytes, kMaxHeaderBytes),
      "{}: expected a safetensors header of at most {} bytes in a file of {}, found the length {}; "
      "the file is cut short or is no safetensors file (a Git LFS pointer?)",
      file, kMaxHeaderBytes, bytes.size(), header_bytes);
  const auto* text = reinterpret_cast<const char*>(bytes.data() + kLengthBytes);
  Json header = Json::parse({text, header_bytes}, file);
  check(header.is_object(), "{}: expected a JSON object as the safetensors header, found {}", file,
        header.kind());
  data = bytes.subspan(kLengthBytes + header_bytes);
  return header;
}

/// Throws unless the entries, sorted by their bytes, follow each other from the first byte of the
/// data to the last.
void check_tiling(const std::vector<SafetensorsEntry>& entries, std::span<const std::byte> data,
                  const std::string& file) {
  const std::byte* expected = data.data();
  for (const SafetensorsEntry& entry : entries) {
    check(
        entry.bytes.data() == expected,
        "{}: expected tensor \"{}\" to begin where the one before it ends, at byte {} of the data, "
        "found byte {}",
        file, entry.name, expected - data.data(), entry.bytes.data() - data.data());
    expected += entry.bytes.size();
  }
  const auto used = static_cast<size_t>(expected - data.data());
  check(used == data.size(), "{}: expected {} bytes of tensor data, found {}", file, used,
        data.size());
}

SafetensorsMetadata parse_metadata(const Json& json) {
  SafetensorsMetadata metadata;
  for (const auto& [key, value] : json.members()) metadata.emplace(key, value.as_string());
  return metadata;
}

/// The JSON header of these tensors in this order, padded to a whole number of eight bytes.
std::string header_of(const std::vector<SafetensorsTensor>& tensors,
                      const SafetensorsMetadata& metadata, const std::string& file) {
  Json header = Json::object();
  if (!metadata.empty()) {
    Json texts = Json::object();
    for (const auto& [key, value] : metadata) texts.set(key, value);
    header.set(kMetadataKey, std::move(texts));
  }
  std::set<std::string_view> seen = {"", kMetadataKey};
  int64_t begin = 0;
  for (const auto& [name, dtype, shape, data] : tensors) {
    check(seen.insert(name).second,
          "{}: expected tensor names that are unique, not empty and not reserved, found \"{}\"",
          file, name);
    const std::optional<int64_t> bytes = bytes_of(dtype, shape);
    check(bytes.has_value(), "{}: cannot write tensor \"{}\" of shape {}", file, name,
          text_of(shape));
    header.members().emplace_back(
        name, Json::Object{{"dtype", traits(dtype).safetensors_name},
                           {"shape", Json::Array(shape.begin(), shape.end())},
                           {"data_offsets", Json::Array{begin, begin + *bytes}}});
    begin += *bytes;
  }
  std::string text = header.dump();
  text.resize((text.size() + kLengthBytes - 1) / kLengthBytes * kLengthBytes, ' ');
  return text;
}

}  // namespace

SafetensorsFile::SafetensorsFile(const fs::path& path) : map_(std::make_unique<MappedFile>(path)) {
  std::span<const std::byte> data;
  const Json header = parse_header(*map_, data);
  std::set<std::string_view> seen;
  for (const auto& [name, json] : header.members()) {
    check(seen.insert(name).second, "{}: expected each tensor once, found \"{}\" twice",
          path.string(), name);
    try {
      if (name == kMetadataKey) {
        metadata_ = parse_metadata(json);
      } else {
        entries_.push_back(parse_entry(name, json, data));
      }
    } catch (const Error& e) {
      fail("{}: \"{}\": {}", path.string(), name, e.what());
    }
  }
  std::ranges::sort(entries_, {}, [](const SafetensorsEntry& entry) {
    return std::pair(entry.bytes.data(), entry.bytes.size());
  });
  check_tiling(entries_, data, path.string());
  for (size_t i = 0; i < entries_.size(); ++i) index_of_.emplace(entries_[i].name, i);
}

const SafetensorsEntry* SafetensorsFile::find(std::string_view name) const {
  const auto found = index_of_.find(name);
  return found == index_of_.end() ? nullptr : &entries_[found->second];
}

SafetensorsModel::SafetensorsModel(const fs::path& path) : path_(path) {
  const fs::path single = fs::is_directory(path) ? path / "model.safetensors" : path;
  const fs::path index = path / "model.safetensors.index.json";
  if (fs::exists(single)) {
    for (const SafetensorsEntry& entry : add_file(single).entries()) {
      by_name_.emplace(entry.name, &entry);
    }
  } else {
    check(fs::exists(index), "{}: expected model.safetensors or model.safetensors.index.json there",
          path.string());
    open_shards(index);
  }
}

const SafetensorsFile& SafetensorsModel::add_file(const fs::path& path) {
  const SafetensorsFile& file = files_.emplace_back(path);
  metadata_.insert(file.metadata().begin(), file.metadata().end());
  return file;
}

void SafetensorsModel::open_shards(const fs::path& index_path) try {
  const Json index = Json::read(index_path);
  std::map<std::string, std::vector<std::string>> names_in;  // shard -> tensors
  for (const auto& [name, shard] : index.at("weight_map").members()) {
    names_in[shard.as_string()].push_back(name);
  }
  for (const auto& [shard, names] : names_in) {
    // Nothing outside the model's own folder is opened on an index's word.
    check(fs::path(shard).filename() == shard, "expected a plain file name as shard, found \"{}\"",
          shard);
    const fs::path shard_path = index_path.parent_path() / shard;
    check(fs::exists(shard_path), "the shard {} is missing beside it; fetch it", shard);
    const SafetensorsFile& file = add_file(shard_path);
    for (const std::string& name : names) {
      const SafetensorsEntry* entry = file.find(name);
      check(entry != nullptr, "expected tensor \"{}\" in {}, which lacks it", name, shard);
      check(by_name_.emplace(name, entry).second, "\"{}\" is listed twice", name);
    }
  }
} catch (const Error& e) {
  fail("{}: {}", index_path.string(), e.what());
}

const SafetensorsEntry* SafetensorsModel::find(std::string_view name) const {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : found->second;
}

const SafetensorsEntry& SafetensorsModel::at(std::string_view name) const {
  const SafetensorsEntry* entry = find(name);
  check(entry != nullptr, "{}: the model has no tensor \"{}\" among its {}", path_.string(), name,
        by_name_.size());
  return *entry;
}

std::vector<std::string> SafetensorsModel::names() const {
  std::vector<std::string> names;
  for (const auto& [name, entry] : by_name_) names.push_back(name);
  return names;
}

void write_safetensors(const fs::path& path, std::span<const SafetensorsTensor> tensors,
                       const SafetensorsMetadata& metadata) {
  std::vector<SafetensorsTensor> order(tensors.begin(), tensors.end());
  std::ranges::stable_sort(order, std::ranges::greater(),
                           [](const SafetensorsTensor& tensor) { return size_of(tensor.dtype); });
  const std::string header = header_of(order, metadata, path.string());
  const uint64_t header_bytes = header.size();

  AtomicFile file(path);
  file.write(&header_bytes, kLengthBytes);
  file.write(header);
  for (const SafetensorsTensor& tensor : order) {
    file.write(tensor.data, static_cast<size_t>(*bytes_of(tensor.dtype, tensor.shape)));
  }
  file.commit();
}

}  // namespace tern
