#include <fmt/core.h>

#include "loop/doctor/doctor.h"
#include "loop/propose/untrusted_text.h"
#include "tern/base/error.h"
#include "tern/base/file.h"
#include "tern/base/process.h"
#include "tern/base/temporary_folder.h"
#include "tern/base/timer.h"
#include "tern/runner/recipe_program.h"

namespace tern::loop {
namespace fs = std::filesystem;
namespace {

using State = Finding::State;

/// Builds and runs the smallest recipe.
Finding look_at_compiler(const fs::path& home) {
  Finding finding{.name = "compiler", .state = State::kGood, .found = "", .remedy = ""};
  try {
    const TemporaryFolder folder;
    write_file_atomically(folder / "probe.cpp", "#include \"tern/tern.h\"\nint main() {}\n");
    const Timer timer;
    const BuildOrder order = {.source = folder / "probe.cpp",
                              .program = folder / "probe",
                              .log = folder / "log",
                              .sandbox = available_sandbox(),
                              .watch = {}};
    const JobResult built = build_recipe(Toolchain::read(home), order);
    check(built.limit.empty() && built.exit_code == 0, "{} does not compile: {}",
          order.source.string(), built.limit.empty() ? read_file(order.log) : built.limit);
    const double seconds = timer.seconds();
    const int code = capture_process({folder / "probe"}).exit_code;
    check(code == 0, "what it builds does not run here (exit code {})", code);
    finding.found = fmt::format("a recipe builds in {:.1f} s", seconds);
  } catch (const Error& e) {
    finding.state = State::kMissing;
    finding.found = one_line(e.what(), 300);
    finding.remedy = "in Tern's source folder: scripts/install-deps && make build";
  }
  return finding;
}

Finding look_at_git() {
  const CapturedRun run = capture_process({"git", "--version"});
  if (run.exit_code == 0) return {"git", State::kGood, one_line(run.output), ""};
  return {"git", State::kMissing, "not found", "apt-get install git"};
}

Finding look_at_report(const fs::path& home) {
  const bool there = fs::exists(home / "share" / "tern" / "report" / "plotly-basic.min.js");
  if (there) return {"report", State::kGood, "the plotting library is built in", ""};
  return {"report", State::kNote, "the plotting library is missing, so `tern report` draws nothing",
          "install npm (apt-get install npm), then in Tern's source folder: make build"};
}

}  // namespace

std::vector<Finding> look_at_tools(const fs::path& home) {
  return {look_at_compiler(home), look_at_git(), look_at_report(home)};
}

}  // namespace tern::loop
