#pragma once

#include <functional>
#include <string>

#include "tern/lab_files/lab.h"

namespace tern::loop {

/// Where a language model is asked, and in which dialect.
struct LlmEndpoint {
  enum class Api { kOpenAi, kAnthropic };

  Api api = Api::kOpenAi;
  std::string base;    // without a slash at its end; OpenAI's holds the /v1, Anthropic's does not
  std::string model;   // "default" where a local server needs no name
  std::string key;     // empty: a local server without one
  bool bearer = true;  // the key goes into Authorization, else into x-api-key

  /// "http://localhost:8080/v1", without a user's name and password.
  std::string shown_base() const;
};

/// The value of an environment variable, or "".
using Environment = std::function<std::string(const char* name)>;
std::string process_environment(const char* name);

/// The endpoint of lab.toml's [llm]; what it leaves open is in the environment: OPENAI_API_KEY,
/// OPENAI_BASE_URL or OPENAI_API_BASE, OPENAI_MODEL; ANTHROPIC_API_KEY or ANTHROPIC_AUTH_TOKEN,
/// ANTHROPIC_BASE_URL, ANTHROPIC_MODEL. OpenAI's go before where both are set and llm.api does not
/// say. Throws an Error that says what to set.
LlmEndpoint llm_endpoint(const LlmConfig& config,
                         const Environment& environment = process_environment);

}  // namespace tern::loop
