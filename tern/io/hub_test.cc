#include "tern/io/hub.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <future>

#include "tern/base/error.h"
#include "tern/base/file.h"
#include "tern/base/sha256.h"
#include "tern/base/temporary_folder.h"
#include "tern/http/http_server_test_util.h"
#include "tern/io/file_source.h"

namespace tern {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::ThrowsMessage;

const std::string kCommit(40, 'c');
const std::string kGitHash(40, 'e');
const HubFile kWeights{.repo = "org/name", .path = "model.safetensors"};
const HubFile kConfig{.repo = "org/name", .path = "config.json"};

/// A hub with a storage server behind it, and HF_* variables that lead to it and to a new cache.
class HubTest : public testing::Test {
 protected:
  HubTest() {
    for (const char* name : {"HF_HUB_CACHE", "HF_TOKEN", "HF_HUB_OFFLINE"}) ::unsetenv(name);
    ::setenv("no_proxy", "127.0.0.1", 1);
    ::setenv("HF_HOME", home_.path().c_str(), 1);
    ::setenv("HF_ENDPOINT", hub_server_.url().c_str(), 1);
  }

  Hub hub() const {
    HubOptions options = HubOptions::from_environment();
    options.http.stall_timeout_seconds = 0.2;
    options.http.retries = 2;
    options.http.first_wait_seconds = 0.01;
    return Hub(options);
  }

  static std::string address(const HubFile& file, const std::string& revision) {
    return fmt::format("/{}{}/resolve/{}/{}", file.dataset ? "datasets/" : "", file.repo, revision,
                       file.path);
  }
  void serve_at_both_revisions(const HubFile& file, const Route& route) {
    hub_server_.serve(address(file, file.revision), route);
    hub_server_.serve(address(file, kCommit), route);
  }
  /// As the hub serves a small file: by itself, named by git's hash.
  void serve_small(const HubFile& file, const std::string& body) {
    serve_at_both_revisions(
        file,
        {.headers = {{"X-Repo-Commit", kCommit}, {"ETag", '"' + kGitHash + '"'}}, .body = body});
  }
  /// As the hub serves a large file: from another host, named by its SHA-256.
  void serve_large(const HubFile& file, Route stored) {
    const std::string hash = sha256_of(stored.body);
    serve_at_both_revisions(file,
                            {.status = 302,
                             .headers = {{"X-Repo-Commit", kCommit},
                                         {"X-Linked-Etag", '"' + hash + '"'},
                                         {"X-Linked-Size", std::to_string(stored.body.size())},
                                         {"Location", storage_.url() + "/" + hash}}});
    storage_.serve("/" + hash, std::move(stored));
  }

  fs::path repository() const { return home_ / "hub/models--org--name"; }

  TemporaryFolder home_;
  HttpServer hub_server_, storage_;
};

TEST_F(HubTest, StoresAFileAsTheOfficialClientDoes) {
  serve_large(kWeights, {.body = "weights"});
  const fs::path path = hub().download(kWeights);
  EXPECT_EQ(path, repository() / "snapshots" / kCommit / "model.safetensors");
  EXPECT_EQ(fs::read_symlink(path), "../../blobs/" + sha256_of("weights"));
  EXPECT_EQ(read_file(path), "weights");
  EXPECT_EQ(read_file(repository() / "refs/main"), kCommit);
}

TEST_F(HubTest, StoresAFileInASubfolderOfADataSet) {
  const HubFile file{.repo = "org/name", .dataset = true, .path = "raw/a b.txt"};
  hub_server_.serve("/datasets/org/name/resolve/main/raw/a%20b.txt",
                    {.headers = {{"X-Repo-Commit", kCommit}, {"ETag", kGitHash}}, .body = "text"});
  hub_server_.serve("/datasets/org/name/resolve/" + kCommit + "/raw/a%20b.txt", {.body = "text"});
  const fs::path path = hub().download(file);
  EXPECT_EQ(fs::read_symlink(path), "../../../blobs/" + kGitHash);
  EXPECT_EQ(read_file(path), "text");
}

TEST_F(HubTest, FindsWhatTheOfficialClientLeftWithoutAskingForItsContents) {
  serve_large(kWeights, {.body = "weights"});
  fs::create_directories(repository() / "blobs");
  write_file_atomically(repository() / "blobs" / sha256_of("weights"), "weights");
  EXPECT_EQ(read_file(hub().download(kWeights)), "weights");
  EXPECT_TRUE(storage_.requests().empty());
}

TEST_F(HubTest, FetchesANewCommitAndKeepsTheOldOne) {
  serve_small(kConfig, "old");
  const fs::path old = hub().download(kConfig);
  const std::string commit(40, 'd');
  const Route route{.headers = {{"X-Repo-Commit", commit}, {"ETag", std::string(40, 'f')}},
                    .body = "new"};
  hub_server_.serve(address(kConfig, "main"), route);
  hub_server_.serve(address(kConfig, commit), route);
  EXPECT_EQ(read_file(hub().download(kConfig)), "new");
  EXPECT_EQ(read_file(old), "old");
  EXPECT_EQ(read_file(repository() / "refs/main"), commit);
}

TEST_F(HubTest, ResumesADownloadThatBrokeOff) {
  const std::string text(200'000, 'x');
  serve_large(kWeights, {.body = text, .breaks = 1, .bytes_before_break = 50'000});
  EXPECT_TRUE(read_file(hub().download(kWeights)) == text);
  EXPECT_EQ(storage_.requests().back().range, "bytes=50000-");
}

TEST_F(HubTest, GoesOnWithWhatAnEarlierProcessLeft) {
  const std::string text(200'000, 'x');
  serve_large(kWeights, {.body = text});
  const fs::path partial = repository() / "blobs" / (sha256_of(text) + ".incomplete");
  fs::create_directories(partial.parent_path());
  write_file_atomically(partial, text.substr(0, 120'000));
  EXPECT_TRUE(read_file(hub().download(kWeights)) == text);
  EXPECT_EQ(storage_.requests().at(0).range, "bytes=120000-");
  EXPECT_FALSE(fs::exists(partial));
}

TEST_F(HubTest, AStoppedDownloadCanGoOn) {
  const std::string text(200'000, 'x');
  serve_large(kWeights,
              {.body = text, .breaks = 1, .bytes_before_break = 50'000, .falls_silent = true});
  EXPECT_THAT([&] { hub().download(kWeights, [](const HubProgress&) { return false; }); },
              ThrowsMessage<Error>(HasSubstr("stopped")));
  HubProgress last;
  const fs::path path = hub().download(kWeights, [&](const HubProgress& progress) {
    last = progress;
    return true;
  });
  EXPECT_TRUE(read_file(path) == text);
  EXPECT_EQ(storage_.requests().back().range, "bytes=50000-");
  EXPECT_EQ(last.done, 200'000u);
  EXPECT_EQ(last.total, 200'000u);
  EXPECT_EQ(last.file, "model.safetensors of org/name at main");
}

TEST_F(HubTest, DeletesContentsThatDoNotMatchTheirHash) {
  serve_large(kWeights, {.body = "weights"});
  storage_.serve("/" + sha256_of("weights"), {.body = "WEIGHTS"});
  EXPECT_THAT([&] { hub().download(kWeights); },
              ThrowsMessage<Error>(AllOf(HasSubstr("SHA-256"), HasSubstr("deleted"))));
  EXPECT_TRUE(fs::is_empty(repository() / "blobs"));
}

TEST_F(HubTest, DeletesContentsOfAnotherSizeThanAnnounced) {
  serve_large(kWeights, {.body = "weights"});
  storage_.serve("/" + sha256_of("weights"), {.body = "weights and more"});
  EXPECT_THAT([&] { hub().download(kWeights); },
              ThrowsMessage<Error>(HasSubstr("has 16 bytes instead of 7")));
  EXPECT_TRUE(fs::is_empty(repository() / "blobs"));
}

TEST_F(HubTest, SaysWhatIsMissingWhenTheDiskIsTooSmall) {
  serve_large(kWeights, {.body = "weights"});
  const Route lie{.status = 302,
                  .headers = {{"X-Repo-Commit", kCommit},
                              {"X-Linked-Etag", sha256_of("weights")},
                              {"X-Linked-Size", "4611686018427387904"}}};
  hub_server_.serve(address(kWeights, "main"), lie);
  EXPECT_THAT([&] { hub().download(kWeights); }, ThrowsMessage<Error>(HasSubstr("HF_HUB_CACHE")));
}

TEST_F(HubTest, TheTokenGoesToTheHubAndToNoOtherHost) {
  write_file_atomically(home_ / "token", "from_file\n");
  serve_large(kWeights, {.body = "weights"});
  hub().download(kWeights);
  for (const auto& request : hub_server_.requests()) {
    EXPECT_EQ(request.authorization, "Bearer from_file");
  }
  for (const auto& request : storage_.requests()) EXPECT_EQ(request.authorization, "");
  EXPECT_EQ(storage_.requests().size(), 1u);

  ::setenv("HF_TOKEN", "from_variable", 1);
  EXPECT_THROW(hub().download({.repo = "org/other", .path = "x"}), Error);
  EXPECT_EQ(hub_server_.requests().back().authorization, "Bearer from_variable");
}

TEST_F(HubTest, AGatedModelSaysHowToGetAccess) {
  hub_server_.serve(address(kConfig, "main"),
                    {.status = 401, .headers = {{"X-Error-Code", "GatedRepo"}}});
  EXPECT_THAT([&] { hub().download(kConfig); },
              ThrowsMessage<Error>(AllOf(HasSubstr("licence on " + hub_server_.url() + "/org/name"),
                                         HasSubstr("HF_TOKEN"))));
}

TEST_F(HubTest, AMissingFileIsNamedWithItsRepositoryAndRevision) {
  EXPECT_THAT([&] { hub().download(kConfig); },
              ThrowsMessage<Error>(HasSubstr("has no config.json of org/name at main")));
}

TEST_F(HubTest, WithoutNetworkTheCacheServesAndElseTheErrorSaysWhatToDo) {
  serve_small(kConfig, "{}");
  hub().download(kConfig);
  ::setenv("HF_ENDPOINT", closed_port_url().c_str(), 1);
  EXPECT_EQ(read_file(hub().download(kConfig)), "{}");
  EXPECT_THAT([&] { hub().download(kWeights); },
              ThrowsMessage<Error>(AllOf(HasSubstr("cannot reach http://127.0.0.1"),
                                         HasSubstr("--model"), HasSubstr("model.safetensors"))));
}

TEST_F(HubTest, OfflineUsesTheCacheAndAsksNobody) {
  serve_small(kConfig, "{}");
  hub().download(kConfig);
  const size_t before = hub_server_.requests().size();
  ::setenv("HF_HUB_OFFLINE", "1", 1);
  EXPECT_EQ(read_file(hub().download(kConfig)), "{}");
  EXPECT_THAT([&] { hub().download(kWeights); }, ThrowsMessage<Error>(HasSubstr("HF_HUB_OFFLINE")));
  EXPECT_THAT([&] { hub().open(kWeights); }, ThrowsMessage<Error>(HasSubstr("HF_HUB_OFFLINE")));
  EXPECT_EQ(hub_server_.requests().size(), before);
}

TEST_F(HubTest, AServerThatIsNoHubIsNotTrusted) {
  hub_server_.serve(address(kConfig, "main"),
                    {.headers = {{"X-Repo-Commit", "../../.."}, {"ETag", "x/y"}}, .body = "{}"});
  EXPECT_THAT([&] { hub().download(kConfig); }, ThrowsMessage<Error>(HasSubstr("HF_ENDPOINT")));
}

TEST_F(HubTest, AWholeRepositoryIsNoFile) {
  EXPECT_THAT([&] { hub().download(parse_hub_spec("org/name")); },
              ThrowsMessage<Error>(HasSubstr("is not a file of org/name")));
}

TEST_F(HubTest, StreamsAFileWithoutStoringIt) {
  const HubFile file{.repo = "org/name", .dataset = true, .path = "stories.txt"};
  serve_large(file, {.body = "once upon a time", .breaks = 1, .bytes_before_break = 4});
  EXPECT_EQ(read_all(*hub().open(file)), "once upon a time");
  EXPECT_FALSE(fs::exists(home_ / "hub"));
  hub().download(file);
  const size_t before = storage_.requests().size();
  EXPECT_EQ(read_all(*hub().open(file)), "once upon a time");
  EXPECT_EQ(storage_.requests().size(), before);
}

TEST_F(HubTest, BringsAShardedModelOfOneCommit) {
  const auto file = [](const std::string& path) {
    return HubFile{.repo = "org/name", .path = path};
  };
  serve_small(file("config.json"), "{}");
  serve_large(file("tokenizer.json"), {.body = "tokenizer"});
  serve_large(file("model.safetensors.index.json"),
              {.body = R"({"weight_map": {"a": "1.safetensors", "b": "2.safetensors",
                           "c": "1.safetensors"}})"});
  serve_large(file("1.safetensors"), {.body = "one"});
  serve_large(file("2.safetensors"), {.body = "two"});
  for (const char* absent :
       {"model.safetensors", "tokenizer_config.json", "generation_config.json"}) {
    hub_server_.serve(address(file(absent), kCommit),
                      {.status = 404, .headers = {{"X-Repo-Commit", kCommit}}});
  }

  const fs::path folder = hub().download_model({.repo = "org/name"});
  EXPECT_EQ(folder, repository() / "snapshots" / kCommit);
  EXPECT_EQ(read_file(folder / "1.safetensors"), "one");
  EXPECT_EQ(read_file(folder / "2.safetensors"), "two");
  EXPECT_EQ(read_file(folder / "tokenizer.json"), "tokenizer");
  EXPECT_FALSE(fs::exists(folder / "generation_config.json"));
  ::setenv("HF_ENDPOINT", closed_port_url().c_str(), 1);
  EXPECT_EQ(hub().download_model({.repo = "org/name"}), folder);
  ::setenv("HF_HUB_OFFLINE", "1", 1);
  EXPECT_EQ(hub().download_model({.repo = "org/name"}), folder);
}

TEST_F(HubTest, TwoAtOnceDownloadAFileOnce) {
  const std::string text(4 << 20, 'x');
  serve_large(kWeights, {.body = text});
  const Hub one = hub(), two = hub();
  auto other = std::async(std::launch::async, [&] { return one.download(kWeights); });
  EXPECT_TRUE(read_file(two.download(kWeights)) == text);
  EXPECT_TRUE(read_file(other.get()) == text);
  EXPECT_EQ(storage_.requests().size(), 1u);
}

TEST(HubSpec, NamesAModelOrAFile) {
  HubFile file = parse_hub_spec("org/name");
  EXPECT_EQ(file.repo, "org/name");
  EXPECT_EQ(file.revision, "main");
  EXPECT_EQ(file.path, "");
  file = parse_hub_spec("hf://org/name@v1.0/sub/file.txt");
  EXPECT_FALSE(file.dataset);
  EXPECT_EQ(file.repo, "org/name");
  EXPECT_EQ(file.revision, "v1.0");
  EXPECT_EQ(file.path, "sub/file.txt");
  file = parse_hub_spec("hf://datasets/roneneldan/TinyStories/TinyStoriesV2-GPT4-train.txt");
  EXPECT_TRUE(file.dataset);
  EXPECT_EQ(file.describe(),
            "TinyStoriesV2-GPT4-train.txt of data set roneneldan/TinyStories at main");
}

TEST(HubSpec, RefusesWhatIsNoneOrLeavesTheCache) {
  for (const char* spec : {"", "name", "org/name/file", "hf://name", "hf://org/name/../../x",
                           "hf://org/../x", "/etc/passwd", "org/name@", "../name"}) {
    EXPECT_THROW(parse_hub_spec(spec), Error) << spec;
  }
}

}  // namespace
}  // namespace tern
