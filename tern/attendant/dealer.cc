#include "tern/attendant/dealer.h"

#include "tern/base/error.h"
#include "tern/data/sampler.h"
#include "tern/data/stream_source.h"
#include "tern/data/text_source.h"
#include "tern/train/teacher_choice.h"

namespace tern {
namespace {

constexpr int64_t kMostTokens = 1 << 26;  // in one batch

}  // namespace

Batch Dealer::windows(const WindowsRequest& request) {
  const int64_t B = request.B, T = request.T;
  check(request.position >= 0 && B > 0 && T > 0 && T <= context_ && B <= kMostTokens / T,
        "expected position >= 0 and a batch of at most {} tokens, in windows of at most {}, found "
        "position {} and {} x {}",
        kMostTokens, context_, request.position, B, T);
  const auto use = static_cast<WindowUse>(request.use);
  if (use == WindowUse::kComparison) {
    check(request.position == 0 && B == 1,
          "models are compared on the window at position 0, not on {} from position {}", B,
          request.position);
    return comparison(request.seed, T);
  }
  TokenSource& source = text(request.seed);
  if (use == WindowUse::kStart) {
    meter_.deal_for_start(B * T, T);
  } else {
    check(use == WindowUse::kTraining, "text is not dealt for use {}", request.use);
    meter_.deal(B * T, request.step_tokens);
  }
  Batch batch = source.batch(request.position, B, T);
  if (use == WindowUse::kTraining) dealt_[T].insert(batch.windows.begin(), batch.windows.end());
  return batch;
}

Batch Dealer::comparison(int64_t seed, int64_t T) {
  check(T > 0 && T <= context_, "models are compared on a window of 1 to {} tokens, not of {}",
        context_, T);
  check(!compared_ || *compared_ == T,
        "models are compared on one window, which nobody counts; it had {} tokens, and not {}",
        compared_.value_or(0), T);
  compared_ = T;
  return text(seed).batch(0, 1, T);
}

TokenSource& Dealer::text(int64_t seed) {
  if (!text_) text_ = open_text(seed), seed_ = seed;
  check(seed == seed_,
        "the text is dealt to a run in the order of one seed, which was {}, not in that of {}",
        seed_, seed);
  return *text_;
}

std::unique_ptr<TokenSource> Dealer::open_text(int64_t seed) {
  if (manifest_.train_source.empty()) {
    TokenFile file(lab_.train_tokens());
    check(file.info().tokenizer_sha256 == manifest_.tokenizer_sha256,
          "{}: made with another tokenizer than the lab's model has; run `tern prepare` again",
          lab_.train_tokens().string());
    return std::make_unique<ShuffledWindows>(std::move(file), static_cast<uint64_t>(seed));
  }
  const std::string source = manifest_.train_source;
  const Tokenizer tokenizer = Tokenizer::load(manifest_.model);
  const bool once = !can_read_again(source);
  return std::make_unique<StreamedTokens>(
      [=, read = stream_read_]() -> std::unique_ptr<TokenStream> {
        if (std::exchange(*read, true) && once) return nullptr;
        DocumentReader reader(open_text_source(source), {.format = document_format_of(source)});
        return std::make_unique<TokenStream>(std::move(reader), tokenizer);
      });
}

TeacherAnswer Dealer::open_teacher(const TeacherRequest& request) {
  const TeacherOptions options = {.length = request.length,
                                  .top_k = request.top_k,
                                  .temperature = static_cast<float>(request.temperature),
                                  .hidden_blocks = request.hidden_blocks,
                                  .attention_block = request.attention_block};
  options.check();
  const bool stream = !manifest_.train_source.empty();
  TeacherChoice choice =
      choose_teacher(manifest_.model, stream ? std::filesystem::path() : lab_.train_tokens(),
                     lab_.teacher(), options);
  teacher_ = std::move(choice.cache);
  return {.note = choice.note, .windows = teacher_ ? teacher_->windows() : 0};
}

std::string Dealer::record(int64_t window) const {
  check(teacher_ != nullptr && teacher_->has(window), "the teacher's cache has no window {}",
        window);
  const auto dealt = dealt_.find(teacher_->info().length);
  check(dealt != dealt_.end() && dealt->second.contains(window),
        "the teacher answers for window {} once its text was dealt to be trained on", window);
  return teacher_->record(window);
}

}  // namespace tern
