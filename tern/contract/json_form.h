#pragma once

#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tern/base/error.h"
#include "tern/base/fields.h"
#include "tern/base/json.h"

// The JSON form of what crosses between the recipe's process, the evaluator and the harness: a
// struct that names its fields (TERN_FIELDS) is written and read by them, so writer and reader
// cannot drift apart. An optional that is empty is null; a key that is missing is an error, except
// for an optional; a key that is not known is left to newer readers.

namespace tern {

inline Json json_of(bool value) { return value; }
inline Json json_of(int value) { return value; }
inline Json json_of(int64_t value) { return value; }
inline Json json_of(uint64_t value) { return value; }
inline Json json_of(double value) { return value; }
inline Json json_of(const std::string& value) { return value; }
inline Json json_of(const Json& value) { return value; }
template <HasFields T>
Json json_of(const T& value);

template <class T>
Json json_of(const std::optional<T>& value) {
  return value ? json_of(*value) : Json();
}

template <class T>
Json json_of(const std::vector<T>& values) {
  Json all = Json::array();
  for (const T& value : values) all.push_back(json_of(value));
  return all;
}

template <HasFields T>
Json json_of(const T& value) {
  Json object = Json::object();
  value.fields([&](std::string_view name, const auto& field) { object.set(name, json_of(field)); });
  return object;
}

inline void read_json(const Json& json, bool& out) { out = json.as_bool(); }
template <std::integral T>
void read_json(const Json& json, T& out) {
  const int64_t number = json.as_int();
  check(std::in_range<T>(number), "expected a number of {} to {}, found {}",
        std::numeric_limits<T>::min(), std::numeric_limits<T>::max(), number);
  out = static_cast<T>(number);
}
/// JSON has no word for a number that is none, so it is written as null.
inline void read_json(const Json& json, double& out) {
  out = json.is_null() ? std::numeric_limits<double>::quiet_NaN() : json.as_double();
}
inline void read_json(const Json& json, std::string& out) { out = json.as_string(); }
inline void read_json(const Json& json, Json& out) { out = json; }
template <HasFields T>
void read_json(const Json& json, T& out);

template <class T>
void read_json(const Json& json, std::optional<T>& out) {
  if (json.is_null()) {
    out.reset();
  } else {
    read_json(json, out.emplace());
  }
}

template <class T>
void read_json(const Json& json, std::vector<T>& out) {
  out.clear();
  for (const Json& item : json.items()) read_json(item, out.emplace_back());
}

namespace detail {
template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;
}  // namespace detail

template <HasFields T>
void read_json(const Json& json, T& out) {
  out.fields([&]<class Field>(std::string_view name, Field& field) {
    const Json* found = json.find(name);
    if constexpr (detail::is_optional<Field>) {
      if (found == nullptr) return field.reset();
    }
    check(found != nullptr, "\"{}\" is missing", name);
    try {
      read_json(*found, field);
    } catch (const Error& e) {
      fail("{}: {}", name, e.what());
    }
  });
}

/// The JSON object in a program's output, which may hold other lines as well; empty where there is
/// none.
inline std::string_view json_object_in(std::string_view output) {
  const size_t begin = output.find('{'), end = output.rfind('}');
  if (begin == output.npos || end == output.npos || end < begin) return {};
  return output.substr(begin, end + 1 - begin);
}

/// A struct from its JSON form; throws an Error that names the field.
template <HasFields T>
T from_json(const Json& json) {
  check(json.is_object(), "expected a JSON object, found {}", json.kind());
  T value;
  read_json(json, value);
  return value;
}

}  // namespace tern
