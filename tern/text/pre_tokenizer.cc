#include "tern/text/pre_tokenizer.h"

#include <string>
#include <utility>
#include <vector>

#include "tern/text/part.h"

namespace tern {
namespace {

/// What becomes of the matches of a pattern: whether they stay, and which neighbouring segments
/// (each a match or what lies between matches) make one piece.
struct Behavior {
  std::string_view name;
  bool keeps_matches;
  bool (*joins)(bool left_is_match, bool right_is_match);
};

constexpr Behavior kBehaviors[] = {
    {"Isolated", true, [](bool, bool) { return false; }},
    {"Removed", false, [](bool, bool) { return false; }},
    {"MergedWithPrevious", true, [](bool left, bool right) { return !left && right; }},
    {"MergedWithNext", true, [](bool left, bool right) { return left && !right; }},
    {"Contiguous", true, [](bool left, bool right) { return left == right; }},
};

Behavior behavior_named(std::string_view name) {
  for (const Behavior& behavior : kBehaviors) {
    if (behavior.name == name) return behavior;
  }
  fail(
      "the split behavior \"{}\" is not known; expected Isolated, Removed, MergedWithPrevious, "
      "MergedWithNext or Contiguous",
      name);
}

/// Joins adjacent segments of one text into pieces.
class PieceJoiner {
 public:
  PieceJoiner(const Behavior& behavior, const PieceSink& sink) : behavior_(behavior), sink_(sink) {}

  void add(std::string_view segment, bool is_match) {
    if (segment.empty()) return;
    if (is_match && !behavior_.keeps_matches) return flush();
    if (!piece_.empty() && behavior_.joins(last_is_match_, is_match)) {
      piece_ = {piece_.data(), piece_.size() + segment.size()};
    } else {
      flush();
      piece_ = segment;
    }
    last_is_match_ = is_match;
  }
  void flush() {
    if (!piece_.empty()) sink_(piece_);
    piece_ = {};
  }

 private:
  const Behavior& behavior_;
  const PieceSink& sink_;
  std::string_view piece_;
  bool last_is_match_ = false;
};

/// `invert` swaps the matches and what lies between them.
PreTokenizer::Split split_by(Regex pattern, std::string_view behavior_name, bool invert = false) {
  return [pattern = std::move(pattern), behavior = behavior_named(behavior_name), invert](
             std::string_view text, bool, const PieceSink& sink) {
    PieceJoiner pieces(behavior, sink);
    size_t at = 0;
    while (const auto match = pattern.find(text, at)) {
      pieces.add(text.substr(at, match->begin - at), invert);
      pieces.add(text.substr(match->begin, match->end - match->begin), !invert);
      at = match->end;
    }
    pieces.add(text.substr(at), invert);
    pieces.flush();
  };
}

void keep_whole(std::string_view text, bool, const PieceSink& sink) {
  if (!text.empty()) sink(text);
}

PreTokenizer make_split(const Json& json) {
  return {split_by(read_pattern(json), json.at("behavior").as_string(), json.get("invert", false))};
}

PreTokenizer make_digits(const Json& json) {
  return {
      split_by(Regex("\\p{N}"), json.get("individual_digits", false) ? "Isolated" : "Contiguous")};
}

PreTokenizer make_whitespace(const Json&) {
  return {split_by(Regex("\\w+|[^\\w\\s]+"), "Removed", true)};
}

PreTokenizer make_whitespace_split(const Json&) { return {split_by(Regex("\\s+"), "Removed")}; }

/// GPT-2's pattern (openai/gpt-2, src/encoder.py).
constexpr std::string_view kGpt2Pattern =
    R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";

PreTokenizer make_byte_level(const Json& json) {
  PreTokenizer::Split split =
      json.get("use_regex", true) ? split_by(Regex(kGpt2Pattern), "Isolated") : keep_whole;
  if (!json.get("add_prefix_space", true)) return {std::move(split), true};
  const auto prefixed = [split = std::move(split)](std::string_view text, bool at_start,
                                                   const PieceSink& sink) {
    if (text.empty() || text.front() == ' ') return split(text, at_start, sink);
    split(" " + std::string(text), at_start, sink);
  };
  return {prefixed, true};
}

/// The scheme under which Metaspace puts a mark before the text; files older than
/// "prepend_scheme" have the boolean "add_prefix_space".
std::string prepend_scheme(const Json& json) {
  const std::string scheme =
      json.get("prepend_scheme", json.get("add_prefix_space", true) ? "always" : "never");
  check(scheme == "always" || scheme == "first" || scheme == "never",
        "the prepend_scheme \"{}\" of Metaspace is not known; expected always, first or never",
        scheme);
  return scheme;
}

PreTokenizer make_metaspace(const Json& json) {
  const std::string mark = json.get("replacement", "\u2581");
  const std::string scheme = prepend_scheme(json);
  PreTokenizer::Split split =
      json.get("split", true) ? split_by(Regex(Regex::quote(mark)), "MergedWithNext") : keep_whole;
  return {[=, blank = Regex(" ")](std::string_view text, bool at_start, const PieceSink& sink) {
    if (text.empty()) return;
    std::string marked = blank.replace_all(text, mark);
    const bool prepends = scheme == "always" || (scheme == "first" && at_start);
    if (prepends && !marked.starts_with(mark)) marked.insert(0, mark);
    split(marked, at_start, sink);
  }};
}

/// Runs the stages from `next` on over one piece of the stage before.
void run_stages(const std::vector<PreTokenizer>& stages, size_t next, std::string_view text,
                bool at_start, const PieceSink& sink) {
  if (next == stages.size()) return sink(text);
  stages[next].split(text, at_start, [&](std::string_view piece) {
    run_stages(stages, next + 1, piece, at_start, sink);
    at_start = false;
  });
}

PreTokenizer make_sequence(const Json& json) {
  std::vector<PreTokenizer> stages;
  for (const Json& stage : json.at("pretokenizers").items()) {
    check(stages.empty() || !stages.back().byte_level,
          "the pre-tokenizer ByteLevel is followed by another one; expected it last");
    stages.push_back(make_pre_tokenizer(stage));
  }
  if (stages.empty()) return {keep_whole};
  const bool byte_level = stages.back().byte_level;
  return {
      [stages = std::move(stages)](std::string_view text, bool at_start, const PieceSink& sink) {
        run_stages(stages, 0, text, at_start, sink);
      },
      byte_level};
}

constexpr PartMaker<PreTokenizer> kPreTokenizers[] = {
    {"ByteLevel", make_byte_level},
    {"Digits", make_digits},
    {"Metaspace", make_metaspace},
    {"Sequence", make_sequence},
    {"Split", make_split},
    {"Whitespace", make_whitespace},
    {"WhitespaceSplit", make_whitespace_split},
};

}  // namespace

PreTokenizer make_pre_tokenizer(const Json& json) {
  if (json.is_null()) return {keep_whole};
  return make_part(json, "pre-tokenizer", kPreTokenizers);
}

}  // namespace tern
