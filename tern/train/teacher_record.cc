#include "tern/train/teacher_record.h"

#include <cstring>

#include "tern/base/error.h"
#include "tern/base/json.h"
#include "tern/lab_files/fingerprint.h"

namespace tern {
namespace fs = std::filesystem;
namespace {

constexpr char kMagic[8] = {'T', 'E', 'R', 'N', 'T', 'C', 'H', '1'};
constexpr int64_t kIdsOf16Bits = 65536;

uint64_t checksum(const std::byte* data, size_t bytes) {
  uint64_t hash = 0x9E3779B97F4A7C15u + bytes;
  for (size_t i = 0; i < bytes; i += sizeof hash) {
    uint64_t word = 0;
    std::memcpy(&word, data + i, std::min(sizeof word, bytes - i));
    hash = (hash ^ word) * 0xD6E8FEB86659FD93u;
    hash ^= hash >> 32;
  }
  return hash;
}

int64_t id_bytes(const TeacherCacheInfo& info) { return info.vocab_size <= kIdsOf16Bits ? 2 : 4; }
int64_t kept_tokens(const TeacherCacheInfo& info) {
  return std::min(info.kept.top_k, info.vocab_size);
}

/// Appends numbers to a record.
class Packer {
 public:
  template <class T>
  void add(const std::vector<T>& values) {
    record_.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
  }
  void add(const Tensor& x) { record_.append(static_cast<const char*>(x.raw()), x.bytes()); }
  std::string finish() {
    const uint64_t sum =
        checksum(reinterpret_cast<const std::byte*>(record_.data()), record_.size());
    record_.append(reinterpret_cast<const char*>(&sum), sizeof sum);
    return std::move(record_);
  }

 private:
  std::string record_;
};

/// Takes numbers from a record in the order in which they were packed.
class Unpacker {
 public:
  explicit Unpacker(std::span<const std::byte> record) : at_(record.data()) {}

  template <class T>
  std::vector<T> take(int64_t count) {
    std::vector<T> out(static_cast<size_t>(count));
    std::memcpy(static_cast<void*>(out.data()), at_, out.size() * sizeof(T));
    at_ += out.size() * sizeof(T);
    return out;
  }
  /// A (T, width) bf16 tensor, or nothing when it is not wanted.
  Tensor take_feature(int64_t T, int64_t width, bool wanted) {
    const std::byte* from = at_;
    at_ += T * width * static_cast<int64_t>(sizeof(bf16));
    if (!wanted) return {};
    const Tensor out = Tensor::empty({T, width}, DType::bf16);
    std::memcpy(out.raw(), from, out.bytes());
    return out;
  }

 private:
  const std::byte* at_;
};

Json to_json(const TeacherCacheInfo& info) {
  Json temperatures = Json::array(), blocks = Json::array();
  for (const float t : info.kept.temperatures) temperatures.push_back(double{t});
  for (const int64_t block : info.kept.hidden_blocks) blocks.push_back(block);
  return Json::Object{
      {"model", info.model},           {"text", info.text},
      {"compute", info.compute},       {"length", info.length},
      {"vocab_size", info.vocab_size}, {"hidden_size", info.hidden_size},
      {"queries", info.queries},       {"keys", info.keys},
      {"top_k", info.kept.top_k},      {"temperatures", temperatures},
      {"hidden_blocks", blocks},       {"attention_block", info.kept.attention_block}};
}

/// What differs between a cache and the one that is wanted, as the end of the sentence "it was made
/// ..."; empty when nothing that counts does.
std::string difference_of(const TeacherCacheInfo& found, const TeacherCacheInfo& wanted) {
  if (found.model != wanted.model) return "from another model";
  if (found.text != wanted.text) return "from another training text";
  if (found.compute != wanted.compute) {
    return fmt::format("with {} operands, where {} are used now", found.compute, wanted.compute);
  }
  if (found.length != wanted.length) return fmt::format("for windows of {} tokens", found.length);
  if (found.kept.top_k != wanted.kept.top_k) return fmt::format("with k {}", found.kept.top_k);
  return "";
}

}  // namespace

std::string teacher_header(const TeacherCacheInfo& info) {
  std::string header(kMagic, sizeof kMagic);
  header += to_json(info).dump();
  check(header.size() <= kTeacherHeaderBytes, "the header of a teacher's cache would take {} bytes",
        header.size());
  header.resize(kTeacherHeaderBytes, ' ');
  return header;
}

TeacherCacheInfo parse_teacher_header(std::span<const std::byte> bytes, const fs::path& path) {
  const auto* text = reinterpret_cast<const char*>(bytes.data());
  check(bytes.size() >= kTeacherHeaderBytes && std::memcmp(text, kMagic, sizeof kMagic) == 0,
        "{}: this is no cache of a teacher; remove it", path.string());
  const Json json =
      Json::parse({text + sizeof kMagic, kTeacherHeaderBytes - sizeof kMagic}, path.string());
  TeacherCacheInfo info;
  info.model = json.at("model").as_string();
  info.text = json.at("text").as_string();
  info.compute = json.at("compute").as_string();
  info.length = json.at("length").as_int();
  info.vocab_size = json.at("vocab_size").as_int();
  info.hidden_size = json.at("hidden_size").as_int();
  info.queries = json.at("queries").as_int();
  info.keys = json.at("keys").as_int();
  info.kept.top_k = json.at("top_k").as_int();
  info.kept.attention_block = json.at("attention_block").as_int();
  info.kept.temperatures.clear();
  for (const Json& t : json.at("temperatures").items()) {
    info.kept.temperatures.push_back(static_cast<float>(t.as_double()));
  }
  for (const Json& block : json.at("hidden_blocks").items()) {
    info.kept.hidden_blocks.push_back(block.as_int());
  }
  return info;
}

TeacherCacheInfo TeacherCacheInfo::of(const fs::path& model, const fs::path& text, DType compute,
                                      int64_t length, const TeacherQuestion& kept) {
  const LlamaConfig c = LlamaConfig::read(model / "config.json");
  return {.model = fingerprint_of_model(model),
          .text = fingerprint_of_file(text),
          .compute = std::string(name_of(compute)),
          .length = length,
          .vocab_size = c.vocab_size,
          .hidden_size = c.hidden_size,
          .queries = c.num_attention_heads * c.head_dim,
          .keys = c.num_key_value_heads * c.head_dim,
          .kept = kept};
}

std::string TeacherCacheInfo::file_name() const {
  return fmt::format("T{}-k{}.teacher", length, kept.top_k);
}

std::string TeacherCacheInfo::feature_flags() const {
  const size_t blocks = kept.hidden_blocks.size();
  const char* features = blocks == 0 ? "none" : blocks == 1 ? "last" : "all";
  std::string flags = fmt::format("--features {}", features);
  if (kept.attention_block >= 0) flags += fmt::format(" --relation-layer {}", kept.attention_block);
  return flags;
}

std::string TeacherCacheInfo::command() const {
  return fmt::format("tern teacher --length {} --top-k {} {}", length, kept.top_k, feature_flags());
}

int64_t TeacherCacheInfo::record_bytes() const {
  const int64_t attention = kept.attention_block < 0 ? 0 : queries + 2 * keys;
  const int64_t features = std::ssize(kept.hidden_blocks) * hidden_size + attention;
  const int64_t a_token = kept_tokens(*this) * (id_bytes(*this) + 2) +
                          4 * (std::ssize(kept.temperatures) + 1) + 2 * features;
  return length * a_token + static_cast<int64_t>(sizeof(uint64_t));
}

std::string pack_teacher_window(const TeacherWindow& window, const TeacherCacheInfo& info) {
  Packer packer;
  packer.add(window.tokens.log_rest);
  packer.add(window.tokens.log_gold);
  if (id_bytes(info) == 2) {
    packer.add(std::vector<uint16_t>(window.tokens.ids.begin(), window.tokens.ids.end()));
  } else {
    packer.add(window.tokens.ids);
  }
  packer.add(window.tokens.log_probabilities);
  for (const Tensor& hidden : window.hidden) packer.add(hidden);
  if (info.kept.attention_block >= 0) {
    packer.add(window.queries);
    packer.add(window.keys);
    packer.add(window.values);
  }
  return packer.finish();
}

TeacherWindow unpack_teacher_window(std::span<const std::byte> record, const TeacherCacheInfo& info,
                                    const TeacherQuestion& question) {
  const int64_t T = info.length, k = kept_tokens(info);
  Unpacker from(record);
  TeacherWindow out;
  out.tokens.k = k;
  out.tokens.temperatures = info.kept.temperatures;
  out.tokens.log_rest = from.take<float>(T * std::ssize(info.kept.temperatures));
  out.tokens.log_gold = from.take<float>(T);
  if (id_bytes(info) == 2) {
    const auto ids = from.take<uint16_t>(T * k);
    out.tokens.ids.assign(ids.begin(), ids.end());
  } else {
    out.tokens.ids = from.take<int32_t>(T * k);
  }
  out.tokens.log_probabilities = from.take<f16>(T * k);
  out.hidden.resize(question.hidden_blocks.size());
  for (const int64_t block : info.kept.hidden_blocks) {
    const auto asked = std::ranges::find(question.hidden_blocks, block);
    const bool wanted = asked != question.hidden_blocks.end();
    const Tensor hidden = from.take_feature(T, info.hidden_size, wanted);
    if (wanted) out.hidden[static_cast<size_t>(asked - question.hidden_blocks.begin())] = hidden;
  }
  if (info.kept.attention_block >= 0) {
    const bool wanted = question.attention_block >= 0;
    out.queries = from.take_feature(T, info.queries, wanted);
    out.keys = from.take_feature(T, info.keys, wanted);
    out.values = from.take_feature(T, info.keys, wanted);
  }
  return out;
}

bool is_whole(std::span<const std::byte> record) {
  uint64_t stored = 0;
  const size_t contents = record.size() - sizeof stored;
  std::memcpy(&stored, record.data() + contents, sizeof stored);
  return stored == checksum(record.data(), contents);
}

void check_same_teacher(const fs::path& path, const TeacherCacheInfo& found,
                        const TeacherCacheInfo& wanted) {
  const std::string difference = difference_of(found, wanted);
  check(difference.empty(),
        "{}: this cache of the teacher was made {}; make it anew with `{} --force`, or remove it",
        path.string(), difference, wanted.command());
}

}  // namespace tern
