#include "tern/io/hub.h"

#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <set>
#include <system_error>

#include "tern/base/error.h"
#include "tern/base/file.h"
#include "tern/base/json.h"
#include "tern/base/sha256.h"
#include "tern/io/compressed.h"
#include "tern/io/file_source.h"

namespace tern {
namespace fs = std::filesystem;

namespace {

std::string percent_encode(std::string_view text, std::string_view kept) {
  std::string out;
  for (const unsigned char c : text) {
    const bool plain = std::isalnum(c) != 0 || kept.find(static_cast<char>(c)) != kept.npos;
    out += plain ? std::string(1, static_cast<char>(c)) : fmt::format("%{:02X}", c);
  }
  return out;
}

/// `W/"abc"` and `"abc"` are both abc.
std::string plain_etag(std::string_view etag) {
  if (etag.starts_with("W/")) etag.remove_prefix(2);
  if (etag.starts_with('"')) etag.remove_prefix(1);
  return std::string(etag.substr(0, etag.find('"')));
}

bool is_sha256(std::string_view etag) {
  const auto is_hex = [](unsigned char c) { return std::isxdigit(c) != 0; };
  return etag.size() == 64 && std::all_of(etag.begin(), etag.end(), is_hex);
}

std::optional<uint64_t> parse_size(std::string_view text) {
  uint64_t value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

uint64_t size_on_disk(const fs::path& path) {
  std::error_code absent;
  const uintmax_t size = fs::file_size(path, absent);
  return absent ? 0 : size;
}

void check_space(const fs::path& folder, uint64_t needed) {
  std::error_code unknown;
  const fs::space_info space = fs::space(folder, unknown);
  check(unknown || space.available >= needed,
        "{} MB are missing, and {} has {} MB free; free some space or set HF_HUB_CACHE to a folder "
        "on a larger disk",
        needed >> 20, folder.string(), space.available >> 20);
}

/// Appends what `source` gives to a file, and syncs it.
void append_stream(const fs::path& path, ByteSource& source, HubMeter& meter) {
  const auto close = [](FILE* file) { std::fclose(file); };
  const std::unique_ptr<FILE, decltype(close)> file(std::fopen(path.c_str(), "ab"), close);
  const auto check_disk = [&](bool fine) {
    check(fine, "cannot write {}: {}", path.string(), std::strerror(errno));
  };
  check_disk(file != nullptr);
  std::string chunk(1 << 18, '\0');
  while (const size_t n = source.read(chunk.data(), chunk.size())) {
    check_disk(std::fwrite(chunk.data(), 1, n, file.get()) == n);
    meter.advance(n);
  }
  check_disk(std::fflush(file.get()) == 0 && ::fsync(::fileno(file.get())) == 0);
}

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

bool environment_says_yes(const char* name) {
  std::string value = environment(name);
  std::transform(value.begin(), value.end(), value.begin(),
                 [](unsigned char c) { return std::toupper(c); });
  return value == "1" || value == "ON" || value == "YES" || value == "TRUE";
}

fs::path home_of_hub() {
  if (const std::string home = environment("HF_HOME"); !home.empty()) return home;
  if (const std::string xdg = environment("XDG_CACHE_HOME"); !xdg.empty()) {
    return fs::path(xdg) / "huggingface";
  }
  const std::string home = environment("HOME");
  check(!home.empty(), "no folder for downloads is known; set HF_HOME to one");
  return fs::path(home) / ".cache/huggingface";
}

}  // namespace

/// What the hub says about a file.
struct Hub::Entry {
  std::string commit;
  std::string etag;  // a SHA-256 for large files, git's hash of the blob for small ones
  std::optional<uint64_t> size;

  /// What speaks against these being the contents; empty when nothing does.
  std::string objection(const fs::path& contents) const {
    const uint64_t found = size_on_disk(contents);
    if (size && found != *size) return fmt::format("has {} bytes instead of {}", found, *size);
    if (is_sha256(etag) && sha256_of_file(contents) != etag) {
      return "does not have the SHA-256 that the hub announced, " + etag;
    }
    return "";
  }
};

HubOptions HubOptions::from_environment() {
  const fs::path home = home_of_hub();
  const std::string cache = environment("HF_HUB_CACHE");
  HubOptions options;
  if (const std::string endpoint = environment("HF_ENDPOINT"); !endpoint.empty()) {
    options.endpoint = endpoint;
  }
  options.cache = cache.empty() ? home / "hub" : fs::path(cache);
  options.token = environment("HF_TOKEN");
  if (options.token.empty() && is_here(home / "token")) options.token = read_file(home / "token");
  std::erase_if(options.token, [](unsigned char c) { return std::isspace(c) != 0; });
  options.offline = environment_says_yes("HF_HUB_OFFLINE");
  return options;
}

Hub::Hub(HubOptions options) : options_(std::move(options)), cache_(options_.cache) {
  while (options_.endpoint.ends_with('/')) options_.endpoint.pop_back();
}

fs::path Hub::download(const HubFile& file, const HubProgressSink& progress) const {
  const std::optional<fs::path> path = download_if_present(file, progress);
  if (!path) fail_absent(file);
  return *path;
}

fs::path Hub::download_model(const HubFile& model, const HubProgressSink& progress) const {
  HubFile file = model;
  file.path = "config.json";
  const fs::path folder = download(file, progress).parent_path();
  file.revision = folder.filename();  // the commit: a push meanwhile does not mix two models
  const auto get = [&](const std::string& path, bool required) {
    file.path = path;
    const std::optional<fs::path> found = download_if_present(file, progress);
    if (!found && required) fail_absent(file);
    return found.has_value();
  };

  get("tokenizer.json", true);
  get("tokenizer_config.json", false);
  get("generation_config.json", false);
  if (get("model.safetensors", false)) return folder;
  get("model.safetensors.index.json", true);
  std::set<std::string> shards;
  const Json index = Json::read(folder / "model.safetensors.index.json");
  for (const auto& [weight, shard] : index.at("weight_map").members()) {
    shards.insert(shard.as_string());
  }
  for (const std::string& shard : shards) get(shard, true);
  return folder;
}

std::unique_ptr<ByteSource> Hub::open(const HubFile& file) const {
  check_hub_file(file);
  if (const std::optional<fs::path> cached = cache_.find(file)) return open_file_source(*cached);
  if (options_.offline) fail_absent(file);
  const std::optional<Entry> entry = read_answer(file, ask(file));
  if (!entry) fail_absent(file);
  HubFile pinned = file;
  pinned.revision = entry->commit;
  return decompress(open_url(url(pinned), http_options()));
}

std::optional<fs::path> Hub::download_if_present(const HubFile& file,
                                                 const HubProgressSink& progress) const {
  check_hub_file(file);
  const std::optional<fs::path> cached = cache_.find(file);
  const bool settled = cached ? is_commit(file.revision) : cache_.known_absent(file);
  if (options_.offline || settled) return cached;

  const HttpAnswer answer = ask(file);
  const bool hub_is_down = answer.status == 0 || answer.status >= 500;
  if (cached && hub_is_down) return cached;
  const std::optional<Entry> entry = read_answer(file, answer);
  if (!entry) return std::nullopt;

  HubMeter meter(progress, file.describe(), entry->size.value_or(0));
  const FileLock lock(cache_.lock(file, entry->etag), [&] { return meter.keep_going(); });
  if (!is_here(cache_.blob(file, entry->etag))) download_blob(file, *entry, meter);
  return cache_.place(file, entry->commit, entry->etag);
}

void Hub::download_blob(const HubFile& file, const Entry& entry, HubMeter& meter) const {
  const fs::path blob = cache_.blob(file, entry.etag);
  const fs::path partial = blob.string() + ".incomplete";
  make_folder(blob.parent_path());
  std::error_code problem;
  if (entry.size && size_on_disk(partial) > *entry.size) fs::remove(partial, problem);
  const uint64_t begun = size_on_disk(partial);
  meter.begin_at(begun);
  if (begun == 0 || begun != entry.size) {
    check_space(blob.parent_path(), entry.size.value_or(begun) - begun);
    HubFile pinned = file;
    pinned.revision = entry.commit;
    HttpOptions http = http_options();
    http.keep_going = [&] { return meter.keep_going(); };
    append_stream(partial, *open_url(url(pinned), http, begun), meter);
  }
  meter.report();

  const std::string objection = entry.objection(partial);
  if (objection.empty()) {
    fs::rename(partial, blob, problem);
    check(!problem, "cannot rename {}: {}", partial.string(), problem.message());
    return;
  }
  fs::remove(partial, problem);
  fail("{} {}; the bad copy is deleted: run the command again, and if that does not help, check {}",
       file.describe(), objection, options_.endpoint);
}

HttpAnswer Hub::ask(const HubFile& file) const {
  HttpOptions http = http_options();
  // What the hub knows about a file stands in its own answer, not in that of the storage behind it.
  http.redirects = Redirects::kWithinOrigin;
  return http_head(url(file), http);
}

std::optional<Hub::Entry> Hub::read_answer(const HubFile& file, const HttpAnswer& answer) const {
  if (answer.status == 0) fail_unreachable(file, answer);
  const std::string commit(answer.header("X-Repo-Commit"));
  const std::string_view code = answer.header("X-Error-Code");
  if (answer.status == 404 && code != "RepoNotFound" && code != "RevisionNotFound") {
    if (is_commit(commit)) cache_.remember_absent(file, commit);
    return std::nullopt;
  }
  if (answer.status >= 400) fail_refused(file, answer);

  std::string_view etag = answer.header("X-Linked-Etag");
  std::string_view size = answer.header("X-Linked-Size");
  if (etag.empty()) etag = answer.header("ETag");
  if (size.empty() && answer.status == 200) size = answer.header("Content-Length");
  const Entry entry{commit, plain_etag(etag), parse_size(size)};
  const auto in_a_name = [](unsigned char c) { return std::isalnum(c) != 0 || c == '-'; };
  check(is_commit(commit) && !entry.etag.empty() &&
            std::all_of(entry.etag.begin(), entry.etag.end(), in_a_name),
        "{} does not answer as a model hub does (commit '{}', ETag '{}'); check HF_ENDPOINT",
        options_.endpoint, commit, entry.etag);
  return entry;
}

HttpOptions Hub::http_options() const {
  HttpOptions http = options_.http;
  if (!options_.token.empty())
    http.headers.emplace_back("Authorization", "Bearer " + options_.token);
  return http;
}

std::string Hub::url(const HubFile& file) const {
  return fmt::format("{}/{}{}/resolve/{}/{}", options_.endpoint, file.dataset ? "datasets/" : "",
                     file.repo, percent_encode(file.revision, "-._~"),
                     percent_encode(file.path, "-._~/"));
}

void Hub::fail_unreachable(const HubFile& file, const HttpAnswer& answer) const {
  fail("cannot reach {}: {}; {} is not in {} either: connect this machine, or {}",
       options_.endpoint, answer.failure, file.describe(), options_.cache.string(),
       file.dataset ? "use a local file instead" : "point --model to a local folder");
}

void Hub::fail_refused(const HubFile& file, const HttpAnswer& answer) const {
  const std::string page =
      fmt::format("{}/{}{}", options_.endpoint, file.dataset ? "datasets/" : "", file.repo);
  if (answer.status == 401 || answer.status == 403) {
    fail(
        "{} gives no access to {} (HTTP status {}): check the name; if it is gated, accept its "
        "licence on {} and set HF_TOKEN to a token of that account",
        options_.endpoint, file.describe(), answer.status, page);
  }
  if (answer.status == 404) {
    fail("{} does not know {} ({}); check the names of repository and revision on {}",
         options_.endpoint, file.describe(), answer.header("X-Error-Code"), page);
  }
  fail("{} answers HTTP status {} for {}; try again later", options_.endpoint, answer.status,
       file.describe());
}

void Hub::fail_absent(const HubFile& file) const {
  if (options_.offline) {
    fail(
        "{} is not in {}, and HF_HUB_OFFLINE forbids to fetch it; unset HF_HUB_OFFLINE, or put "
        "the file there from another machine",
        file.describe(), options_.cache.string());
  }
  fail("{} has no {}; check the names of repository, revision and file", options_.endpoint,
       file.describe());
}

}  // namespace tern
