#include "tern/io/compressed.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>

#include "tern/base/error.h"
#include "tern/io/file_source.h"
#include "tern/io/memory_source.h"

namespace tern {
namespace {

using namespace std::string_view_literals;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

std::string little_endian(uint32_t value, int bytes) {
  std::string out;
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i));
  return out;
}

uint32_t crc32_of(std::string_view text) {
  uint32_t crc = ~uint32_t{0};
  for (const char c : text) {
    crc ^= static_cast<uint8_t>(c);
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ (crc & 1 ? 0xEDB88320u : 0);
  }
  return ~crc;
}

/// A gzip member of stored blocks (RFC 1951, 3.2.4; RFC 1952): valid, and as long as its text.
std::string gzip_stored(std::string_view text) {
  std::string out("\x1f\x8b\x08\0\0\0\0\0\0\xff", 10);
  for (size_t begin = 0; begin < text.size(); begin += 0xFFFF) {
    const std::string_view block = text.substr(begin, 0xFFFF);
    const auto length = static_cast<uint32_t>(block.size());
    out += begin + block.size() == text.size() ? '\1' : '\0';
    out += little_endian(length, 2) + little_endian(~length, 2);
    out += block;
  }
  const auto size = static_cast<uint32_t>(text.size());
  return out + little_endian(crc32_of(text), 4) + little_endian(size, 4);
}

std::string unpacked(std::string packed, size_t piece = 1000) {
  return read_all(*decompress(std::make_unique<MemorySource>(std::move(packed), "story", piece)));
}

TEST(Compressed, PassesPlainBytesThrough) {
  EXPECT_EQ(unpacked("Once upon a time, in a land far away"),
            "Once upon a time, in a land far away");
  EXPECT_EQ(unpacked(""), "");
  EXPECT_EQ(unpacked("abcdefghijklmnop", 1), "abcdefghijklmnop");
}

TEST(Compressed, UnpacksGzipThatArrivesInPiecesOfAnySize) {
  std::string text;
  for (int i = 0; i < 30'000; ++i) text += std::to_string(i) + "\n";
  for (const size_t piece : {1, 7, 1000, 1'000'000})
    EXPECT_EQ(unpacked(gzip_stored(text), piece), text);
}

TEST(Compressed, UnpacksSeveralMembersInARow) {
  EXPECT_EQ(unpacked(gzip_stored("one ") + gzip_stored("two ") + gzip_stored("three")),
            "one two three");
}

TEST(Compressed, ReportsGzipThatEndsEarly) {
  const std::string whole = gzip_stored("Once upon a time");
  for (size_t size = kMagicBytes; size < whole.size(); ++size) {
    EXPECT_THAT([&] { unpacked(whole.substr(0, size)); },
                ThrowsMessage<Error>(AllOf(HasSubstr("story"), HasSubstr("ends early"))));
  }
}

TEST(Compressed, ReportsGzipThatIsDamaged) {
  std::string damaged = gzip_stored("Once upon a time");
  damaged[20] ^= 1;
  EXPECT_THAT([&] { unpacked(damaged); },
              ThrowsMessage<Error>(AllOf(HasSubstr("story"), HasSubstr("damaged"))));
}

TEST(Compressed, NamesThePackingsItCannotUnpack) {
  const auto rejects = [](std::string_view head, const std::string& name) {
    EXPECT_THAT([&] { unpacked(std::string(head)); }, ThrowsMessage<Error>(HasSubstr(name)));
  };
  rejects("\xfd\x37zXZ\0 and more"sv, "xz data");
  rejects("\x28\xb5\x2f\xfd and more", "Zstandard data");
  rejects("BZh91AY&SY and more", "bzip2 data");
  rejects("PK\3\4 and more", "zip data");
}

}  // namespace
}  // namespace tern
