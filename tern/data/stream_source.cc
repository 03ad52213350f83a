#include "tern/data/stream_source.h"

#include <algorithm>
#include <vector>

#include "tern/base/error.h"

namespace tern {

StreamedTokens::StreamedTokens(Open open) : open_(std::move(open)) { reopen(); }

void StreamedTokens::copy_window(int64_t position, std::span<int32_t> window) {
  const int64_t begin = position * (std::ssize(window) - 1);
  if (begin < held_begin_) {
    reopen();
    held_.clear();
    held_begin_ = 0;
  }
  drop_before(begin);
  while (held_begin_ + std::ssize(held_) < begin + std::ssize(window)) {
    read_document();
    drop_before(begin);
  }
  const auto first = held_.begin() + (begin - held_begin_);
  std::copy(first, first + std::ssize(window), window.begin());
}

void StreamedTokens::reopen() {
  std::unique_ptr<TokenStream> stream = open_();
  check(
      stream != nullptr,
      "the training text cannot be read a second time: prepare a token file from it, or train for "
      "fewer steps than it lasts, without --start gptq and --sub-norm, which read it first");
  stream_ = std::move(stream);
}

void StreamedTokens::read_document() {
  std::vector<int32_t> document;
  if (!stream_->next(document)) {
    check(stream_->progress().documents > 0, "the training text holds no documents");
    reopen();
    return;
  }
  held_.insert(held_.end(), document.begin(), document.end());
}

void StreamedTokens::drop_before(int64_t begin) {
  const int64_t count = std::min(begin - held_begin_, std::ssize(held_));
  held_.erase(held_.begin(), held_.begin() + count);
  held_begin_ += count;
}

}  // namespace tern
