#include "tern/eval/likeness.h"

#include "tern/base/error.h"
#include "tern/model/llama_config.h"
#include "tern/text/tokenizer.h"

namespace tern {
namespace fs = std::filesystem;

void require_like(const fs::path& model, const fs::path& base) {
  const Json mine = LlamaConfig::read(model / "config.json").to_json();
  const Json theirs = LlamaConfig::read(base / "config.json").to_json();
  for (const auto& [key, wanted] : theirs.members()) {
    const std::string found = mine.at(key).dump();
    check(found == wanted.dump(),
          "the saved model has {} = {}, the lab's has {}; another shape is another "
          "task",
          key, found, wanted.dump());
  }
  const std::string mine_hash = Tokenizer::load(model).hash(),
                    wanted = Tokenizer::load(base).hash();
  check(mine_hash == wanted, "the saved model has the tokenizer {:.12}, the lab's has {:.12}",
        mine_hash, wanted);
}

}  // namespace tern
