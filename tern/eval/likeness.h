#pragma once

#include <filesystem>

namespace tern {

/// Throws an Error, naming what differs, unless the model of one folder has the configuration, read
/// as a whole, and the tokenizer of the other's: a model of another shape does another task, and
/// its perplexity says nothing about a recipe.
void require_like(const std::filesystem::path& model, const std::filesystem::path& base);

}  // namespace tern
