#pragma once

#include <filesystem>

#include "tern/base/error.h"
#include "tern/model/llama.h"

namespace tern {

/// Reads a full-precision model in the Hugging Face layout from a folder: config.json and
/// model.safetensors, or shards with an index; F32, F16 or BF16, memory-mapped. Throws an Error
/// that names the file when a tensor is missing or has another shape than config.json states, and
/// before allocating when memory does not suffice.
Llama load_llama(const std::filesystem::path& folder, const LlamaOptions& options);

/// Writes config.json and model.safetensors (F32) into a folder, which is made if missing.
void save_llama(const Llama& model, const std::filesystem::path& folder);

/// Copies the tokenizer's files from one model folder to another.
void copy_tokenizer(const std::filesystem::path& from, const std::filesystem::path& to);

/// Throws `error` again with the folder in front, unless its message names it already.
[[noreturn]] void rethrow_naming(const std::filesystem::path& folder, const Error& error);

/// Fills a parameter from the model's tensor of that name, converting to float32.
void read_parameter(const class SafetensorsModel& file, const Parameter& parameter);

/// Throws when the file has a layer behind the last that the configuration states.
void refuse_more_layers(const class SafetensorsModel& file, const LlamaConfig& config);

}  // namespace tern
