#include "report/page.h"

#include <string_view>

#include "report/text.h"
#include "tern/base/error.h"
#include "tern/base/file.h"

namespace tern {
namespace fs = std::filesystem;
namespace {

std::string read_part(const fs::path& folder, const std::string& name) {
  const fs::path file = folder / name;
  if (fs::exists(file)) return read_file(file);
  check(
      name != "plotly-basic.min.js",
      "the plotting library of the report is missing ({}): npm could not fetch it when Tern was "
      "built; run scripts/install-deps, see that the npm registry can be reached, and build again",
      file.string());
  fail("{} is missing; build or install Tern again", file.string());
}

}  // namespace

std::string assemble_page(const fs::path& folder, const Json& data) {
  const std::string page = read_part(folder, "page.html");
  std::string out;
  for (size_t done = 0;;) {
    const size_t mark = page.find("{{", done);
    const size_t end = page.find("}}", mark);
    out.append(page, done, mark - done);
    if (mark == std::string::npos || end == std::string::npos) return out;
    const std::string name = page.substr(mark + 2, end - mark - 2);
    out += name == "data" ? escaped_script_json(data.dump()) : read_part(folder, name);
    done = end + 2;
  }
}

}  // namespace tern
