#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "apps/hub_model.h"
#include "demo/demo_base.h"
#include "demo/demo_source.h"
#include "tern/base/command.h"
#include "tern/base/error.h"
#include "tern/base/file.h"
#include "tern/base/flags.h"
#include "tern/base/memory.h"
#include "tern/base/status_line.h"
#include "tern/base/timer.h"
#include "tern/base/toml.h"
#include "tern/base/utf8.h"
#include "tern/data/eval_set.h"
#include "tern/data/text_source.h"
#include "tern/data/token_file.h"
#include "tern/data/tokenize.h"
#include "tern/io/file_source.h"
#include "tern/io/hub.h"
#include "tern/io/memory_source.h"
#include "tern/io/safetensors.h"
#include "tern/lab_files/data_seed.h"
#include "tern/lab_files/lab.h"
#include "tern/lab_files/provenance.h"
#include "tern/model/llama_config.h"
#include "tern/parallel/parallel.h"
#include "tern/train/progress_line.h"
#include "tern/train/stop.h"

namespace tern {
namespace fs = std::filesystem;
namespace {

/// Thrown out of long work after a signal; prepare() tells it as a stop, not as an error.
void throw_if_stopped() {
  if (stop_requested()) fail("stopped");
}

void say(const std::string& line) {
  fmt::print("{}\n", line);
  std::fflush(stdout);
}

std::string replaced_note(int64_t replaced) {
  if (replaced == 0) return "";
  return fmt::format("; {} bytes were not UTF-8 and became U+FFFD", replaced);
}

// ---- the model ----------------------------------------------------------------------------------

fs::path make_demo_base() {
  const DemoBase base = DemoBase::standard();
  int64_t steps = base.training.steps;
  StatusLine status;
  const auto on_step = [&](const PretrainProgress& now) {
    throw_if_stopped();
    steps = now.step;
    if (!status.due()) return;
    status.show(
        fmt::format("pretraining the demo's model: {:.0f} %  loss {:.3f}  {:.0f} tokens/s  "
                    "{} left",
                    100 * now.fraction, now.loss, now.tokens_per_s, clock_text(now.seconds_left)));
  };
  const fs::path folder = demo_base(cache_folder(), base, demo_base_text(), on_step);
  if (steps < base.training.steps) {
    say(
        fmt::format("the demo's model had time for {} of {} steps: this machine is slow or busy; "
                    "remove {} to make a better one",
                    steps, base.training.steps, folder.string()));
  }
  return folder;
}

/// The folder of the full-precision model, which is a folder already, "demo", or on the hub.
fs::path obtain_model(const std::string& model) {
  return model == "demo" ? make_demo_base() : model_folder(model);
}

/// Throws unless config, weights and tokenizer can be read and agree.
LlamaConfig check_model(const fs::path& folder, const Tokenizer& tokenizer) {
  const LlamaConfig config = LlamaConfig::read(folder / "config.json");
  const SafetensorsModel weights(folder);
  check(tokenizer.vocab_size() <= config.vocab_size,
        "{}: the tokenizer has {} entries, but config.json a vocabulary of {}; they belong to "
        "different models",
        folder.string(), tokenizer.vocab_size(), config.vocab_size);
  return config;
}

// ---- texts --------------------------------------------------------------------------------------

/// The archive of a text like archive.zip!member; any other name as it is.
std::string archive_of(const std::string& text) { return text.substr(0, text.rfind('!')); }

bool is_remote(const std::string& name) { return name.find("://") != std::string::npos; }

/// A file's name as seen from `base`, there or not; other names of texts stay.
std::string resolved_text(const std::string& name, const fs::path& base) {
  if (name.empty() || name == "demo" || name == "-" || is_remote(name)) return name;
  return (base / name).lexically_normal().string();
}

/// A folder's name as seen from `base`; other names of models stay.
std::string resolved_model(const std::string& name, const fs::path& base) {
  if (name.empty() || name == "demo") return name;
  // The name of a model on the hub looks like a relative path; a folder of that name goes first.
  const bool local = name.starts_with('/') || name.starts_with('.') || fs::exists(base / name);
  return local ? (base / name).lexically_normal().string() : name;
}

/// A text of the lab, and what it is for.
struct LabText {
  std::string name;
  TextUse use;
  uint64_t data_seed;

  bool made_up() const { return made_up_texts().contains(name); }
  std::unique_ptr<ByteSource> open(StatusLine& status) const {
    return open_text_source(name, {.use = use,
                                   .data_seed = data_seed,
                                   .progress = download_progress(status),
                                   .keep_going = [] { return !stop_requested(); }});
  }
  DocumentReader documents(StatusLine& status) const {
    return DocumentReader(open(status), {.format = document_format_of(name)});
  }
};

/// The whole lines among so many bytes from the beginning; 0: all.
std::string beginning_of(std::string text, int64_t bytes) {
  if (bytes == 0 || std::ssize(text) <= bytes) return text;
  const size_t end = text.rfind('\n', static_cast<size_t>(bytes) - 1);
  text.resize(end == std::string::npos ? static_cast<size_t>(bytes) : end + 1);
  return text;
}

/// Tokens to score on: documents where the text has several, else one piece.
EvalSet make_eval_set(const LabText& text, const Tokenizer& tokenizer, int64_t window,
                      int64_t bytes, int64_t& replaced) {
  StatusLine status;
  const std::string raw =
      sanitize_utf8(beginning_of(read_all(*text.open(status)), bytes), &replaced);
  throw_if_stopped();
  const DocumentFormat format = document_format_of(text.name);
  if (format == DocumentFormat::plain && raw.find(kEndOfText) == std::string::npos) {
    return eval_set_of_text(text.name, raw, tokenizer, window);
  }
  DocumentReader documents(std::make_unique<MemorySource>(raw, text.name), {.format = format});
  return eval_set_of_documents(text.name, documents, tokenizer, window);
}

// ---- the lab ------------------------------------------------------------------------------------

/// Throws where a name cannot be right, whatever is on this machine or on the hub.
void check_model_name(const std::string& model) {
  if (model != "demo" && !model.starts_with('/')) parse_hub_spec(model);
}
void check_text_name(const std::string& text) {
  if (text.starts_with("hf://")) {
    parse_hub_spec(archive_of(text));
  } else if (is_remote(text)) {
    check(text.starts_with("http://") || text.starts_with("https://"),
          "{}: a text that is no file begins with hf://, https:// or http://", text);
  }
}

struct PrepareOptions {
  std::optional<std::string> model, train, eval, confirm, final_text;
  std::optional<int64_t> train_tokens;
  std::optional<bool> stream;
  bool force = false;

  void add_to(Flags& flags) {
    flags.add("model", model, "the model: a folder, a name on the hub (org/name), or demo");
    flags.add("train", train,
              "the text to train on: a file, a URL, an hf:// path, - for standard input, or demo");
    flags.add("eval", eval, "the text to score on");
    flags.add("confirm", confirm, "the text to confirm a change on; \"\": none");
    flags.add("final", final_text, "the text that only `tern best --score` scores; \"\": none");
    flags.add("train_tokens", train_tokens, "tokenise at most so many of the text; 0: all");
    flags.add("stream", stream, "tokenise while training, not beforehand");
    flags.add("force", force, "make everything anew");
  }
  void check() const {
    for (const auto& [flag, name] :
         {std::pair("--model", &model), std::pair("--train", &train), std::pair("--eval", &eval)}) {
      tern::check(*name != "", "{}: expected a name, found nothing", flag);
    }
    if (model) check_model_name(resolved_model(*model, fs::current_path()));
    for (const auto* text : {&train, &eval, &confirm, &final_text})
      check_text_name(text->value_or(""));
    require_not_negative({{"train_tokens", static_cast<double>(train_tokens.value_or(0))}});
  }
};

/// Makes what is missing in a lab's data/ by its settings.
class Preparation {
 public:
  Preparation(const Lab& lab, LabConfig config, const PrepareOptions& given)
      : lab_(lab),
        config_(std::move(config)),
        force_(given.force),
        input_given_(given.train == "-" || given.eval == "-" || given.confirm == "-" ||
                     given.final_text == "-"),
        folder_(obtain_model(config_.model)),
        tokenizer_(Tokenizer::load(folder_)),
        model_(check_model(folder_, tokenizer_)) {
    say(fmt::format("model    {}: {:.1f} M parameters, {} entries of vocabulary, context {}",
                    folder_.string(), static_cast<double>(model_.parameter_count()) / 1e6,
                    model_.vocab_size, model_.max_position_embeddings));
  }

  void make_all() const {
    fs::create_directories(lab_.data());
    fs::create_directories(lab_.confirm_set().parent_path());
    make_training_text();
    make_eval("eval", lab_.eval_set(), lab_text(config_.eval, TextUse::eval));
    if (config_.confirm.empty()) {
      do_without_confirm_text();
    } else {
      make_eval("confirm", lab_.confirm_set(), lab_text(config_.confirm, TextUse::confirm));
    }
    if (config_.final_text.empty()) {
      do_without_final_text();
    } else {
      make_eval("final", lab_.final_set(), lab_text(config_.final_text, TextUse::final),
                config_.final_bytes);
    }
  }

  LabManifest manifest() const {
    return {.model = folder_,
            .train_source = config_.stream ? config_.train : "",
            .tokenizer_sha256 = tokenizer_.hash()};
  }

 private:
  LabText lab_text(const std::string& name, TextUse use) const {
    return {name, use, static_cast<uint64_t>(data_seed(lab_))};
  }
  LabText training_text() const { return lab_text(config_.train, TextUse::train); }

  Provenance provenance(const fs::path& file, const LabText& text, const char* setting,
                        int64_t value, int64_t bytes = 0) const {
    Json::Object inputs{{"text", text.name},
                        {"text_file", file_state(archive_of(text.name))},
                        {"tokenizer_sha256", tokenizer_.hash()},
                        {setting, value}};
    if (bytes > 0) inputs.emplace_back("bytes", bytes);
    // The note is no place for the seed itself.
    if (text.made_up()) {
      inputs.emplace_back("data_seed_mark",
                          fmt::format("{:016x}", derived_seed(text.data_seed, "the mark")));
    }
    return {file, std::move(inputs)};
  }

  bool is_kept(const Provenance& from, const LabText& text) const {
    return !force_ && !(text.name == "-" && input_given_) && from.up_to_date();
  }

  void make_training_text() const {
    if (config_.stream) return check_stream();
    const fs::path file = lab_.train_tokens();
    const LabText text = training_text();
    const Provenance from = provenance(file, text, "train_tokens", config_.train_tokens);
    if (is_kept(from, text)) {
      return say(fmt::format("train    {} tokens, there already", TokenFile(file).size()));
    }
    const TokenizeProgress done = tokenise(file);
    from.note();
    say(fmt::format("train    {} documents, {} tokens, {}{}", done.documents, done.tokens,
                    size_text(static_cast<double>(done.bytes)), replaced_note(done.replaced)));
  }

  TokenizeProgress tokenise(const fs::path& file) const {
    StatusLine status;
    TokenStream stream(training_text().documents(status), tokenizer_,
                       {.threads = thread_count(), .max_tokens = config_.train_tokens});
    const Timer clock;
    write_token_file(file, stream, [&](const TokenizeProgress& now) {
      throw_if_stopped();
      if (!status.due()) return;
      const double bytes = static_cast<double>(now.bytes);
      status.show(fmt::format("tokenising {}: {} documents, {} tokens, {}/s", config_.train,
                              now.documents, now.tokens, size_text(bytes / clock.seconds())));
    });
    return stream.progress();
  }

  /// A text that every run opens anew is at least there and has a document.
  void check_stream() const {
    check(!training_text().made_up(),
          "{}: train.cpp, which reads a stream itself, must not be able to make this text; "
          "--no-stream tokenises it beforehand",
          config_.train);
    if (config_.train != "-") {
      StatusLine status;
      std::string document;
      check(training_text().documents(status).next(document), "{}: there is no text in it",
            config_.train);
    }
    say(fmt::format("train    {}, tokenised while training", config_.train));
  }

  void make_eval(const char* label, const fs::path& file, const LabText& text,
                 int64_t bytes = 0) const {
    const int64_t window = std::min(config_.window, model_.max_position_embeddings);
    const Provenance from = provenance(file, text, "window", window, bytes);
    if (is_kept(from, text)) {
      return say(fmt::format("{:<8} {}, there already", label, text.name));
    }
    int64_t replaced = 0;
    const EvalSet set = make_eval_set(text, tokenizer_, window, bytes, replaced);
    set.write(file);
    from.note();
    say(fmt::format("{:<8} {}: {} tokens of {} bytes, in windows of {}{}", label, text.name,
                    set.tokens.size(), set.bytes, set.window_of(window), replaced_note(replaced)));
  }

  void do_without_final_text() const {
    const bool was_there = Provenance(lab_.final_set(), {}).remove();
    say(fmt::format(
        "final    none{}: nothing is left for `tern best --score`; --final FILE gives it one",
        was_there ? ", and the one of before is removed" : ""));
  }

  void do_without_confirm_text() const {
    const bool was_there = Provenance(lab_.confirm_set(), {}).remove();
    say(fmt::format(
        "confirm  none{}: `tern research` keeps a change only after one more fresh pair "
        "of runs; --confirm FILE gives it a text instead",
        was_there ? ", and the one of before is removed" : ""));
  }

  const Lab& lab_;
  LabConfig config_;
  bool force_;
  bool input_given_;  // there is something new on standard input
  fs::path folder_;
  Tokenizer tokenizer_;
  LlamaConfig model_;
};

/// Whether a text to confirm on, or the final one, was there for another text to score on: a
/// preset's from the hub or of demo stories, where the one to score on is now local. It would ask
/// for a network, or judge by stories what is not about stories.
bool is_left_over(const std::string& text, const std::string& eval) {
  return !is_remote(eval) && (is_remote(text) || (text == "demo" && eval != "demo"));
}

/// The lab's settings with the flags that were given in place of their own.
LabConfig with_flags(LabConfig config, const PrepareOptions& given) {
  const fs::path here = fs::current_path();
  if (given.model) config.model = resolved_model(*given.model, here);
  if (given.train) config.train = resolved_text(*given.train, here);
  config.train_tokens = given.train_tokens.value_or(config.train_tokens);
  config.stream = given.stream.value_or(config.stream);
  if (given.eval) {
    config.eval = resolved_text(*given.eval, here);
    for (std::string* text : {&config.confirm, &config.final_text}) {
      if (is_left_over(*text, config.eval)) text->clear();
    }
  }
  if (given.final_text) config.final_text = resolved_text(*given.final_text, here);
  if (given.confirm) config.confirm = resolved_text(*given.confirm, here);
  return config;
}

/// The settings with every local name made absolute, none wrong or missing, and standard input used
/// once.
LabConfig resolved_config(LabConfig config, const Lab& lab) {
  for (const auto& [key, name] :
       {std::pair("model.source", &config.model), std::pair("data.train", &config.train),
        std::pair("data.eval", &config.eval)}) {
    check(!name->empty(), "{}: {} is not set", (lab.root() / "lab.toml").string(), key);
  }
  config.model = resolved_model(config.model, lab.root());
  int from_input = 0;
  for (std::string* text : {&config.train, &config.eval, &config.confirm, &config.final_text}) {
    *text = resolved_text(*text, lab.root());
    from_input += *text == "-" ? 1 : 0;
  }
  check(from_input <= 1, "standard input (-) can be only one of the texts");
  check_model_name(config.model);
  for (const std::string& text : {config.train, config.eval, config.confirm, config.final_text}) {
    check_text_name(text);
  }
  return config;
}

/// Writes the settings that differ from the lab's into lab.toml.
void remember(const Lab& lab, const LabConfig& now) {
  const fs::path file = lab.root() / "lab.toml";
  const LabConfig& old = lab.config();
  std::string text = read_file(file);
  const auto keep = [&](const char* table, const char* key, const auto& before, const auto& after) {
    if (before == after) return;
    text = set_toml_value(std::move(text), table, key, after, file.string());
    say(fmt::format("lab.toml {}.{} = {}", table, key, Json(after).dump()));
  };
  keep("model", "source", old.model, now.model);
  keep("data", "train", old.train, now.train);
  keep("data", "train_tokens", old.train_tokens, now.train_tokens);
  keep("data", "stream", old.stream, now.stream);
  keep("data", "eval", old.eval, now.eval);
  keep("data", "confirm", old.confirm, now.confirm);
  keep("data", "final", old.final_text, now.final_text);
  if (text != read_file(file)) write_file_atomically(file, text);
}

/// The given flags that lab.toml keeps, as a person writes them.
std::string kept_flags(const PrepareOptions& given) {
  std::vector<std::string> kept;
  for (const auto& [flag, is_given] :
       {std::pair("--model", given.model.has_value()),
        std::pair("--train", given.train.has_value()),
        std::pair("--train-tokens", given.train_tokens.has_value()),
        std::pair(given.stream.value_or(true) ? "--stream" : "--no-stream",
                  given.stream.has_value()),
        std::pair("--eval", given.eval.has_value()),
        std::pair("--confirm", given.confirm.has_value()),
        std::pair("--final", given.final_text.has_value())}) {
    if (is_given) kept.push_back(flag);
  }
  return listed(kept);
}

void prepare_lab(const PrepareOptions& given) {
  const Lab lab = Lab::find(".");
  const LabConfig settings = with_flags(lab.config(), given);
  const LabConfig config = resolved_config(settings, lab);
  // First, so that nobody has to give the flags again after a download that failed.
  remember(lab, settings);
  try {
    const Preparation preparation(lab, config, given);
    preparation.make_all();
    // Last, so that what fails or is stopped before leaves it as it was.
    preparation.manifest().write(lab);
  } catch (const Error& error) {
    const std::string kept = kept_flags(given);
    if (stop_requested() || kept.empty()) throw;
    fail("{}\nlab.toml keeps {}: once this is mended, `tern prepare` alone goes on", error.what(),
         kept);
  }
  say("prepared; next: tern train");
}

int prepare(const PrepareOptions& options) {
  catch_stop_signals();
  try {
    prepare_lab(options);
  } catch (const Error&) {
    if (!stop_requested()) throw;
    fmt::print(stderr, "tern: stopped; run `tern prepare` again to go on\n");
    return kStopped;
  }
  return kSuccess;
}

const RegisterCommand prepare_command(
    {.name = "prepare",
     .summary = "obtain the model and tokenise the texts",
     .group = CommandGroup::kLab,
     .place = 2,
     .description = "Obtains the lab's model and tokenises its texts into data/. What is there "
                    "already from the same\nsources is kept; a flag's value goes into lab.toml.",
     .options = runs(prepare)});

}  // namespace
}  // namespace tern
