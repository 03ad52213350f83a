#include "loop/propose/search_replace.h"

#include <algorithm>
#include <cctype>

#include "loop/propose/untrusted_text.h"
#include "tern/base/error.h"
#include "tern/base/flags.h"
#include "tern/base/text.h"

namespace tern::loop {
namespace {

constexpr size_t kMostEdits = 50;

/// The answer without what the model has thought aloud.
std::string without_thoughts(std::string_view text) {
  constexpr std::string_view kOpen = "<think>", kClose = "</think>";
  // Some servers give the opening mark to the model, so that only the closing one is answered.
  if (text.find(kClose) < text.find(kOpen)) text = text.substr(text.find(kClose) + kClose.size());
  std::string out;
  for (;;) {
    const size_t open = text.find(kOpen);
    out += text.substr(0, open);
    if (open == text.npos) return out;
    const size_t close = text.find(kClose, open);
    if (close == text.npos) return out;
    text.remove_prefix(close + kClose.size());
  }
}

/// True for a marker: at least five of `sign`, then this word and nothing else.
bool is_marker(std::string_view line, char sign, std::string_view word) {
  while (line.ends_with(' ')) line.remove_suffix(1);
  const size_t signs = std::min(line.find_first_not_of(sign), line.size());
  if (signs < 5) return false;
  line.remove_prefix(signs);
  while (line.starts_with(' ')) line.remove_prefix(1);
  return line == word;
}

/// The rest of a line that begins with this label, in any case and maybe in bold; else empty.
std::string labelled(std::string_view line, std::string_view label) {
  while (!line.empty() && (line.front() == '*' || line.front() == ' ')) line.remove_prefix(1);
  if (line.size() < label.size()) return {};
  for (size_t i = 0; i < label.size(); ++i) {
    if (std::toupper(static_cast<unsigned char>(line[i])) != label[i]) return {};
  }
  line.remove_prefix(label.size());
  const size_t colon = line.find_first_not_of('*');
  if (colon == line.npos || line[colon] != ':') return {};
  line.remove_prefix(colon + 1);
  while (!line.empty() && (line.front() == '*' || line.front() == ' ')) line.remove_prefix(1);
  return one_line(line);
}

/// Collects lines into edits.
class EditReader {
 public:
  void take(std::string_view line) {
    if (is_marker(line, '<', "SEARCH")) {
      check(part_ == Part::kOutside,
            "edit {} begins before the one above it has ended with "
            "\">>>>>>> REPLACE\"",
            reply_.edits.size() + 1);
      check(reply_.edits.size() < kMostEdits,
            "the answer has more than {} edits; make one focused "
            "change",
            kMostEdits);
      reply_.edits.emplace_back();
      part_ = Part::kSearch;
    } else if (part_ == Part::kSearch && is_marker(line, '=', "")) {
      part_ = Part::kReplace;
    } else if (part_ == Part::kReplace && is_marker(line, '>', "REPLACE")) {
      part_ = Part::kOutside;
    } else if (part_ != Part::kOutside) {
      SearchReplace& edit = reply_.edits.back();
      (part_ == Part::kSearch ? edit.search : edit.replace).append(line).append("\n");
    } else {
      take_label(line);
    }
  }

  EditReply finish() {
    check(part_ == Part::kOutside,
          "edit {} has no end: it needs a line \"=======\" and then a line \">>>>>>> REPLACE\"",
          reply_.edits.size());
    check(!reply_.edits.empty(),
          "the answer has no edit; give at least one block that begins with a line "
          "\"<<<<<<< SEARCH\"");
    return std::move(reply_);
  }

 private:
  enum class Part { kOutside, kSearch, kReplace };

  void take_label(std::string_view line) {
    const std::string description = labelled(line, "DESCRIPTION");
    const std::string expectation = labelled(line, "EXPECTATION");
    if (!description.empty()) reply_.description = description;
    if (!expectation.empty()) reply_.expectation = expectation;
  }

  EditReply reply_;
  Part part_ = Part::kOutside;
};

size_t line_at(std::string_view text, size_t place) {
  return 1 + static_cast<size_t>(
                 std::count(text.begin(), text.begin() + static_cast<long>(place), '\n'));
}

/// Where a text occurs as whole lines.
std::vector<size_t> places_of(std::string_view source, std::string_view search) {
  std::vector<size_t> places;
  for (size_t at = source.find(search); at != source.npos; at = source.find(search, at + 1)) {
    if (at == 0 || source[at - 1] == '\n') places.push_back(at);
  }
  return places;
}

/// "; the nearest to its first line is line 12: `float lr = 3e-4f;`", or nothing.
std::string nearest_line(std::string_view source, std::string_view search) {
  const std::vector<std::string_view> wanted = lines_of(search);
  const auto first = std::find_if(wanted.begin(), wanted.end(), [](std::string_view line) {
    return line.find_first_not_of(' ') != line.npos;
  });
  if (first == wanted.end()) return {};
  std::vector<std::string> lines;
  for (const std::string_view line : lines_of(source)) lines.push_back(one_line(line));
  const std::string near = nearest(one_line(*first), lines);
  if (near.empty()) return {};
  const auto found = std::find(lines.begin(), lines.end(), near);
  return fmt::format("; the nearest to its first line is line {}: `{}`", found - lines.begin() + 1,
                     near);
}

}  // namespace

EditReply read_edit_reply(std::string_view text) {
  const std::string answer = without_thoughts(text);
  EditReader reader;
  for (const std::string_view line : lines_of(answer)) reader.take(line);
  return reader.finish();
}

std::string apply_edits(std::string source, const std::vector<SearchReplace>& edits) {
  if (!source.ends_with('\n')) source += '\n';
  for (size_t i = 0; i < edits.size(); ++i) {
    const auto& [search, replace] = edits[i];
    check(search.find_first_not_of(" \n") != search.npos,
          "the SEARCH part of edit {} is empty; copy the lines that are to be replaced", i + 1);
    check(search != replace, "edit {} replaces its lines by the same ones", i + 1);
    const std::vector<size_t> places = places_of(source, search);
    check(!places.empty(),
          "the SEARCH lines of edit {} do not occur in train.cpp{}; copy them "
          "exactly, blanks included",
          i + 1, nearest_line(source, search));
    check(places.size() == 1,
          "the SEARCH lines of edit {} occur {} times, first at the lines {} "
          "and {}; add lines around them until they occur once",
          i + 1, places.size(), line_at(source, places[0]),
          line_at(source, places[places.size() > 1 ? 1 : 0]));
    source.replace(places[0], search.size(), replace);
  }
  return source;
}

}  // namespace tern::loop
