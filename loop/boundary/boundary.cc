#include "loop/boundary/boundary.h"

#include <sys/stat.h>

#include <algorithm>
#include <map>

#include "tern/base/error.h"
#include "tern/base/file.h"
#include "tern/recipe/overrides.h"

namespace tern {
namespace fs = std::filesystem;
namespace {

constexpr const char* kRecipe = "train.cpp";
constexpr const char* kGitFolder = ".git";
constexpr size_t kMostNamed = 5;  // files in one sentence

/// Bytes of the UTF-8 character that begins the text; 0 when it is none.
size_t utf8_length(std::string_view text) {
  const auto byte = [&](size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const unsigned first = byte(0), second = byte(1);
  const size_t length = first < 0x80   ? 1
                        : first < 0xC2 ? 0
                        : first < 0xE0 ? 2
                        : first < 0xF0 ? 3
                                       : 4;
  if (first > 0xF4) return 0;
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0U) != 0x80) return 0;
  }
  // No longer form than needed, no surrogates, nothing beyond U+10FFFF.
  if (first == 0xE0 && second < 0xA0) return 0;
  if (first == 0xED && second >= 0xA0) return 0;
  if (first == 0xF0 && second < 0x90) return 0;
  if (first == 0xF4 && second >= 0x90) return 0;
  return length;
}

std::string refuse_size(uintmax_t bytes) {
  if (bytes <= kLargestRecipe) return "";
  return fmt::format("train.cpp has {} bytes and may have {}; make it shorter", bytes,
                     kLargestRecipe);
}

std::string refuse_text(std::string_view text) {
  if (std::string why = refuse_size(text.size()); !why.empty()) return why;
  for (size_t at = 0; at < text.size();) {
    const size_t length = utf8_length(text.substr(at));
    if (length == 0 || text[at] == '\0') {
      const auto line =
          1 + std::count(text.begin(), text.begin() + static_cast<ptrdiff_t>(at), '\n');
      return fmt::format(
          "line {} of train.cpp holds a byte that is not UTF-8 text; write plain text", line);
    }
    at += length;
  }
  return "";
}

/// The text with the incumbent's seed among its overrides; as it is where there is no such knob.
std::string with_seed_of(const RecipeDescription& incumbent, std::string_view source) {
  const KnobDescription* seed = incumbent.find("seed");
  if (seed == nullptr) return std::string(source);
  return set_override(std::string(source), *seed, seed->value);
}

std::string refuse_tried(const std::string& hash, const History& history, const char* but) {
  if (!history.tried(hash)) return "";
  for (const Experiment& e : history.experiments()) {
    if (e.program != hash) continue;
    return fmt::format("experiment {} tried this very program{} ({}: {}); change something else",
                       e.number, but, name_of(e.status), e.description);
  }
  return "";
}

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

std::string refuse_change(std::string_view source, std::string_view incumbent,
                          const RecipeDescription& recipe, const History& history) {
  if (std::string why = refuse_text(source); !why.empty()) return why;
  const std::string hash = program_hash(source);
  if (hash == program_hash(incumbent)) {
    return "nothing changed in train.cpp but comments or blanks; change what the program does";
  }
  if (!has_overrides(source)) {
    return "train.cpp has no lines `// overrides begin` and `// overrides end` any more, between "
           "which values are set; leave both where they are";
  }
  const std::string seeded = program_hash(with_seed_of(recipe, source));
  if (seeded == program_hash(with_seed_of(recipe, incumbent))) {
    return "only the seed changed, and luck is no improvement; change what the program does";
  }
  if (std::string why = refuse_tried(hash, history, ""); !why.empty()) return why;
  // A tried idea with another seed is a tried idea.
  return refuse_tried(seeded, history, " but for its seed");
}

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

}  // namespace tern
