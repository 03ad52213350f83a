#include "report/text.h"

#include <gtest/gtest.h>

namespace tern {
namespace {

TEST(ReportText, IsCutAtAWholeCharacter) {
  EXPECT_EQ(clipped("abcdef", 6), "abcdef");
  EXPECT_EQ(clipped("abcdef", 3), "abc…");
  EXPECT_EQ(clipped("aäb", 2), "a…");
}

TEST(ReportText, MarkupIsShownAndNotObeyed) {
  EXPECT_EQ(escaped_markup("<b a=\"1\" c='2'>&\x01"),
            "&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp; ");
}

TEST(ReportText, NoTextEndsTheScriptThatHoldsIt) {
  EXPECT_EQ(escaped_script_json("\"</script><!--\""), "\"\\u003c/script>\\u003c!--\"");
}

TEST(ReportText, LineSeparatorsAreEscapedAndTheirNeighboursStay) {
  EXPECT_EQ(escaped_script_json("\u2027\u2028\u2029\u202a"), "\u2027\\u2028\\u2029\u202a");
}

}  // namespace
}  // namespace tern
