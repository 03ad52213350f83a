#include "tern/text/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "tern/base/error.h"

namespace tern {
namespace {

std::string message_of(int code) {
  PCRE2_UCHAR buffer[256];
  pcre2_get_error_message(code, buffer, sizeof buffer);
  return reinterpret_cast<const char*>(buffer);
}

PCRE2_SPTR bytes_of(std::string_view text) { return reinterpret_cast<PCRE2_SPTR>(text.data()); }

/// What a search writes to: one per thread, so that the compiled code can be shared.
class Workspace {
 public:
  // Two offset pairs: the match and its first group. The stack may grow to 8 MiB, since patterns
  // that backtrack over long runs outgrow the 32 KiB that PCRE2 takes by default.
  Workspace()
      : data_(pcre2_match_data_create(2, nullptr)),
        context_(pcre2_match_context_create(nullptr)),
        stack_(pcre2_jit_stack_create(32 << 10, 8 << 20, nullptr)) {
    pcre2_jit_stack_assign(context_, nullptr, stack_);
  }
  ~Workspace() {
    pcre2_jit_stack_free(stack_);
    pcre2_match_context_free(context_);
    pcre2_match_data_free(data_);
  }
  Workspace(const Workspace&) = delete;
  Workspace& operator=(const Workspace&) = delete;

  pcre2_match_data* data() { return data_; }
  pcre2_match_context* context() { return context_; }

 private:
  pcre2_match_data* data_;
  pcre2_match_context* context_;
  pcre2_jit_stack* stack_;
};

}  // namespace

struct Regex::Code {
  explicit Code(std::string_view pattern) {
    int error = 0;
    PCRE2_SIZE offset = 0;
    compiled = pcre2_compile(bytes_of(pattern), pattern.size(), PCRE2_UTF | PCRE2_UCP, &error,
                             &offset, nullptr);
    check(compiled != nullptr, "the regular expression \"{}\" is malformed at byte {}: {}", pattern,
          offset, message_of(error));
    // Where there is no JIT, pcre2_match interprets the same code.
    pcre2_jit_compile(compiled, PCRE2_JIT_COMPLETE);
  }
  ~Code() { pcre2_code_free(compiled); }
  Code(const Code&) = delete;
  Code& operator=(const Code&) = delete;

  pcre2_code* compiled;
};

Regex::Regex(std::string_view pattern) : code_(std::make_shared<Code>(pattern)) {}

std::string Regex::quote(std::string_view literal) {
  constexpr std::string_view kSpecial = R"(\^$.|?*+()[]{}-#)";
  std::string out;
  for (const char c : literal) {
    if (kSpecial.find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

std::optional<Regex::Match> Regex::find(std::string_view text, size_t from) const {
  thread_local Workspace workspace;
  const int found =
      pcre2_match(code_->compiled, bytes_of(text), text.size(), from,
                  PCRE2_NO_UTF_CHECK | PCRE2_NOTEMPTY, workspace.data(), workspace.context());
  if (found == PCRE2_ERROR_NOMATCH) return std::nullopt;
  if (found < 0) {
    fail("the regular expression gave up at byte {} of a text of {} bytes: {}", from, text.size(),
         message_of(found));
  }
  const PCRE2_SIZE* offsets = pcre2_get_ovector_pointer(workspace.data());
  return Match{offsets[0], offsets[1], offsets[2], offsets[3]};
}

std::string Regex::replace_all(std::string_view text, std::string_view replacement) const {
  std::string out;
  out.reserve(text.size() + text.size() / 4);
  size_t at = 0;
  while (const auto match = find(text, at)) {
    out.append(text.substr(at, match->begin - at));
    out.append(replacement);
    at = match->end;
  }
  return out.append(text.substr(at));
}

}  // namespace tern
