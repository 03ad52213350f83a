#include <fmt/core.h>

#include <algorithm>
#include <cstdio>
#include <optional>

#include "tern/base/command.h"
#include "tern/base/error.h"
#include "tern/base/flags.h"
#include "tern/base/memory.h"
#include "tern/base/status_line.h"
#include "tern/base/timer.h"
#include "tern/data/token_file.h"
#include "tern/lab_files/lab.h"
#include "tern/parallel/parallel.h"
#include "tern/tensor/compute_type.h"
#include "tern/train/progress_line.h"
#include "tern/train/stop.h"
#include "tern/train/teacher_cache.h"

namespace tern {
namespace fs = std::filesystem;
namespace {

struct TeacherOptions {
  int64_t tokens = 0;
  int64_t length = 256;
  int64_t top_k = 32;
  std::string features = "none";
  std::optional<int64_t> relation_layer;
  double max_gb = 4;
  bool force = false;
  int threads = 0;

  void add_to(Flags& flags) {
    flags.add("tokens", tokens, "tokens of the text to keep, from its beginning; 0: all");
    flags.add("length", length, "tokens in a window: the recipe's --sequence-length");
    flags.add("top_k", top_k, "likeliest tokens to keep: the recipe's --distill-top-k");
    flags.add("features", features, "blocks whose outputs are kept too: none, last or all");
    flags.add("relation_layer", relation_layer,
              "a block whose queries, keys and values are kept too; none if not given");
    flags.add("max_gb", max_gb, "largest size of the file in GB");
    flags.add("force", force, "make the file anew, in the place of what is there");
    flags.add("threads", threads, "threads to use; 0: all cores");
  }
  void check() const {
    require_not_negative({{"tokens", static_cast<double>(tokens)}, {"threads", threads}});
    require_positive({{"length", static_cast<double>(length)},
                      {"top_k", static_cast<double>(top_k)},
                      {"max_gb", max_gb}});
    tern::check(features == "none" || features == "last" || features == "all",
                "--features must be none, last or all, found {}", features);
  }
};

void say(const std::string& line) {
  fmt::print("{}\n", line);
  std::fflush(stdout);
}

/// What is to be kept of each token.
TeacherQuestion question_of(const TeacherOptions& given, const LlamaConfig& config) {
  const int64_t blocks = config.num_hidden_layers;
  TeacherQuestion question{.top_k = given.top_k};
  question.temperatures.assign(std::begin(kTeacherTemperatures), std::end(kTeacherTemperatures));
  for (int64_t block = given.features == "all" ? 0 : blocks - 1;
       given.features != "none" && block < blocks; ++block) {
    question.hidden_blocks.push_back(block);
  }
  if (const auto layer = given.relation_layer) {
    check(*layer >= -blocks && *layer < blocks, "--relation-layer must be {} to {}, found {}",
          -blocks, blocks - 1, *layer);
    question.attention_block = (*layer + blocks) % blocks;
  }
  return question;
}

void check_length(const TeacherOptions& given, const LlamaConfig& config, const TokenFile& text) {
  check(given.length <= config.max_position_embeddings,
        "--length must be 1 to the model's context, {}, found {}", config.max_position_embeddings,
        given.length);
  check(text.size() > given.length, "{}: {} tokens are not one window of {} and what follows it",
        text.path().string(), text.size(), given.length);
}

/// Windows to keep: those of the tokens asked for, cut to the largest size.
int64_t windows_to_keep(const TeacherOptions& given, const TokenFile& text,
                        const TeacherCacheInfo& info) {
  const int64_t all = (text.size() - 1) / given.length;
  const int64_t asked =
      given.tokens == 0 ? all : std::min(all, (given.tokens - 1) / given.length + 1);
  const double bytes = static_cast<double>(info.record_bytes());
  const auto most = static_cast<int64_t>(given.max_gb * 1e9 / bytes);
  check(most >= 1, "one window takes {}, more than --max-gb {}", size_text(bytes), given.max_gb);
  const int64_t windows = std::min(asked, most);
  const std::string left_out =
      windows == asked ? ""
                       : fmt::format(
                             " (--max-gb {} leaves out {} more, which training computes when "
                             "it meets them)",
                             given.max_gb, asked - windows);
  say(fmt::format("teacher  {} windows of {} tokens, {:.0f} bytes a token: {}{}", windows,
                  given.length, bytes / static_cast<double>(given.length),
                  size_text(static_cast<double>(windows) * bytes), left_out));
  return windows;
}

/// Appends windows until there are so many, or a stop is asked for.
void fill(TeacherCacheWriter& writer, const TokenFile& text, const fs::path& model,
          const TeacherCacheInfo& info, int64_t windows) {
  TeacherModel teacher(model, compute_type(info.compute));
  const auto T = static_cast<size_t>(info.length);
  std::vector<int32_t> tokens(T + 1);
  const std::span<const int32_t> all = tokens;
  StatusLine status;
  const Timer clock;
  Timer since_sync;
  const int64_t first = writer.windows();
  while (writer.windows() < windows && !stop_requested()) {
    text.copy(writer.windows() * info.length, tokens);
    writer.append(teacher.look(all.first(T), all.subspan(1), info.kept));
    constexpr double kSecondsBetweenSyncs = 30;
    if (since_sync.seconds() > kSecondsBetweenSyncs) {
      writer.sync();
      since_sync.reset();
    }
    if (!status.due()) continue;
    const double rate = static_cast<double>(writer.windows() - first) / clock.seconds();
    status.show(fmt::format("teacher: window {} of {}, {:.0f} tokens/s, {} left", writer.windows(),
                            windows, rate * static_cast<double>(T),
                            clock_text(static_cast<double>(windows - writer.windows()) / rate)));
  }
}

/// Whether the file is there already, made for the same and with as many windows.
bool is_there(const fs::path& file, const TeacherCacheInfo& info, int64_t windows) {
  if (!fs::exists(file)) return false;
  const TeacherCache cache(file, info);
  return cache.has_features(info.kept) &&
         cache.info().kept.temperatures == info.kept.temperatures && cache.windows() >= windows;
}

int teacher(const TeacherOptions& given) {
  catch_stop_signals();
  if (given.threads > 0) set_thread_count(given.threads);
  const Lab lab = Lab::find(".");
  const LabManifest manifest = LabManifest::read(lab);
  check(manifest.train_source.empty(),
        "this lab streams its training text, which has no windows to keep; set data.stream = false "
        "and run `tern prepare`");
  const LlamaConfig config = LlamaConfig::read(manifest.model / "config.json");
  const TokenFile text(lab.train_tokens());
  check_length(given, config, text);
  const auto info = TeacherCacheInfo::of(manifest.model, lab.train_tokens(), default_compute_type(),
                                         given.length, question_of(given, config));
  const fs::path file = lab.teacher() / info.file_name();
  const int64_t windows = windows_to_keep(given, text, info);
  if (!given.force && is_there(file, info, windows)) {
    say(fmt::format("{} is there already", file.string()));
    return kSuccess;
  }
  TeacherCacheWriter writer(file, info, given.force);
  if (writer.windows() > 0) say(fmt::format("going on behind {} windows", writer.windows()));
  fill(writer, text, manifest.model, info, windows);
  if (writer.windows() < windows) {
    writer.sync();
    fmt::print(stderr, "tern: stopped; run the same `tern teacher` again{} to go on\n",
               given.force ? ", without --force," : "");
    return kStopped;
  }
  writer.commit();
  say(fmt::format("kept in {}", file.string()));
  return kSuccess;
}

const RegisterCommand teacher_command(
    {.name = "teacher",
     .summary = "save the full-precision model's predictions for distillation",
     .group = CommandGroup::kTraining,
     .place = 3,
     .description = "Keeps what the lab's full-precision model says of its training text in "
                    "data/teacher/, so that recipes\nthat distil from it (--distill) need not run "
                    "it. Goes on where it was stopped.",
     .options = runs(teacher)});

}  // namespace
}  // namespace tern
