#include "tern/base/secrets.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace tern {
namespace {

const Secrets kKnown({"sk-0123456789abcdef", "short"});

TEST(Secrets, AWholeKeyIsRedacted) {
  EXPECT_EQ(kKnown.redact("key sk-0123456789abcdef is wrong"), "key (key) is wrong");
}

TEST(Secrets, AnyPieceOfEightCharactersIsRedacted) {
  EXPECT_EQ(kKnown.redact("sk-01234****89abcdef!"), "(key)****(key)!");
  EXPECT_EQ(kKnown.redact("12345678"), "(key)");
  EXPECT_EQ(kKnown.redact("456789abcdefsk-01234"), "(key)(key)") << "one piece behind another";
}

TEST(Secrets, FewerCharactersOfAKeyAreWords) {
  EXPECT_EQ(kKnown.redact("1234567 short"), "1234567 short");
  EXPECT_FALSE(kKnown.are_in("1234567 short"));
}

TEST(Secrets, AreTheEnvironmentsVariablesThatAreNamedAsKeysAre) {
  ::setenv("TERN_TEST_API_KEY", "a-secret-of-the-test", 1);
  ::setenv("TERN_TEST_KEY_FOLDER", "where-keys-lie", 1);
  ::setenv("TERN_TEST_KEY", "/home/somebody/key", 1);
  const Secrets secrets = Secrets::of_environment({"more-of-them"});
  EXPECT_TRUE(secrets.are_in("x a-secret-of-the-test"));
  EXPECT_TRUE(secrets.are_in("more-of-them"));
  EXPECT_FALSE(secrets.are_in("where-keys-lie"));
  EXPECT_FALSE(secrets.are_in("/home/somebody/else")) << "a path is where a key is kept";
  for (const char* name : {"TERN_TEST_API_KEY", "TERN_TEST_KEY_FOLDER", "TERN_TEST_KEY"}) {
    ::unsetenv(name);
  }
}

}  // namespace
}  // namespace tern
