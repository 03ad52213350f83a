#include "demo/demo_text.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "demo/demo_text_words.h"

namespace tern {
namespace {

constexpr std::string_view kEnd = "\n<|endoftext|>\n";

/// The stories of a text, without their end marks.
std::vector<std::string> split_stories(std::string_view text) {
  std::vector<std::string> stories;
  for (size_t end = text.find(kEnd); end != text.npos; end = text.find(kEnd)) {
    stories.emplace_back(text.substr(0, end));
    text.remove_prefix(end + kEnd.size());
  }
  EXPECT_TRUE(text.empty()) << "text after the last end mark: " << text;
  return stories;
}

std::vector<std::string> words_of(std::string_view story) {
  std::vector<std::string> words(1);
  for (const char c : story) {
    if (std::isalpha(static_cast<unsigned char>(c))) {
      words.back() += c;
    } else if (!words.back().empty()) {
      words.emplace_back();
    }
  }
  if (words.back().empty()) words.pop_back();
  return words;
}

template <class List, class Value>
bool contains(const List& list, const Value& value) {
  return std::ranges::find(list, value) != std::ranges::end(list);
}

bool mentions(std::string_view story, std::string_view text) {
  return story.find(text) != story.npos;
}

TEST(DemoText, TheSameSeedTellsTheSameStories) {
  EXPECT_EQ(demo_stories(50, 7), demo_stories(50, 7));
  EXPECT_TRUE(demo_stories(50, 7).starts_with(demo_stories(20, 7)));
  EXPECT_NE(demo_stories(50, 7), demo_stories(50, 8));
  EXPECT_EQ(demo_stories(0, 7), "");
}

TEST(DemoText, StoriesHaveTheFormOfTinyStories) {
  const auto stories = split_stories(demo_stories(3000, 1));
  EXPECT_EQ(stories.size(), 3000u);
  size_t words = 0;
  for (const auto& story : stories) {
    words += words_of(story).size();
    EXPECT_TRUE(std::isupper(static_cast<unsigned char>(story.front()))) << story;
    EXPECT_TRUE(contains(std::string_view(".!?\""), story.back())) << story;
    for (const auto wrong : {"  ", " .", " ,", "..", "{", "[", "<", "|", ">", "]", "}"}) {
      EXPECT_FALSE(mentions(story, wrong)) << wrong << " in: " << story;
    }
  }
  EXPECT_GT(words, 80 * stories.size());
  EXPECT_LT(words, 160 * stories.size());
}

TEST(DemoText, TrainingAndHeldOutTextShareNoStory) {
  const auto train = split_stories(demo_stories(5000, 1));
  const auto held_out = split_stories(demo_stories(5000, 2));
  std::set<std::string> all(train.begin(), train.end());
  all.insert(held_out.begin(), held_out.end());
  EXPECT_EQ(all.size(), train.size() + held_out.size());
}

/// Everyone in a story, found by name.
std::vector<demo::Person> people_of(const std::string& story) {
  std::vector<demo::Person> people;
  const auto words = words_of(story);
  for (const auto& person : demo::kNames) {
    if (contains(words, person.name)) people.push_back(person);
  }
  EXPECT_EQ(people.size(), 2u) << story;
  for (const auto& person : demo::kFamily) {
    if (mentions(story, person.name)) people.push_back(person);
  }
  for (const auto& person : demo::kElders) {
    if (mentions(story, person.name)) people.push_back(person);
  }
  EXPECT_LE(people.size(), 3u) << story;
  return people;
}

TEST(DemoText, PronounsAgreeWithThePeople) {
  int checked = 0;
  for (const auto& story : split_stories(demo_stories(3000, 3))) {
    const auto people = people_of(story);
    const bool has_she = std::ranges::any_of(people, [](auto& p) { return p.pronoun.he == "she"; });
    const bool has_he = std::ranges::any_of(people, [](auto& p) { return p.pronoun.he == "he"; });
    if (has_she && has_he) continue;
    ++checked;
    for (const auto& word : words_of(story)) {
      const bool she =
          contains(std::to_array({"she", "She", "her", "Her", "herself", "girl"}), word);
      const bool he =
          contains(std::to_array({"he", "He", "him", "his", "His", "himself", "boy"}), word);
      EXPECT_FALSE(has_she ? he : she) << word << " in: " << story;
    }
  }
  EXPECT_GT(checked, 500);
}

/// The clauses of a story: what stands between two of . ! ? " and line ends.
std::vector<std::string_view> clauses_of(std::string_view story) {
  std::vector<std::string_view> clauses;
  while (!story.empty()) {
    const size_t end = std::min(story.find_first_of(".!?\"\n"), story.size() - 1);
    clauses.push_back(story.substr(0, end));
    story.remove_prefix(end + 1);
  }
  return clauses;
}

TEST(DemoText, APossessiveAgreesWithTheNameBeforeIt) {
  int checked = 0;
  for (const auto& story : split_stories(demo_stories(3000, 8))) {
    for (const auto clause : clauses_of(story)) {
      const demo::Person* subject = nullptr;
      for (const auto& word : words_of(clause)) {
        const auto person = std::ranges::find(demo::kNames, word, &demo::Person::name);
        if (person != demo::kNames.end()) subject = &*person;
        if (word != "his" || subject == nullptr) continue;  // "her" may also be an object
        ++checked;
        EXPECT_EQ(subject->pronoun.his, "his") << clause << " in: " << story;
      }
    }
  }
  EXPECT_GT(checked, 500);
}

TEST(DemoText, AThingKeepsItsColor) {
  for (const auto& story : split_stories(demo_stories(3000, 4))) {
    const auto words = words_of(story);
    for (const auto& thing : demo::kThings) {
      std::set<std::string> colors;
      for (size_t i = 1; i < words.size(); ++i) {
        if (words[i] == thing.noun && contains(demo::kColors, words[i - 1])) {
          colors.insert(words[i - 1]);
        }
      }
      EXPECT_LE(colors.size(), 1u) << thing.noun << " in: " << story;
    }
  }
}

TEST(DemoText, NumbersAddUp) {
  int checked = 0;
  for (const auto& story : split_stories(demo_stories(3000, 5))) {
    for (size_t n = 1; n + 1 < demo::kNumbers.size(); ++n) {
      const std::string claim = "You have " + std::string(demo::kNumbers[n]) + " and I have one";
      if (!mentions(story, claim)) continue;
      ++checked;
      EXPECT_TRUE(mentions(story, "and we have " + std::string(demo::kNumbers[n + 1]))) << story;
    }
  }
  EXPECT_GT(checked, 100);
}

TEST(DemoText, ArticlesAgreeWithTheNextWord) {
  for (const auto& story : split_stories(demo_stories(3000, 6))) {
    const auto words = words_of(story);
    for (size_t i = 1; i < words.size(); ++i) {
      const bool vowel = contains(std::string_view("aeiou"), words[i][0]);
      if (words[i - 1] == "a" || words[i - 1] == "A") {
        EXPECT_FALSE(vowel) << words[i] << " in: " << story;
      }
      if (words[i - 1] == "an" || words[i - 1] == "An") {
        EXPECT_TRUE(vowel) << words[i] << " in: " << story;
      }
    }
  }
}

TEST(DemoText, WordsAndOpeningsVary) {
  std::set<std::string> words, openings;
  const auto stories = split_stories(demo_stories(5000, 7));
  for (const auto& story : stories) {
    for (const auto& word : words_of(story)) words.insert(word);
    openings.insert(story.substr(0, story.find('.')));
  }
  EXPECT_GT(words.size(), 1000u);
  EXPECT_GT(openings.size(), stories.size() / 3);
}

}  // namespace
}  // namespace tern
