#include "tern/io/zip_source.h"

#include <zip.h>

#include <string>
#include <vector>

#include "tern/base/error.h"

namespace tern {
namespace {

using Archive = std::unique_ptr<zip_t, decltype(&zip_discard)>;
using Member = std::unique_ptr<zip_file_t, decltype(&zip_fclose)>;

class ZipSource : public ByteSource {
 public:
  ZipSource(Archive archive, Member member, std::string name)
      : archive_(std::move(archive)), member_(std::move(member)), name_(std::move(name)) {}

  size_t read(char* buffer, size_t capacity) override {
    const zip_int64_t bytes = zip_fread(member_.get(), buffer, capacity);
    check(bytes >= 0, "{}: the zip data is damaged ({}); fetch the archive again", name_,
          zip_file_strerror(member_.get()));
    return static_cast<size_t>(bytes);
  }
  const std::string& name() const override { return name_; }

 private:
  Archive archive_;  // outlives its member
  Member member_;
  std::string name_;
};

Archive open_archive(const std::filesystem::path& path) {
  int code = 0;
  zip_t* archive = zip_open(path.c_str(), ZIP_RDONLY, &code);
  if (archive == nullptr) {
    zip_error_t error;
    zip_error_init_with_code(&error, code);
    const std::string reason = zip_error_strerror(&error);
    zip_error_fini(&error);
    fail("{}: cannot open this zip archive: {}", path.string(), reason);
  }
  return Archive(archive, &zip_discard);
}

/// The path of the one member that `wanted` names; see open_zip_member.
std::string choose_member(zip_t* archive, std::string_view wanted, const std::string& file) {
  std::vector<std::string> matches;
  std::string all;
  for (zip_int64_t i = 0; i < zip_get_num_entries(archive, 0); ++i) {
    const char* path = zip_get_name(archive, static_cast<zip_uint64_t>(i), 0);
    const std::string name = path != nullptr ? path : "";
    if (name.empty() || name.ends_with('/')) continue;  // folders
    all += " " + name;
    if (name == wanted) return name;
    if (wanted.empty() || name.ends_with("/" + std::string(wanted))) matches.push_back(name);
  }
  check(matches.size() == 1, "{}: expected one member{}, found {}; choose by {}!NAME among:{}",
        file, wanted.empty() ? "" : fmt::format(" named {}", wanted), matches.size(), file, all);
  return matches.front();
}

}  // namespace

std::unique_ptr<ByteSource> open_zip_member(const std::filesystem::path& archive,
                                            std::string_view member) {
  const std::string file = archive.string();
  Archive opened = open_archive(archive);
  const std::string chosen = choose_member(opened.get(), member, file);
  Member stream(zip_fopen(opened.get(), chosen.c_str(), 0), &zip_fclose);
  check(stream != nullptr, "{}: cannot read {}: {}", file, chosen, zip_strerror(opened.get()));
  return std::make_unique<ZipSource>(std::move(opened), std::move(stream), file + "!" + chosen);
}

}  // namespace tern
