#include "report/page.h"

#include <gtest/gtest.h>

#include "tern/base/error.h"
#include "tern/base/file.h"
#include "tern/base/temporary_folder.h"

namespace tern {
namespace {

TEST(ReportPage, PutsPartsAndDataInThePlaceOfTheirMarks) {
  const TemporaryFolder folder;
  write_file_atomically(folder / "page.html", "<style>{{page.css}}</style><i>{{data}}</i>");
  write_file_atomically(folder / "page.css", "a {} {{data}}");
  EXPECT_EQ(assemble_page(folder.path(), Json::Object{{"a", "</i>"}}),
            "<style>a {} {{data}}</style><i>{\"a\":\"\\u003c/i>\"}</i>");
}

TEST(ReportPage, WithoutThePlottingLibrarySaysHowToMendThat) {
  const TemporaryFolder folder;
  write_file_atomically(folder / "page.html", "{{plotly-basic.min.js}}");
  try {
    assemble_page(folder.path(), Json());
    FAIL() << "expected an error";
  } catch (const Error& e) {
    EXPECT_NE(std::string(e.what()).find("npm"), std::string::npos);
    EXPECT_NE(std::string(e.what()).find("build again"), std::string::npos);
  }
}

TEST(ReportPage, OfThisSourceNamesOnlyPartsThatExist) {
  const TemporaryFolder folder;
  for (const auto& file :
       std::filesystem::directory_iterator(std::filesystem::path(TERN_SOURCE_DIR) / "report/web")) {
    if (file.is_regular_file()) std::filesystem::copy(file.path(), folder.path());
  }
  write_file_atomically(folder / "plotly-basic.min.js", "// the library");
  const std::string page = assemble_page(folder.path(), Json());
  EXPECT_EQ(page.find("{{"), std::string::npos);
  EXPECT_EQ(page.find("src=\"http"), std::string::npos);
}

}  // namespace
}  // namespace tern
