#pragma once

#include <functional>
#include <string>

#include "tern/base/error.h"

namespace tern {

/// For tests: the message of the Error that `body` throws, or "no error".
inline std::string error_message(const std::function<void()>& body) {
  try {
    body();
  } catch (const Error& e) {
    return e.what();
  }
  return "no error";
}

}  // namespace tern
