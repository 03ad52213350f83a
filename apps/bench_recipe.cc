#include "apps/bench_recipe.h"

#include <fmt/core.h>

#include <algorithm>
#include <sstream>

#include "apps/bench_lab.h"
#include "apps/bench_median.h"
#include "apps/published_recipe.h"
#include "demo/demo_base.h"
#include "tern/base/command.h"
#include "tern/base/error.h"
#include "tern/base/file.h"
#include "tern/base/flags.h"
#include "tern/base/home.h"
#include "tern/base/memory.h"
#include "tern/base/process.h"
#include "tern/base/remove_tree.h"
#include "tern/base/status_line.h"
#include "tern/base/temporary_folder.h"
#include "tern/base/text.h"
#include "tern/base/timer.h"
#include "tern/contract/step_row.h"
#include "tern/contract/table.h"
#include "tern/knobs/knobs.h"
#include "tern/model/model_files.h"
#include "tern/parallel/parallel.h"
#include "tern/runner/attended.h"
#include "tern/runner/run_folder.h"
#include "tern/sandbox/untrusted_file.h"
#include "tern/tensor/compute_type.h"
#include "tern/train/distillation.h"
#include "tern/train/run_plan.h"

namespace tern {
namespace fs = std::filesystem;
namespace {

using Words = std::vector<std::string>;

Words operator+(Words words, const Words& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

Words split(const std::string& text) {
  std::istringstream stream(text);
  Words words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

/// One of the two that are compared: its flags, and the knobs in them that the bench has to know.
struct Side {
  Words flags;
  RunPlan run;
  DistillationOptions distill;

  void describe(Knobs& knobs) { TERN_KNOB_GROUPS(knobs, run, distill); }
};

/// Flags as `tern train` takes them, with the values of a published recipe in the place of
/// --recipe.
Words expand(const Words& words) {
  std::string recipe;
  Words own;
  Flags flags("recipe", "");
  flags.add("recipe", recipe, "");
  flags.pass_through(own);
  check(flags.parse(words),
        "--arms and --against take knobs of the recipe; `tern train --help` "
        "lists them");
  return recipe.empty() ? own : PublishedRecipe::find(recipes_folder(), recipe).flags() + own;
}

/// The same flags but for those of distillation, each of which has a value.
Words undistilled(const Words& flags) {
  Words rest;
  for (size_t i = 0; i < flags.size(); ++i) {
    if (!flags[i].starts_with("--distill")) {
      rest.push_back(flags[i]);
    } else if (flags[i].find('=') == std::string::npos) {
      ++i;
    }
  }
  return rest;
}

Side side_of(const Words& all) {
  Side side;
  side.flags = all;
  Words rest;
  Flags flags("recipe", "");
  knobs_of(side).add_flags(flags);
  flags.pass_through(rest);
  check(flags.parse(side.flags), "the recipe's flags must not hold --help");
  side.run.check();
  return side;
}

/// What a run said of itself.
struct TimedRun {
  std::vector<double> seconds;  // of each measured step
  double peak_memory_gb = 0;
  std::string teacher;  // what its first lines say of it, if anything
};

/// Seconds of each step behind the first `warmup` ones, by the clock in steps.tsv.
std::vector<double> step_seconds(const fs::path& steps_file, int64_t warmup) {
  std::vector<double> seconds;
  double last = 0;
  for (const StepRow& row : read_untrusted_rows<StepRow>(steps_file, 1'000'000)) {
    seconds.push_back(row.seconds - std::exchange(last, row.seconds));
  }
  check(std::ssize(seconds) > warmup, "{}: expected more than {} steps, found {}",
        steps_file.string(), warmup, seconds.size());
  seconds.erase(seconds.begin(), seconds.begin() + warmup);
  return seconds;
}

/// The first line that tells how the teacher is asked; see Teacher::note().
std::string line_of_teacher(const std::string& output) {
  std::istringstream lines(output);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("the teacher")) return line;
  }
  return "";
}

/// The lab, the recipe's program and its runs.
class RecipeBench {
 public:
  RecipeBench(const RecipeBenchOptions& options, const LlamaConfig& config, int64_t tokens)
      : options_(options),
        attended_(options.sandbox,
                  [](std::string_view line) { fmt::print(stderr, "tern: {}\n", line); }),
        lab_(config, tokens),
        program_(attended_.build(tern_home() / "share" / "tern" / "lab" / "train.cpp",
                                 cache_folder() / "bench")) {}

  TimedRun run(const Side& side) const {
    const fs::path folder = lab_.lab().runs() / "run";
    remove_tree(folder);
    fs::create_directories(folder);
    const TemporaryFolder logs;
    Job job = attended_.job(lab_.lab(), program_, folder);
    job.log = logs / "log";
    const Words own = {"--threads",    std::to_string(options_.threads),
                       "--steps",      std::to_string(options_.warmup + options_.steps),
                       "--eval-every", "0",
                       "--save-every", "0"};
    job.command = job.command + side.flags + own;
    const JobResult ended =
        attended_.run(job, attended_.attendant(lab_.lab(), logs / "attendant")).result;
    const std::string output = read_file(job.log);
    check(ended.stopped.empty(), "{}", ended.stopped);
    check(ended.limit.empty() && ended.exit_code == kSuccess, "the run with {} ended: {}",
          joined(side.flags), ended.limit.empty() ? last_line(output) : ended.limit);
    return {.seconds = step_seconds(folder / "steps.tsv", options_.warmup),
            .peak_memory_gb = read_run_summary(folder).peak_memory_gb.value_or(0),
            .teacher = line_of_teacher(output)};
  }

  /// Keeps what `side` asks its teacher about all of the text.
  void cache_teacher(const TeacherOptions& asked) const {
    const bool features = !asked.hidden_blocks.empty();
    Words command = {fs::read_symlink("/proc/self/exe"),
                     "teacher",
                     "--length",
                     std::to_string(asked.length),
                     "--top-k",
                     std::to_string(asked.top_k),
                     "--features",
                     features ? "all" : "none",
                     "--max-gb",
                     "1000",  // the text is as short as the steps allow
                     "--threads",
                     std::to_string(options_.threads)};
    if (asked.attention_block >= 0) {
      command = command + Words{"--relation-layer", std::to_string(asked.attention_block)};
    }
    const CapturedRun made = capture_process(command, false, lab_.lab().root());
    check(made.exit_code == kSuccess, "the teacher's cache could not be made: {}",
          last_line(made.output));
  }

  /// Seconds in which the full-precision model looks at the tokens of one step.
  double forward_seconds(const Side& side) const {
    Llama model = load_llama(lab_.model(), {.compute = default_compute_type(), .trainable = false});
    const int64_t B = side.run.batch_size, T = side.run.sequence_length;
    const std::vector<int32_t> tokens = random_tokens(B * T, model.config().vocab_size);
    model.negative_log_likelihood(tokens, tokens, B);  // the first time, buffers are made
    const Timer timer;
    for (int64_t pass = 0; pass < side.run.accumulation; ++pass) {
      model.negative_log_likelihood(tokens, tokens, B);
    }
    return timer.seconds();
  }

 private:
  const RecipeBenchOptions& options_;
  Attended attended_;
  BenchLab lab_;
  fs::path program_;
};

/// All runs, in the order in which they were made.
struct Measured {
  std::vector<TimedRun> baseline, recipe;  // of each pair
  std::vector<double> forward_seconds;     // of a live teacher, behind each pair
};

Measured measure(const RecipeBench& bench, const Side& baseline, const Side& recipe,
                 int64_t repeats, bool live_teacher) {
  Measured m;
  StatusLine status;
  for (int64_t i = 0; i < 2 * repeats; ++i) {
    const bool is_recipe = i % 4 == 1 || i % 4 == 2;
    status.show(
        fmt::format("run {} of {}: {}", i + 1, 2 * repeats, is_recipe ? "recipe" : "baseline"));
    (is_recipe ? m.recipe : m.baseline).push_back(bench.run(is_recipe ? recipe : baseline));
    if (live_teacher && i % 2 == 1) m.forward_seconds.push_back(bench.forward_seconds(recipe));
  }
  return m;
}

BenchSideAnswer answer_of(const Side& side, const std::vector<TimedRun>& runs) {
  std::vector<double> seconds;
  double peak_memory_gb = 0;
  for (const TimedRun& run : runs) {
    seconds.insert(seconds.end(), run.seconds.begin(), run.seconds.end());
    peak_memory_gb = std::max(peak_memory_gb, run.peak_memory_gb);
  }
  const double step = median(seconds);
  return {.flags = joined(side.flags),
          .step_seconds = step,
          .fastest_step_seconds = std::ranges::min(seconds),
          .slowest_step_seconds = std::ranges::max(seconds),
          .tokens_per_s = static_cast<double>(side.run.tokens_per_step()) / step,
          .peak_memory_gb = peak_memory_gb};
}

BenchRecipeAnswer answer_of(const RecipeBenchOptions& options, const Side& baseline,
                            const Side& recipe, const Measured& m) {
  std::vector<double> ratios, differences;
  for (size_t i = 0; i < m.recipe.size(); ++i) {
    const double with = median(m.recipe[i].seconds), without = median(m.baseline[i].seconds);
    ratios.push_back(with / without);
    differences.push_back(with - without);
  }
  BenchRecipeAnswer answer = {.shape = options.shape,
                              .threads = thread_count(),
                              .warmup = options.warmup,
                              .steps = options.steps,
                              .repeats = options.repeats,
                              .baseline = answer_of(baseline, m.baseline),
                              .recipe = answer_of(recipe, m.recipe),
                              .ratio = median(ratios),
                              .lowest_ratio = std::ranges::min(ratios),
                              .highest_ratio = std::ranges::max(ratios),
                              .more_seconds = median(differences)};
  if (const std::string& teacher = m.recipe[0].teacher; !teacher.empty()) answer.teacher = teacher;
  if (!m.forward_seconds.empty()) answer.teacher_seconds = median(m.forward_seconds);
  return answer;
}

void print_side(const char* name, const BenchSideAnswer& side) {
  fmt::print("{:<9} {:8.3f} s  ({:.3f} to {:.3f})  {:8.1f} tokens/s  {:>7}\n", name,
             side.step_seconds, side.fastest_step_seconds, side.slowest_step_seconds,
             side.tokens_per_s, size_text(1e9 * side.peak_memory_gb));
}

}  // namespace

BenchRecipeAnswer bench_recipe(const RecipeBenchOptions& options, const LlamaConfig& config) {
  const Words named = options.recipe.empty() ? Words{} : Words{"--recipe", options.recipe};
  const Words own = expand(named + split(options.arms));
  const Side recipe = side_of(options.shared + own);
  const Side baseline =
      side_of(options.shared + (options.undistilled ? undistilled(own) : Words{}) +
              expand(split(options.against)));
  const Distillation distillation(recipe.distill, config.num_hidden_layers);
  const bool distils = distillation.needs_teacher();
  check(distils || (!options.cached && !options.undistilled),
        "--cached and --undistilled go with a recipe that distils, found {}; leave them out, or "
        "add --arms \"--distill forward-kl\"",
        joined(own));

  const int64_t tokens = std::max(baseline.run.tokens_per_step(), recipe.run.tokens_per_step());
  StatusLine status;
  status.show("making a model and a text, building train.cpp");
  const RecipeBench bench(options, config, (options.warmup + options.steps) * tokens + 1);
  if (options.cached) {
    status.show("asking the teacher");
    bench.cache_teacher(distillation.teacher_options(recipe.run.sequence_length));
  }
  status.clear();
  const bool live_teacher = distils && !options.cached;
  return answer_of(options, baseline, recipe,
                   measure(bench, baseline, recipe, options.repeats, live_teacher));
}

void print_answer(const BenchRecipeAnswer& a) {
  fmt::print("{}, {} threads; {} runs of each in turn, {} steps measured behind {}\n\n", a.shape,
             a.threads, a.repeats, a.steps, a.warmup);
  print_side("baseline", a.baseline);
  print_side("recipe", a.recipe);
  fmt::print("ratio     {:8.3f}    ({:.3f} to {:.3f})\n\n", a.ratio, a.lowest_ratio,
             a.highest_ratio);
  fmt::print("baseline: {}\nrecipe: {}\n", a.baseline.flags, a.recipe.flags);
  if (a.teacher) fmt::print("{}\n", *a.teacher);
  if (a.teacher_seconds) {
    fmt::print("the recipe's step takes {:.3f} s more, the teacher's forward pass {:.3f} s\n",
               a.more_seconds, *a.teacher_seconds);
  }
}

}  // namespace tern
