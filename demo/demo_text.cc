#include "demo/demo_text.h"

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <string_view>
#include <utility>
#include <vector>

#include "demo/demo_text_plots.h"
#include "demo/demo_text_words.h"
#include "tern/base/error.h"
#include "tern/base/rng.h"

namespace tern {
namespace {

using namespace demo;

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
char to_upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }
char to_lower(char c) { return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_vowel(char c) { return std::string_view("aeiou").find(c) != std::string_view::npos; }

/// The place of the bracket that closes the one at `open`.
size_t closing(std::string_view pattern, size_t open) {
  int depth = 0;
  for (size_t i = open; i < pattern.size(); ++i) {
    const char c = pattern[i];
    if (c == '[' || c == '<' || c == '{') ++depth;
    if (c == ']' || c == '>' || c == '}') --depth;
    if (depth == 0) return i;
  }
  fail("the story pattern '{}' lacks a closing bracket", pattern);
}

/// The parts of "a|b|c"; bars inside brackets do not count.
std::vector<std::string_view> alternatives(std::string_view body) {
  std::vector<std::string_view> parts;
  size_t begin = 0;
  for (size_t i = 0; i < body.size(); ++i) {
    if (body[i] == '|') {
      parts.push_back(body.substr(begin, i - begin));
      begin = i + 1;
    } else if (body[i] == '[' || body[i] == '<') {
      i = closing(body, i);
    }
  }
  parts.push_back(body.substr(begin));
  return parts;
}

/// Casts one story and appends it to a text.
class Storyteller {
 public:
  Storyteller(Rng& rng, std::string& out) : rng_(rng), out_(out) {
    cast_people();
    cast_scene();
    cast_objects();
    cast_events();
  }

  /// Appends a pattern of the grammar in demo_text_plots.h.
  void tell(std::string_view pattern) {
    while (!pattern.empty()) {
      const size_t open = std::min(pattern.find_first_of("[<{"), pattern.size());
      write(pattern.substr(0, open));
      if (open == pattern.size()) return;
      const size_t close = closing(pattern, open);
      const std::string_view body = pattern.substr(open + 1, close - open - 1);
      if (pattern[open] == '{') {
        fill(body);
      } else {
        tell_some(alternatives(body), pattern[open] == '<');
      }
      pattern.remove_prefix(close + 1);
    }
  }

 private:
  struct Fact {
    std::string_view slot, value;
  };

  template <class List>
  const auto& pick(const List& list) {
    return list[rng_.below(list.size())];
  }

  /// Two different ones.
  template <class List>
  auto pick_two(const List& list) {
    const size_t first = rng_.below(list.size());
    const size_t second = (first + 1 + rng_.below(list.size() - 1)) % list.size();
    return std::pair(list[first], list[second]);
  }

  /// Decides who is in the story.
  void cast_people() {
    const auto [hero, buddy] = pick_two(kNames);
    const bool hero_is_animal = rng_.below(2) == 0, buddy_is_animal = rng_.below(2) == 0;
    const Person& helper = hero_is_animal ? pick(kElders) : pick(kFamily);
    const auto [trait, trait2] = pick_two(kTraits);
    add({{"hero", hero.name},
         {"he", hero.pronoun.he},
         {"him", hero.pronoun.him},
         {"his", hero.pronoun.his},
         {"himself", hero.pronoun.himself},
         {"kind", hero_is_animal ? pick(kAnimals) : hero.pronoun.child},
         {"trait", trait},
         {"trait2", trait2},
         {"friend", buddy.name},
         {"friend.he", buddy.pronoun.he},
         {"friend.him", buddy.pronoun.him},
         {"friend.his", buddy.pronoun.his},
         {"friend.kind", buddy_is_animal ? pick(kAnimals) : buddy.pronoun.child},
         {"friend.trait", pick(kTraits)},
         {"helper", helper.name},
         {"helper.he", helper.pronoun.he},
         {"helper.him", helper.pronoun.him},
         {"helper.his", helper.pronoun.his}});
  }

  /// Decides where and when it happens.
  void cast_scene() {
    const Place& place = pick(kPlaces);
    const size_t spots = place.spots.size(), spot = rng_.below(spots);
    const Weather& weather = pick(kWeathers);
    add({{"at", place.at},
         {"place", place.noun},
         {"sight", place.sight},
         {"spot", place.spots[spot]},
         {"wrong", place.spots[(spot + 1) % spots]},
         {"wrong2", place.spots[(spot + 2) % spots]},
         {"weather", weather.adjective},
         {"sky", weather.sky},
         {"time", pick(kTimes)}});
  }

  /// Decides what it is about.
  void cast_objects() {
    const Thing& thing = pick(kThings);
    const auto [color, color2] = pick_two(kColors);
    const Item& item = pick(kItems);
    const size_t number = 1 + rng_.below(kNumbers.size() - 2);  // two to nine: one more has a name
    add({{"thing", thing.noun},
         {"use", thing.use},
         {"used", thing.used},
         {"part", thing.part},
         {"broke", thing.broke},
         {"color", color},
         {"color2", color2},
         {"look", pick(kLooks)},
         {"item", item.one},
         {"items", item.many},
         {"number", kNumbers[number]},
         {"more", kNumbers[number + 1]},
         {"tool", pick(kTools)},
         {"treasure", pick(kTreasures)},
         {"present", pick(kPresents)},
         {"prize", pick(kPrizes)}});
  }

  /// Decides what there is to meet, to learn, to be afraid of and to eat.
  void cast_events() {
    const Creature& creature = pick(kCreatures);
    const Fear& fear = pick(kFears);
    const Skill& skill = pick(kSkills);
    const auto [ingredient, ingredient2] = pick_two(kIngredients);
    add({{"creature", creature.noun},
         {"cried", creature.cried},
         {"fear", fear.noun},
         {"cure", fear.cure},
         {"skill", skill.verb},
         {"advice", skill.advice},
         {"food", pick(kFoods)},
         {"ingredient", ingredient},
         {"ingredient2", ingredient2}});
  }

  void add(std::initializer_list<Fact> facts) { facts_.insert(facts_.end(), facts); }

  /// Appends one of the patterns, or all of them in a random order with spaces between.
  void tell_some(std::vector<std::string_view> patterns, bool all) {
    if (!all) return tell(pick(patterns));
    for (size_t left = patterns.size(); left > 0; --left) {
      std::swap(patterns[rng_.below(left)], patterns[left - 1]);
      tell(patterns[left - 1]);
      if (left > 1) out_ += ' ';
    }
  }

  /// Appends a fact of this slot or else a rule of this name.
  void fill(std::string_view slot) {
    std::string key(slot);
    key[0] = to_lower(key[0]);
    const size_t begin = out_.size();
    if (const auto fact = std::ranges::find(facts_, key, &Fact::slot); fact != facts_.end()) {
      write(fact->value);
    } else {
      const auto rule = std::ranges::find(kRules, key, &Rule::name);
      check(rule != kRules.end(), "the story slot '{}' is neither a fact nor a rule", slot);
      tell(rule->pattern);
    }
    if (is_upper(slot[0])) out_[begin] = to_upper(out_[begin]);
  }

  /// Appends plain text. An article before it becomes "an" where a vowel follows.
  void write(std::string_view text) {
    if (!text.empty() && is_vowel(text[0]) && ends_with_article()) {
      out_.back() = 'n';
      out_ += ' ';
    }
    out_ += text;
  }

  bool ends_with_article() const {
    const size_t size = out_.size();
    return (out_.ends_with("a ") || out_.ends_with("A ")) &&
           (size == 2 || to_lower(out_[size - 3]) == to_upper(out_[size - 3]));
  }

  Rng& rng_;
  std::string& out_;
  std::vector<Fact> facts_;
};

}  // namespace

std::string demo_stories(int64_t stories, uint64_t seed) {
  std::string text;
  Rng rng(seed);
  for (int64_t story = 0; story < stories; ++story) {
    Storyteller(rng, text).tell("{story}");
    text += "\n<|endoftext|>\n";
  }
  return text;
}

}  // namespace tern
