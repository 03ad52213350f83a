#include "demo/demo_source.h"

#include <memory>

#include "demo/demo_text.h"
#include "tern/base/error.h"
#include "tern/io/memory_source.h"
#include "tern/lab_files/data_seed.h"

namespace tern {
namespace {

int64_t number_of_stories(TextUse use) {
  switch (use) {
    case TextUse::train:
      return 5000;
    case TextUse::eval:
    case TextUse::confirm:
    case TextUse::final:
      return 300;
  }
  fail("there are no demo stories for use {}", static_cast<int>(use));
}

uint64_t story_seed(TextUse use, uint64_t data_seed) {
  const uint64_t number = static_cast<uint64_t>(use) + 1;
  if (data_seed == kPublicDataSeed) return number;
  return derived_seed(data_seed, fmt::format("demo stories {}", number));
}

[[maybe_unused]] const bool registered =
    made_up_texts()
        .emplace("demo",
                 [](const TextAccess& access) {
                   return std::make_unique<MemorySource>(demo_text(access.use, access.data_seed),
                                                         "demo");
                 })
        .second;

}  // namespace

std::string demo_text(TextUse use, uint64_t data_seed) {
  return demo_stories(number_of_stories(use), story_seed(use, data_seed));
}

std::string demo_base_text() { return demo_text(TextUse::train, kPublicDataSeed); }

}  // namespace tern
