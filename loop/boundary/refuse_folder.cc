#include "loop/boundary/refuse_folder.h"

#include <fmt/core.h>
#include <sys/stat.h>

#include <algorithm>
#include <map>

#include "loop/boundary/refuse_text.h"
#include "tern/base/file.h"

namespace tern::loop {
namespace fs = std::filesystem;
namespace {

constexpr const char* kRecipe = "train.cpp";
constexpr const char* kGitFolder = ".git";
constexpr size_t kMostNamed = 5;  // files in one sentence

std::string kind_of(fs::file_type type) {
  switch (type) {
    case fs::file_type::regular:
      return "a file";
    case fs::file_type::directory:
      return "a folder";
    case fs::file_type::symlink:
      return "a symbolic link";
    default:
      return "a special file";
  }
}

bool executable(const fs::path& path) {
  return (fs::symlink_status(path).permissions() & fs::perms::owner_exec) != fs::perms::none;
}

bool same_contents(const fs::path& a, const fs::path& b) {
  return fs::file_size(a) == fs::file_size(b) && read_file(a) == read_file(b);
}

bool matches(const std::string& name, const std::vector<std::string>& patterns) {
  return std::ranges::any_of(patterns, [&](const std::string& pattern) {
    if (!pattern.ends_with('*')) return name == pattern;
    return name.starts_with(std::string_view(pattern).substr(0, pattern.size() - 1));
  });
}

/// What differs between two trees, by name, each with what was done to it.
class TreeComparison {
 public:
  TreeComparison(const fs::path& folder, const fs::path& pristine,
                 const std::vector<std::string>& ignored)
      : folder_(folder), pristine_(pristine), ignored_(ignored) {
    compare_folders({});
  }

  /// "changed lab.toml, added notes.txt, ..."; empty when nothing differs.
  std::string deeds() const {
    std::string all;
    for (size_t i = 0; i < std::min(deeds_.size(), kMostNamed); ++i) {
      all += (i > 0 ? ", " : "") + deeds_[i];
    }
    return all + (deeds_.size() > kMostNamed ? " and more" : "");
  }

 private:
  /// Names on either side, and whether each has them.
  std::map<std::string, std::pair<bool, bool>> names(const fs::path& inside) const {
    std::map<std::string, std::pair<bool, bool>> all;
    for (const auto& entry : fs::directory_iterator(folder_ / inside)) {
      all[entry.path().filename().string()].first = true;
    }
    for (const auto& entry : fs::directory_iterator(pristine_ / inside)) {
      all[entry.path().filename().string()].second = true;
    }
    return all;
  }

  bool left_out(const fs::path& inside, const std::string& name) const {
    if (!inside.empty()) return false;
    if (name == kGitFolder) {
      // A link or a file in its place points elsewhere.
      const fs::file_type kind = fs::symlink_status(folder_ / name).type();
      return kind == fs::file_type::directory || kind == fs::file_type::not_found;
    }
    return name == kRecipe || matches(name, ignored_);
  }

  void compare_folders(const fs::path& inside) {
    for (const auto& [name, there] : names(inside)) {
      if (left_out(inside, name)) continue;
      const fs::path path = inside / name;
      if (!there.first) {
        deeds_.push_back("removed " + path.string());
      } else if (!there.second) {
        deeds_.push_back("added " + path.string());
      } else {
        compare(path);
      }
    }
  }

  void compare(const fs::path& path) {
    const fs::path mine = folder_ / path, given = pristine_ / path;
    const fs::file_type kind = fs::symlink_status(mine).type();
    if (kind != fs::symlink_status(given).type()) {
      deeds_.push_back(fmt::format("made {} {}", path.string(), kind_of(kind)));
      return;
    }
    bool same = true;
    if (kind == fs::file_type::directory) {
      compare_folders(path);
    } else if (kind == fs::file_type::symlink) {
      same = fs::read_symlink(mine) == fs::read_symlink(given);
    } else if (kind == fs::file_type::regular) {
      same = executable(mine) == executable(given) && same_contents(mine, given);
    }
    if (!same) deeds_.push_back("changed " + path.string());
  }

  const fs::path& folder_;
  const fs::path& pristine_;
  const std::vector<std::string>& ignored_;
  std::vector<std::string> deeds_;
};

std::string refuse_recipe_file(const fs::path& path) {
  struct stat s {};
  if (::lstat(path.c_str(), &s) != 0) {
    return "train.cpp is gone; edit it in place, it is the one file that counts";
  }
  if (!S_ISREG(s.st_mode)) {
    return fmt::format("train.cpp is {}; it must be a regular file, so write the text itself there",
                       kind_of(fs::symlink_status(path).type()));
  }
  if (s.st_nlink != 1) {
    return "train.cpp is a hard link to another file; it must be a file of its own, so write the "
           "text itself there";
  }
  if (std::string why = refuse_size(static_cast<uintmax_t>(s.st_size)); !why.empty()) return why;
  return refuse_text(read_file(path));
}

}  // namespace

std::string refuse_folder(const fs::path& folder, const fs::path& pristine,
                          const std::vector<std::string>& ignored) {
  try {
    const std::string deeds = TreeComparison(folder, pristine, ignored).deeds();
    if (!deeds.empty()) {
      return fmt::format(
          "only train.cpp may be changed, and this {}; leave everything else as it "
          "is",
          deeds);
    }
    return refuse_recipe_file(folder / kRecipe);
  } catch (const std::exception& e) {  // a file without permissions, say
    return fmt::format("the work folder cannot be read ({}); leave permissions as they are",
                       e.what());
  }
}

}  // namespace tern::loop
