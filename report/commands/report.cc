#include <fmt/core.h>

#include <cmath>
#include <filesystem>

#include "loop/record/ledger.h"
#include "report/page.h"
#include "report/progress_svg.h"
#include "report/report_data.h"
#include "report/tensorboard.h"
#include "tern/base/command.h"
#include "tern/base/error.h"
#include "tern/base/file.h"
#include "tern/base/flags.h"
#include "tern/base/home.h"

namespace tern {
namespace {

namespace fs = std::filesystem;

struct ReportOptions {
  std::string output;
  std::string svg;
  bool tensorboard = false;

  void add_to(Flags& flags) {
    flags.add("output", output, "where the page goes; report.html in the lab if empty");
    flags.add("svg", svg,
              "where the picture for a README goes; progress.svg beside the page if empty");
    flags.add("tensorboard", tensorboard,
              "write each run's curves as event files into .tern/tensorboard, too");
  }
};

/// "lab: 24.31 to 19.92 in 40 experiments".
std::string title_of(const Lab& lab, const loop::History& history, const Summary& summary) {
  std::string title = lab.root().filename().string();
  if (summary.best_ppl && summary.baseline && summary.baseline->val_ppl()) {
    title +=
        fmt::format(": perplexity {:.4g} to {:.4g} in {} experiments", *summary.baseline->val_ppl(),
                    summary.best_ppl->value, history.experiments().size());
  }
  return title;
}

void print_summary(const loop::History& history, const Summary& summary) {
  if (history.experiments().empty()) {
    fmt::print("no experiment yet: the page says how to begin (`tern research`)\n");
    return;
  }
  fmt::print("{} experiments, {} kept", history.experiments().size(),
             summary.count(loop::Status::kKeep));
  if (summary.best_ppl) {
    fmt::print("; best perplexity {:.4f} (experiment {})", summary.best_ppl->value,
               summary.best->number);
  }
  if (summary.gain) fmt::print(", {} than the baseline", loop::describe_gain(summary.gain->value));
  fmt::print("\n");
}

int report(const ReportOptions& options) {
  const Lab lab = Lab::find(fs::current_path());
  const fs::path output =
      options.output.empty() ? lab.root() / "report.html" : fs::path(options.output);
  const fs::path svg =
      options.svg.empty() ? output.parent_path() / "progress.svg" : fs::path(options.svg);
  const loop::History history(loop::read_ledger(lab.ledger()));
  const Summary summary = summarize(lab, history);
  write_file_atomically(svg, progress_svg(title_of(lab, history, summary), history, summary));
  for (const fs::path& file : {output, svg}) {
    const fs::path folder = fs::absolute(file).parent_path();
    check(fs::is_directory(folder), "{} is no folder; make it first", folder.string());
  }
  write_file_atomically(output, assemble_page(tern_home() / "share" / "tern" / "report",
                                              report_data(lab, history, summary)));
  print_summary(history, summary);
  fmt::print("{}\n{}\n", output.string(), svg.string());
  if (options.tensorboard) fmt::print("{}\n", write_tensorboard(lab, history).string());
  return kSuccess;
}

const RegisterCommand report_command(
    {.name = "report",
     .summary = "write report.html: what the research loop did",
     .group = CommandGroup::kSearch,
     .place = 8,
     .description = "Shows what the research loop did: one HTML file, which needs no network.",
     .footer = "Works while `tern research` is running; run it again for what came since.",
     .options = runs(report)});

}  // namespace
}  // namespace tern
