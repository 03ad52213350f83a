#include "tern/io/hub_file.h"

#include <algorithm>
#include <cctype>

#include "tern/base/error.h"

namespace tern {
namespace {

constexpr std::string_view kScheme = "hf://";
constexpr std::string_view kDatasets = "datasets/";

bool is_safe_name(std::string_view name) {
  const auto harmful = [](unsigned char c) { return std::iscntrl(c) != 0 || c == '\\'; };
  return !name.empty() && name != "." && name != ".." &&
         std::none_of(name.begin(), name.end(), harmful);
}

bool is_safe_path(std::string_view path) {
  for (;;) {
    const size_t slash = path.find('/');
    if (!is_safe_name(path.substr(0, slash))) return false;
    if (slash == path.npos) return true;
    path.remove_prefix(slash + 1);
  }
}

void check_repository(const HubFile& file) {
  check(std::count(file.repo.begin(), file.repo.end(), '/') == 1 && is_safe_path(file.repo),
        "'{}' is not the name of a hub repository, which is written org/name", file.repo);
  check(is_safe_path(file.revision), "'{}' is not a revision of {}; write a branch, tag or commit",
        file.revision, file.repo);
}

}  // namespace

std::string HubFile::describe() const {
  const std::string where = fmt::format("{}{} at {}", dataset ? "data set " : "", repo, revision);
  return path.empty() ? where : path + " of " + where;
}

void check_hub_file(const HubFile& file) {
  check_repository(file);
  check(is_safe_path(file.path),
        "'{}' is not a file of {}; write a path relative to the repository, without '..'",
        file.path, file.repo);
}

HubFile parse_hub_spec(std::string_view spec) {
  std::string_view rest = spec;
  HubFile file;
  const bool with_scheme = rest.starts_with(kScheme);
  if (with_scheme) rest.remove_prefix(kScheme.size());
  file.dataset = with_scheme && rest.starts_with(kDatasets);
  if (file.dataset) rest.remove_prefix(kDatasets.size());

  const size_t name = rest.find('/') + 1;  // 0 when there is no slash
  const size_t end = rest.find('/', name);
  const bool well_formed = name > 1 && (with_scheme || end == rest.npos);
  check(well_formed,
        "'{}' names nothing on the hub; write org/name for a model, or "
        "hf://[datasets/]org/name[@revision]/path for a file",
        spec);
  if (end != rest.npos) file.path = rest.substr(end + 1);
  const std::string_view repo = rest.substr(0, end);
  const size_t at = repo.find('@');
  file.repo = repo.substr(0, at);
  if (at != repo.npos) file.revision = repo.substr(at + 1);
  check_repository(file);
  if (end != rest.npos) check_hub_file(file);
  return file;
}

}  // namespace tern
