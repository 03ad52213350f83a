#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

namespace tern {

/// Remembers the ids of words lately encoded. A word has one place, given by its hash, and takes it
/// from the word before: nothing grows, and a look-up reads one cache line. Long words and words of
/// many ids are not kept.
class WordCache {
 public:
  /// This thread's cache, empty unless `owner` (a number that no other tokenizer has) used it last.
  static WordCache& of_this_thread(uint64_t owner) {
    thread_local WordCache cache;
    if (cache.owner_ != owner) cache = WordCache(owner);
    return cache;
  }

  /// The ids of the word, or an empty span. Good until the next call of remember().
  std::span<const int32_t> find(std::string_view word) const {
    if (word.size() > kMaxBytes) return {};
    const Slot& slot = slots_[place_of(word)];
    if (std::string_view(slot.word, slot.bytes) != word) return {};
    return {slot.ids, slot.count};
  }
  void remember(std::string_view word, std::span<const int32_t> ids) {
    if (word.size() > kMaxBytes || ids.size() > kMaxIds) return;
    Slot& slot = slots_[place_of(word)];
    slot.bytes = static_cast<uint8_t>(word.size());
    slot.count = static_cast<uint8_t>(ids.size());
    std::memcpy(slot.word, word.data(), word.size());
    std::memcpy(slot.ids, ids.data(), ids.size_bytes());
  }

 private:
  static constexpr size_t kMaxBytes = 22, kMaxIds = 10;  // fill a slot of 64 bytes
  static constexpr size_t kSlots = 1 << 16;              // 4 MiB

  struct alignas(64) Slot {
    uint8_t bytes = 0, count = 0;
    char word[kMaxBytes];
    int32_t ids[kMaxIds];
  };
  static_assert(sizeof(Slot) == 64);

  WordCache() = default;
  explicit WordCache(uint64_t owner) : owner_(owner), slots_(kSlots) {}

  static size_t place_of(std::string_view word) {
    return std::hash<std::string_view>{}(word) % kSlots;
  }

  uint64_t owner_ = 0;
  std::vector<Slot> slots_;
};

}  // namespace tern
