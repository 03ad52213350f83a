#include "tern/data/token_file.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <vector>

#include "tern/base/error.h"

namespace tern {
namespace {

static_assert(std::endian::native == std::endian::little, "headers and tokens are used in place");

constexpr char kMagic[8] = {'T', 'E', 'R', 'N', 'T', 'O', 'K', '\0'};
constexpr uint32_t kVersion = 1;
constexpr size_t kHashDigits = 64;

struct Header {
  char magic[8];
  uint32_t version;
  uint32_t bytes_per_token;
  uint64_t tokens;
  uint64_t documents;
  uint64_t vocab_size;
  char tokenizer_sha256[kHashDigits];
  char reserved[24];  // zeros
};
static_assert(sizeof(Header) == 128);

constexpr int64_t kVocabOf16Bits = 65536;

int width_for(int64_t vocab_size) { return vocab_size <= kVocabOf16Bits ? 2 : 4; }

Header header_of(const TokenFileInfo& info) {
  Header header = {};
  std::memcpy(header.magic, kMagic, sizeof kMagic);
  header.version = kVersion;
  header.bytes_per_token = static_cast<uint32_t>(info.bytes_per_token);
  header.tokens = static_cast<uint64_t>(info.tokens);
  header.documents = static_cast<uint64_t>(info.documents);
  header.vocab_size = static_cast<uint64_t>(info.vocab_size);
  info.tokenizer_sha256.copy(header.tokenizer_sha256, kHashDigits);
  return header;
}

TokenFileInfo parse_header(const MappedFile& map) {
  const std::string file = map.path().string();
  const size_t file_bytes = map.bytes().size();
  Header header;
  check(file_bytes >= sizeof header, "{}: expected a token file, found only {} bytes", file,
        file_bytes);
  std::memcpy(&header, map.bytes().data(), sizeof header);
  check(std::memcmp(header.magic, kMagic, sizeof kMagic) == 0,
        "{}: expected a token file, found another kind; make one with `tern prepare`", file);
  check(header.version <= kVersion,
        "{}: expected a token file of version {}, found version {}; update Tern", file, kVersion,
        header.version);
  check(0 < header.vocab_size && header.vocab_size <= INT32_MAX,
        "{}: expected a vocabulary of 1 to {} entries, found {}", file, INT32_MAX,
        header.vocab_size);
  const auto vocab_size = static_cast<int64_t>(header.vocab_size);
  const auto width = static_cast<uint32_t>(width_for(vocab_size));
  check(header.bytes_per_token == width, "{}: expected {} bytes a token for {} entries, found {}",
        file, width, vocab_size, header.bytes_per_token);
  const size_t found = (file_bytes - sizeof header) / width;
  check(header.tokens == found && file_bytes == sizeof header + found * width,
        "{}: expected {} tokens of {} bytes, found {} bytes behind the header; the file is damaged",
        file, header.tokens, width, file_bytes - sizeof header);
  check(header.documents <= header.tokens, "{}: expected at most {} documents, found {}", file,
        header.tokens, header.documents);
  return {static_cast<int64_t>(header.tokens), static_cast<int64_t>(header.documents), vocab_size,
          static_cast<int>(width), std::string(header.tokenizer_sha256, kHashDigits)};
}

void check_ids(std::span<const int32_t> ids, int64_t vocab_size, const std::string& file) {
  for (const int32_t id : ids) {
    check(0 <= id && id < vocab_size, "{}: expected token ids below {}, found {}", file, vocab_size,
          id);
  }
}

template <class Stored>
void widen(const std::byte* data, std::span<int32_t> out) {
  const auto* stored = reinterpret_cast<const Stored*>(data);
  std::copy(stored, stored + out.size(), out.begin());
}

}  // namespace

TokenFileWriter::TokenFileWriter(const std::filesystem::path& path, int64_t vocab_size,
                                 std::string tokenizer_sha256)
    : path_(path.string()), file_(path) {
  check(0 < vocab_size && vocab_size <= INT32_MAX, "{}: cannot write tokens of {} kinds", path_,
        vocab_size);
  check(tokenizer_sha256.size() == kHashDigits, "{}: expected a SHA-256 of {} digits, found \"{}\"",
        path_, kHashDigits, tokenizer_sha256);
  info_.vocab_size = vocab_size;
  info_.bytes_per_token = width_for(vocab_size);
  info_.tokenizer_sha256 = std::move(tokenizer_sha256);
  const Header header = header_of(info_);
  file_.write(&header, sizeof header);
}

void TokenFileWriter::append(std::span<const int32_t> document) {
  check_ids(document, info_.vocab_size, path_);
  if (info_.bytes_per_token == 2) {
    const std::vector<uint16_t> narrow(document.begin(), document.end());
    file_.write(narrow.data(), narrow.size() * sizeof narrow[0]);
  } else {
    file_.write(document.data(), document.size_bytes());
  }
  info_.tokens += static_cast<int64_t>(document.size());
  info_.documents += 1;
}

void TokenFileWriter::commit() {
  const Header header = header_of(info_);
  file_.write_at(0, &header, sizeof header);
  file_.commit();
}

TokenFile::TokenFile(const std::filesystem::path& path)
    : map_(std::make_unique<MappedFile>(path)), info_(parse_header(*map_)) {}

void TokenFile::copy(int64_t begin, std::span<int32_t> out) const {
  const auto count = static_cast<int64_t>(out.size());
  check(0 <= begin && begin <= size() && count <= size() - begin,
        "{}: expected a range within {} tokens, found {} tokens from {}", path().string(), size(),
        count, begin);
  const std::byte* data = map_->bytes().data() + sizeof(Header) + begin * info_.bytes_per_token;
  info_.bytes_per_token == 2 ? widen<uint16_t>(data, out) : widen<int32_t>(data, out);
  check_ids(out, info_.vocab_size, path().string());
}

}  // namespace tern
