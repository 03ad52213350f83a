#include "tern/data/tokenize.h"

#include <condition_variable>
#include <exception>
#include <map>
#include <mutex>
#include <string>
#include <thread>

#include "tern/base/error.h"
#include "tern/data/token_file.h"

namespace tern {

DocumentEncoder::DocumentEncoder(Tokenizer tokenizer) : tokenizer_(std::move(tokenizer)) {
  if (tokenizer_.adds_bos()) prefix_.push_back(tokenizer_.bos_id().value());
  std::optional<int32_t> end = tokenizer_.token_to_id(kEndOfText);
  if (!end) end = tokenizer_.eos_id();
  check(end.has_value(),
        "the tokenizer has no token that ends a document: expected {} in its vocabulary or an "
        "eos_token in tokenizer_config.json beside it",
        kEndOfText);
  end_of_text_ = *end;
}

void DocumentEncoder::encode(std::string_view text, std::vector<int32_t>& tokens) const {
  tokens.insert(tokens.end(), prefix_.begin(), prefix_.end());
  tokenizer_.encode(text, tokens);
  tokens.push_back(end_of_text_);
}

/// Documents under way: each worker takes the next one from the reader, with its number, encodes it
/// and puts it back; the consumer picks them up by number.
class TokenStream::Queue {
 public:
  struct Document {
    int64_t number = 0;
    int64_t replaced = 0;
    std::string text;
    std::vector<int32_t> tokens;
    std::exception_ptr error;
  };

  Queue(DocumentReader reader, Tokenizer tokenizer, int threads)
      : reader_(std::move(reader)), encoder_(std::move(tokenizer)) {
    for (int i = 0; i < threads; ++i) workers_.emplace_back([this] { work(); });
  }

  ~Queue() {
    stop();
    for (std::thread& worker : workers_) worker.join();
  }

  void stop() {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    room_.notify_all();
  }

  /// The next document in order; false behind the last and after stop().
  bool pop(Document& document) {
    std::unique_lock lock(mutex_);
    ready_.wait(lock, [&] {
      return finished_.contains(popped_) || (all_read_ && popped_ == taken_) || stopping_;
    });
    if (stopping_ || !finished_.contains(popped_)) return false;
    document = std::move(finished_.extract(popped_).mapped());
    ++popped_;
    bytes_under_way_ -= document.text.size();
    room_.notify_one();
    return true;
  }

  const Tokenizer& tokenizer() const { return encoder_.tokenizer(); }

 private:
  // Ahead of the consumer: enough to keep every thread busy, little enough to hold.
  static constexpr int64_t kMaxDocuments = 1024;
  static constexpr size_t kMaxBytes = size_t{64} << 20;

  bool has_room() const { return taken_ - popped_ < kMaxDocuments && bytes_under_way_ < kMaxBytes; }

  void work() {
    Document document;
    while (take(document)) {
      try {
        if (!document.error) encoder_.encode(document.text, document.tokens);
      } catch (...) {
        document.error = std::current_exception();
      }
      const std::lock_guard lock(mutex_);
      finished_.emplace(document.number, std::move(document));
      ready_.notify_one();
    }
  }

  /// Reads the next document once there is room for it; false at the end. What the reader throws
  /// takes the place of the document and is the last that is read.
  bool take(Document& document) {
    const std::lock_guard reading(reader_mutex_);
    {
      std::unique_lock lock(mutex_);
      room_.wait(lock, [&] { return stopping_ || all_read_ || has_room(); });
      if (stopping_ || all_read_) return false;
    }
    document = {};
    bool found = true;
    try {
      found = reader_.next(document.text);
    } catch (...) {
      document.error = std::current_exception();
    }
    document.replaced = reader_.replaced();
    const std::lock_guard lock(mutex_);
    all_read_ = !found || document.error;
    if (!found) ready_.notify_one();
    if (found) document.number = taken_++;
    bytes_under_way_ += document.text.size();
    return found;
  }

  std::mutex reader_mutex_;  // taken before mutex_, and held while the reader waits for its source
  DocumentReader reader_;
  const DocumentEncoder encoder_;

  std::mutex mutex_;
  std::condition_variable room_;
  std::condition_variable ready_;
  std::map<int64_t, Document> finished_;
  int64_t taken_ = 0;
  int64_t popped_ = 0;
  size_t bytes_under_way_ = 0;
  bool all_read_ = false;
  bool stopping_ = false;

  std::vector<std::thread> workers_;
};

TokenStream::TokenStream(DocumentReader reader, Tokenizer tokenizer, TokenizeOptions options)
    : source_(reader.name()), max_tokens_(options.max_tokens) {
  check(options.threads > 0, "expected at least one thread to tokenise with, found {}",
        options.threads);
  queue_ = std::make_unique<Queue>(std::move(reader), std::move(tokenizer), options.threads);
}

TokenStream::~TokenStream() = default;

const Tokenizer& TokenStream::tokenizer() const { return queue_->tokenizer(); }

bool TokenStream::next(std::vector<int32_t>& tokens) {
  Queue::Document document;
  if (!queue_->pop(document)) return false;
  if (document.error) std::rethrow_exception(document.error);
  progress_.documents += 1;
  progress_.tokens += std::ssize(document.tokens);
  progress_.bytes += std::ssize(document.text);
  progress_.replaced = document.replaced;
  if (max_tokens_ > 0 && progress_.tokens >= max_tokens_) queue_->stop();
  tokens = std::move(document.tokens);
  return true;
}

void write_token_file(const std::filesystem::path& path, TokenStream& stream,
                      const std::function<void(const TokenizeProgress&)>& on_progress) {
  const Tokenizer& tokenizer = stream.tokenizer();
  TokenFileWriter writer(path, tokenizer.vocab_size(), tokenizer.hash());
  std::vector<int32_t> document;
  while (stream.next(document)) {
    writer.append(document);
    if (on_progress) on_progress(stream.progress());
  }
  check(stream.progress().documents > 0, "{}: there is no text in it to make {} from",
        stream.source(), path.string());
  writer.commit();
}

}  // namespace tern
