#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <span>

#include "tern/data/token_source.h"
#include "tern/data/tokenize.h"

namespace tern {

/// Training tokens straight from a stream, in reading order, tokenised in the background while
/// training consumes them. Window p begins p * T tokens into the stream; behind the stream's end it
/// is opened again. Reaching a later position reads what lies before it, an earlier one starts
/// over.
class StreamedTokens : public TextWindows {
 public:
  /// Opens the stream at its beginning; null when it cannot be read another time (a pipe).
  using Open = std::function<std::unique_ptr<TokenStream>()>;

  explicit StreamedTokens(Open open);

 protected:
  /// Throws when the stream has ended and cannot be opened again, or has no documents.
  void copy_window(int64_t position, std::span<int32_t> window) override;

 private:
  void reopen();
  void read_document();
  void drop_before(int64_t begin);

  Open open_;
  std::unique_ptr<TokenStream> stream_;
  std::deque<int32_t> held_;
  int64_t held_begin_ = 0;  // index of held_'s first token, counted from the start of training
};

}  // namespace tern
