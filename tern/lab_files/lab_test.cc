#include "tern/lab_files/lab.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include "tern/base/error.h"
#include "tern/base/file.h"
#include "tern/base/toml.h"

namespace tern {
namespace {

LabConfig config_of(const char* text) {
  return LabConfig::from_json(parse_toml(text, "lab.toml"), "lab.toml");
}

std::string error_of(const char* text) {
  try {
    config_of(text);
  } catch (const Error& e) {
    return e.what();
  }
  return "no error";
}

TEST(LabConfig, ReadsWhatIsThereAndKeepsDefaults) {
  const LabConfig config =
      config_of("[model]\nsource = \"a/b\"\n[budget]\nseconds = 20\ntokens = 3000\n");
  EXPECT_EQ(config.model, "a/b");
  EXPECT_EQ(config.budget.seconds, 20);
  EXPECT_EQ(config.budget.tokens, 3000);
  EXPECT_EQ(config.window, 2048);
}

TEST(LabConfig, ABudgetHoldsForARecipeThatSaysOtherwise) {
  const std::vector<std::string> flags = config_of("[budget]\nseconds = 20\n").budget.flags();
  EXPECT_EQ(flags,
            (std::vector<std::string>{"--steps", "0", "--tokens", "0", "--time-budget", "20"}));
}

TEST(LabConfig, AnUnknownKeyNamesTheNearestOne) {
  EXPECT_EQ(error_of("[data]\nwindw = 3\n"),
            "lab.toml: unknown key data.windw; did you mean window?");
}

TEST(LabConfig, ALabOfANewerVersionSaysToUpdate) {
  EXPECT_NE(error_of("version = 99\n").find("update Tern"), std::string::npos);
}

TEST(LabConfig, AValueOutOfRangeOrOfAnotherTypeIsRefused) {
  EXPECT_EQ(error_of("version = 0\n"), "lab.toml: version must be 1, found 0");
  EXPECT_NE(error_of("[budget]\nseconds = -1\n"), "no error");
  EXPECT_NE(error_of("[budget]\ntokens = -1\n"), "no error");
  EXPECT_NE(error_of("[data]\nwindow = \"long\"\n"), "no error");
}

TEST(Lab, IsFoundFromAFolderInsideIt) {
  char name[] = "/tmp/tern-lab-XXXXXX";
  const std::filesystem::path root = mkdtemp(name);
  write_file_atomically(root / "lab.toml", "version = 1\n");
  std::filesystem::create_directories(root / "a" / "b");
  EXPECT_EQ(Lab::find(root / "a" / "b").root(), root);
  EXPECT_THROW(LabManifest::read(Lab::find(root)), Error);
  std::filesystem::remove_all(root);
}

}  // namespace
}  // namespace tern
