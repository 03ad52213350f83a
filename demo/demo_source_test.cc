#include "demo/demo_source.h"

#include <gtest/gtest.h>

#include <set>

#include "demo/demo_text.h"

namespace tern {
namespace {

constexpr TextUse kUses[] = {TextUse::train, TextUse::eval, TextUse::confirm};

TEST(DemoSource, StoriesDifferByTheirUseAndByTheDataSeed) {
  std::set<std::string> openings;
  for (const uint64_t data_seed : {0, 1, 2}) {
    for (const TextUse use : kUses) openings.insert(demo_text(use, data_seed).substr(0, 500));
  }
  EXPECT_EQ(openings.size(), 9u);
}

TEST(DemoSource, TheSameDataSeedGivesTheSameTexts) {
  for (const TextUse use : kUses) EXPECT_EQ(demo_text(use, 7), demo_text(use, 7));
}

TEST(DemoSource, ThereIsMoreToTrainOnThanToScoreOn) {
  EXPECT_GT(demo_text(TextUse::train, 7).size(), 10 * demo_text(TextUse::eval, 7).size());
}

TEST(DemoSource, ThePublicDataSeedGivesTheTextsOfThePublishedFigures) {
  EXPECT_EQ(demo_text(TextUse::eval, kPublicDataSeed), demo_stories(300, 2));
  EXPECT_EQ(demo_text(TextUse::confirm, kPublicDataSeed), demo_stories(300, 3));
}

TEST(DemoSource, WhatTheBaseModelLearnsIsNoTextThatALabScoresOn) {
  for (const uint64_t data_seed : {0, 1}) {
    for (const TextUse use : {TextUse::eval, TextUse::confirm}) {
      const std::string scored = demo_text(use, data_seed);
      EXPECT_EQ(demo_base_text().find(scored.substr(0, 500)), std::string::npos);
    }
  }
}

TEST(DemoSource, WhereItIsLinkedTheTextDemoCanBeOpened) {
  const auto source = open_text_source("demo", {.use = TextUse::eval, .data_seed = 7});
  EXPECT_EQ(read_all(*source), demo_text(TextUse::eval, 7));
  EXPECT_TRUE(can_read_again("demo"));
}

}  // namespace
}  // namespace tern
