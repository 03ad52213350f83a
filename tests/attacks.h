#pragma once

#include <algorithm>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "tern/base/error.h"
#include "tern/base/file.h"
#include "tern/base/text.h"

namespace tern {

/// An attack is one file below tests/attacks, whose first lines say what it tries and what comes of
/// that.
struct Attack {
  std::string name;     // of its file
  std::string tries;    // a sentence's end
  std::string outcome;  // one of the words that a driver knows
  std::string detail;   // text that stands where the outcome is told
  double seconds = 0;   // its budget; 0: of tokens

  static Attack read(const std::filesystem::path& file) {
    std::map<std::string, std::string> header = header_of(file);
    check(!header["tries"].empty() && !header["expect"].empty(),
          "{}: expected lines that begin with \"// tries: \" and \"// expect: \"", file.string());
    Attack attack;
    attack.name = file.stem().string();
    attack.tries = header["tries"];
    if (header.contains("budget")) attack.seconds = std::stod(header["budget"]);
    attack.take_outcome(header["expect"]);
    return attack;
  }

  /// Those in files of this kind, by name.
  static std::vector<Attack> all(const std::string& folder, const std::string& extension) {
    namespace fs = std::filesystem;
    std::vector<fs::path> files;
    for (const auto& file : fs::directory_iterator(fs::path(TERN_SOURCE_DIR) / folder)) {
      if (file.path().extension() == extension) files.push_back(file.path());
    }
    std::sort(files.begin(), files.end());
    std::vector<Attack> attacks;
    for (const fs::path& file : files) attacks.push_back(read(file));
    return attacks;
  }

 private:
  /// The comment that a file begins with: "key: text", which may go on in the next line.
  static std::map<std::string, std::string> header_of(const std::filesystem::path& file) {
    std::map<std::string, std::string> texts;
    std::string key;
    const std::string whole = read_file(file);
    for (const std::string_view line : lines_of(whole)) {
      if (!line.starts_with("//") && !line.starts_with("# ")) break;
      const size_t begin = std::min(line.size(), line.find_first_not_of("/# "));
      const std::string words(line.substr(begin));
      const size_t colon = words.find(": ");
      const bool names_key = colon != words.npos && words.find(' ') == colon + 1;
      if (names_key) key = words.substr(0, colon);
      texts[key] += names_key ? words.substr(colon + 2) : " " + words;
    }
    for (auto& [name, text] : texts) text.erase(text.find_last_not_of(' ') + 1);
    return texts;
  }

  void take_outcome(const std::string& expected) {
    for (const char* known : {"nothing reached", "no description", "does not compile", "no summary",
                              "no score", "score", "refused", "void", "limit", "exit", "processor",
                              "rejected", "stopped", "harmless"}) {
      if (!expected.starts_with(known)) continue;
      outcome = known;
      detail = expected.substr(std::min(expected.size(), outcome.size() + 1));
      return;
    }
    fail("{}: nothing knows what \"{}\" is to mean", name, expected);
  }
};

inline void PrintTo(const Attack& attack, std::ostream* to) { *to << attack.tries; }

}  // namespace tern
