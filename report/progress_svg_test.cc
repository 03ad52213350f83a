#include "report/progress_svg.h"

#include <gtest/gtest.h>

#include "report/history_lab_test_util.h"

namespace tern {
namespace {

int count(const std::string& text, const std::string& part) {
  int found = 0;
  for (size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++found;
  return found;
}

std::string picture_of(const HistoryLab& lab, const std::string& title = "lab") {
  const loop::History history = lab.history();
  return progress_svg(title, history, summarize(lab.lab(), history));
}

TEST(ProgressSvg, ShowsEveryTry) {
  HistoryLab lab;
  lab.add({.status = "baseline", .ppls = {20}});
  lab.add({.ppls = {21}});
  lab.add({.ppls = {900}});
  lab.add({.status = "keep", .ppls = {18}});
  lab.add({.status = "crash"});
  const std::string svg = picture_of(lab);
  // Each class once more in the legend; what diverged is a triangle at the upper edge.
  EXPECT_EQ(count(svg, "<circle class=\"discard\""), 1 + 1);
  EXPECT_EQ(count(svg, "<path class=\"discard\""), 1);
  EXPECT_EQ(count(svg, "<circle class=\"keep\""), 1 + 1);
  EXPECT_EQ(count(svg, "<line class=\"failed\""), 2 + 2);
  EXPECT_EQ(count(svg, "<path class=\"best\""), 1);
}

TEST(ProgressSvg, ABetterTryStandsLower) {
  HistoryLab lab;
  lab.add({.status = "baseline", .ppls = {20}});
  lab.add({.status = "keep", .ppls = {18}});
  const std::string svg = picture_of(lab);
  const auto height = [&](const std::string& style) {
    const size_t at = svg.rfind("<circle class=\"" + style);
    return std::stod(svg.substr(svg.find("cy=\"", at) + 4));
  };
  EXPECT_GT(height("keep"), height("baseline") + 50);
}

TEST(ProgressSvg, EscapesItsTitle) {
  const std::string svg = picture_of(HistoryLab(), "<lab> & co");
  EXPECT_EQ(count(svg, "&lt;lab&gt; &amp; co"), 2);
  EXPECT_EQ(count(svg, "<lab>"), 0);
}

TEST(ProgressSvg, OfALabWithoutAScoreSaysSo) {
  EXPECT_EQ(count(picture_of(HistoryLab()), "no experiment has a score yet"), 1);
}

}  // namespace
}  // namespace tern
