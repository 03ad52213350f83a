#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace tern {

/// A JSON value. Objects keep the order of their keys. Parsing and printing are nlohmann-json's,
/// which only json.cc sees. Every accessor throws an Error that names the key and the kind found.
/// Whatever makes, copies or ends a value is out of line: inline it would be most of what compiling
/// a file that uses JSON takes.
class Json {
 public:
  using Array = std::vector<Json>;
  using Object = std::vector<std::pair<std::string, Json>>;

  Json();  // null
  ~Json();
  Json(const Json& other);
  Json(Json&& other) noexcept;
  Json& operator=(const Json& other);
  Json& operator=(Json&& other) noexcept;
  Json(bool value);
  Json(int value);
  Json(int64_t value);
  Json(uint64_t value);
  Json(double value);
  Json(const char* value);
  Json(std::string value);
  Json(std::string_view value);
  Json(Array value);
  Json(Object value);

  static Json array() { return Json(Array{}); }
  static Json object() { return Json(Object{}); }

  bool is_null() const { return std::holds_alternative<std::monostate>(value_); }
  bool is_bool() const { return std::holds_alternative<bool>(value_); }
  bool is_int() const { return std::holds_alternative<int64_t>(value_); }
  bool is_number() const { return is_int() || std::holds_alternative<double>(value_); }
  bool is_string() const { return std::holds_alternative<std::string>(value_); }
  bool is_array() const { return std::holds_alternative<Array>(value_); }
  bool is_object() const { return std::holds_alternative<Object>(value_); }
  /// "null", "boolean", "integer", "number", "string", "array" or "object".
  const char* kind() const;

  bool as_bool() const;
  int64_t as_int() const;
  double as_double() const;
  const std::string& as_string() const;
  const Array& items() const;
  Array& items();
  const Object& members() const;
  Object& members();

  /// The member `key`, or null when this is no object or has no such member.
  const Json* find(std::string_view key) const;
  /// The member `key`; throws when it is missing.
  const Json& at(std::string_view key) const;
  /// Sets the member `key` of an object, replacing an older one.
  Json& set(std::string_view key, Json value);
  /// Appends to an array.
  void push_back(Json value) { items().push_back(std::move(value)); }

  /// The member `key` where present and not null, else `fallback`.
  bool get(std::string_view key, bool fallback) const;
  int64_t get(std::string_view key, int64_t fallback) const;
  double get(std::string_view key, double fallback) const;
  std::string get(std::string_view key, const char* fallback) const;

  /// One line, or indented by two blanks. Bytes that are not UTF-8 are printed as U+FFFD.
  std::string dump() const;
  std::string dump_pretty() const;

  /// Parses a text; `source` names it in errors. Throws on anything that is not JSON.
  static Json parse(std::string_view text, std::string_view source);
  static Json read(const std::filesystem::path& path);

 private:
  std::variant<std::monostate, bool, int64_t, double, std::string, Array, Object> value_;
};

}  // namespace tern
