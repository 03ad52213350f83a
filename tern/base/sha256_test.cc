#include "tern/base/sha256.h"

#include <gtest/gtest.h>

#include "tern/base/error.h"
#include "tern/base/file.h"

namespace tern {
namespace {

// Digests from FIPS 180-4's examples and the NIST's file of short messages.

TEST(Sha256, MatchesThePublishedDigests) {
  EXPECT_EQ(sha256_of(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256_of("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_of(std::string(1'000'000, 'a')),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, PiecesHashLikeTheWhole) {
  Sha256 hash;
  hash.update("a", 1);
  hash.update("", 0);
  hash.update("bc", 2);
  EXPECT_EQ(hash.hex_digest(), sha256_of("abc"));
}

TEST(Sha256, AFileHashesLikeItsText) {
  const char* file = TERN_SOURCE_DIR "/CONTRIBUTING.md";
  EXPECT_EQ(sha256_of_file(file), sha256_of(read_file(file)));
}

TEST(Sha256, AFileThatIsNotThereIsAnError) { EXPECT_THROW(sha256_of_file("/no/such/file"), Error); }

}  // namespace
}  // namespace tern
