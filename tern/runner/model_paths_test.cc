#include "tern/runner/model_paths.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tern/base/file.h"
#include "tern/base/temporary_folder.h"
#include "tern/sandbox/supervise.h"

namespace tern {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;

/// A model as the hub's cache has it: links into a folder beside it.
fs::path linked_model(const fs::path& root) {
  fs::create_directories(root / "blobs");
  fs::create_directories(root / "snapshots/abc");
  write_file_atomically(root / "blobs/1234", "the config\n");
  fs::create_symlink("../../blobs/1234", root / "snapshots/abc/config.json");
  fs::create_symlink("../../blobs/nothing", root / "snapshots/abc/missing");
  return root / "snapshots/abc";
}

TEST(ModelPaths, AreTheFolderAndWhatItsLinksStandFor) {
  const TemporaryFolder folder;
  const fs::path root = fs::canonical(folder.path()), model = linked_model(root);
  EXPECT_THAT(model_paths(model), ElementsAre(model, root / "blobs/1234"));
}

TEST(ModelPaths, LetASandboxedProgramReadAModelOfTheHubsCache) {
  const TemporaryFolder folder;
  const fs::path model = linked_model(folder.path());
  Job job;
  job.command = {"cat", (model / "config.json").string()};
  job.folder = "/";
  job.log = folder / "log";
  job.environment = {{"PATH", "/usr/bin:/bin"}};
  job.sandbox = {.kind = available_sandbox(), .read = system_folders(), .write = {}};
  for (const fs::path& path : model_paths(model)) job.sandbox.read.push_back(path);
  supervise(job);
  EXPECT_EQ(read_file(folder / "log"), "the config\n");
}

}  // namespace
}  // namespace tern
