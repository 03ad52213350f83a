#include <fmt/core.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <optional>

#include "apps/hub_model.h"
#include "tern/base/command.h"
#include "tern/base/error.h"
#include "tern/base/flags.h"
#include "tern/base/sha256.h"
#include "tern/base/utf8.h"
#include "tern/contract/eval_answer.h"
#include "tern/contract/json_form.h"
#include "tern/eval/likeness.h"
#include "tern/eval/score.h"
#include "tern/eval/weight_report.h"
#include "tern/io/file_source.h"
#include "tern/lab_files/lab.h"
#include "tern/model/model_files.h"
#include "tern/model/packed_model.h"
#include "tern/parallel/parallel.h"
#include "tern/tensor/compute_type.h"

namespace tern {
namespace {

namespace fs = std::filesystem;

struct EvalOptions {
  std::string model;
  std::string eval;
  std::optional<std::string> text;
  bool per_document = false;
  bool json = false;
  std::string dtype = "auto";
  int threads = 0;
  int64_t max_tokens = 0;
  std::string like;

  void add_to(Flags& flags) {
    flags.add_positional("MODEL", model, "the folder of the model, or its name on the hub");
    flags.add("eval", eval, "evaluation tokens to score on instead of the lab's");
    flags.add("text", text, "plain text to score on; it may be packed; - is standard input");
    flags.add("per_document", per_document,
              "score each document between <|endoftext|> marks on its own");
    flags.add_json(json);
    flags.add("dtype", dtype, "type of matrix operands: f32, bf16, or auto for this CPU's");
    flags.add("threads", threads, "threads; 0: all cores");
    flags.add("max_tokens", max_tokens, "score about so many tokens only; 0: all");
    flags.add(
        "like", like,
        "score nothing but a model of the same shape and tokenizer as the one in this folder");
  }
  void check() const {
    tern::check(!text || !text->empty(), "--text: expected a file, found nothing");
    tern::check(eval.empty() || !text, "give --eval or --text, not both");
    tern::check(!per_document || text, "--per-document is for --text");
    require_not_negative({{"threads", threads}, {"max_tokens", static_cast<double>(max_tokens)}});
    compute_type(dtype);
  }
};

/// What was scored, beside the score.
struct Scored {
  Score score;
  std::string dataset;
  std::string dataset_sha256;
  int64_t replaced = 0;  // bytes that were not UTF-8
};

constexpr const char* kFooter =
    "MODEL is a folder in the Hugging Face layout, full precision or packed ternary, or a model "
    "of\n"
    "the hub (org/name or org/name@revision), fetched as `tern prepare` does it. It is scored on\n"
    "the evaluation tokens of the lab in this folder or above (data/wikitext_eval.json), on\n"
    "those of --eval, or on the plain text of --text.";

fs::path lab_evaluation_file() try {
  const fs::path path = Lab::find(fs::current_path()).eval_set();
  check(fs::exists(path), "{} is not there; run `tern prepare` in the lab", path.string());
  return path;
} catch (const Error& e) {
  fail("{}; or give --eval FILE or --text FILE", e.what());
}

/// The evaluation tokens that the flags ask for, which must be those of the model's tokenizer.
EvalSet read_eval_set(const EvalOptions& options, const Tokenizer& tokenizer) {
  const fs::path path = options.eval.empty() ? lab_evaluation_file() : fs::path(options.eval);
  const EvalSet set = EvalSet::read(path);
  try {
    set.check_tokenizer(tokenizer);
  } catch (const Error& e) {
    fail("{}: {}", path.string(), e.what());
  }
  return set;
}

ScoreOptions score_options(const EvalOptions& asked) {
  ScoreOptions options{.max_tokens = asked.max_tokens, .on_progress = {}};
  if (::isatty(STDERR_FILENO) == 0) return options;
  options.on_progress = [](const ScoreProgress& progress) {
    const bool last = progress.windows_done == progress.windows;
    fmt::print(stderr, "\r\x1b[Kscored {} of {}, perplexity {:.3f}{}", progress.windows_done,
               progress.windows, progress.ppl, last ? "\r\x1b[K" : "");
  };
  return options;
}

Scored score_eval_set(Llama& model, const EvalSet& set, const EvalOptions& options) {
  return {score_windows(model, set, score_options(options)), set.name, set.dataset_sha256};
}

Scored score_plain_text(Llama& model, const Tokenizer& tokenizer, std::string_view raw,
                        const EvalOptions& options) {
  Scored scored{.score = {}, .dataset = *options.text, .dataset_sha256 = sha256_of(raw)};
  const std::string text = sanitize_utf8(raw, &scored.replaced);
  const auto score = options.per_document ? score_documents : score_text;
  scored.score = score(model, tokenizer, text, score_options(options));
  return scored;
}

EvalAnswer answer_of(const EvalOptions& options, const Scored& scored, const WeightReport& weights,
                     const Llama& model, const Tokenizer& tokenizer) {
  EvalAnswer answer;
  answer.model = options.model;
  answer.kind = weights.ternary ? EvalAnswer::kTernary : EvalAnswer::kFullPrecision;
  answer.dataset = scored.dataset;
  answer.dataset_sha256 = scored.dataset_sha256;
  answer.replaced_bytes = scored.replaced;
  const Score& score = scored.score;
  answer.tokens = score.tokens;
  answer.nll_per_token = score.nll_per_token;
  answer.ppl = answer.eval_ppl = score.ppl;
  answer.bpb = answer.eval_bpb = score.bpb;
  answer.windows = score.windows;
  answer.window = score.window;
  answer.tokens_per_s = static_cast<double>(score.tokens) / score.seconds;
  answer.dtype = name_of(model.compute());
  answer.tokenizer_sha256 = tokenizer.hash();
  answer.weights = weights.weights;
  answer.ternary_share = weights.ternary_share();
  answer.bits_per_weight = weights.linear_bits;
  answer.file_bits_per_weight = weights.file_bits;
  answer.dense_blocks = weights.dense_blocks;
  answer.departures.assign(weights.departures.begin(), weights.departures.end());
  if (weights.ternary) {
    const auto shares = weights.codes.shares();
    answer.q_neg1 = shares[0], answer.q_zero = shares[1], answer.q_pos1 = shares[2];
  }
  return answer;
}

/// The folder of the model, fetched from the hub if need be.
fs::path find_model(const std::string& model) {
  const fs::path folder = model_folder(model);
  check(fs::exists(folder / "config.json"),
        "{}: expected the folder of a model, with config.json, tokenizer.json and safetensors "
        "files, found no config.json in it",
        folder.string());
  return folder;
}

/// Scores the model that the flags name and tells what it is.
EvalAnswer score(const EvalOptions& options) {
  const fs::path folder = find_model(options.model);
  if (!options.like.empty()) require_like(folder, options.like);
  const Tokenizer tokenizer = Tokenizer::load(folder);
  const bool plain = options.text.has_value();
  const EvalSet set = plain ? EvalSet() : read_eval_set(options, tokenizer);
  const std::string text = plain ? read_all(*open_file_source(*options.text)) : "";
  Llama model = load_for_inference(folder, compute_type(options.dtype));
  try {
    const Scored scored = plain ? score_plain_text(model, tokenizer, text, options)
                                : score_eval_set(model, set, options);
    return answer_of(options, scored, report_weights(model, folder), model, tokenizer);
  } catch (const Error& e) {
    rethrow_naming(options.model, e);
  }
}

void print_table(const EvalAnswer& a) {
  const auto row = [](const char* name, const std::string& value) {
    fmt::print("  {:<22} {}\n", name, value);
  };
  fmt::print("{}: {}, {:.2f} M weights\n", a.model, a.kind, static_cast<double>(a.weights) / 1e6);
  row("scored on", a.dataset);
  row("perplexity", fmt::format("{:.4f}", a.ppl));
  row("bits per byte", fmt::format("{:.4f}", a.bpb));
  row("nats per token", fmt::format("{:.6f}", a.nll_per_token));
  row("tokens", fmt::format("{} in {} windows of at most {}", a.tokens, a.windows, a.window));
  row("bits per weight", fmt::format("{:.3f} in the blocks, {:.3f} over all", a.bits_per_weight,
                                     a.file_bits_per_weight));
  if (a.ternary()) {
    row("codes", fmt::format("-1: {:.1f} %, 0: {:.1f} %, +1: {:.1f} %; {:.1f} % of all weights",
                             100 * a.q_neg1.value_or(0), 100 * a.q_zero.value_or(0),
                             100 * a.q_pos1.value_or(0), 100 * a.ternary_share));
  }
  if (a.dense_blocks > 0) row("dense blocks", fmt::format("{}, in bf16", a.dense_blocks));
  for (const std::string& departure : a.departures) row("not plain Llama", departure);
  row("tokens/s", fmt::format("{:.0f} in {}", a.tokens_per_s, a.dtype));
  if (a.replaced_bytes > 0) row("not UTF-8", fmt::format("{} bytes, replaced", a.replaced_bytes));
}

int eval(const EvalOptions& options) {
  if (options.threads > 0) set_thread_count(options.threads);
  const EvalAnswer answer = score(options);
  if (options.json) {
    fmt::print("{}", answer.to_text());
  } else {
    print_table(answer);
  }
  return kSuccess;
}

const RegisterCommand eval_command({.name = "eval",
                                    .summary = "score a model, full precision or packed ternary",
                                    .group = CommandGroup::kTraining,
                                    .place = 2,
                                    .description = "Scores a model: perplexity and bits per byte.",
                                    .footer = kFooter,
                                    .options = runs(eval)});

}  // namespace
}  // namespace tern
