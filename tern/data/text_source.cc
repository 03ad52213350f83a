#include "tern/data/text_source.h"

#include <string_view>

#include "tern/base/error.h"
#include "tern/io/compressed.h"
#include "tern/io/file_source.h"
#include "tern/io/hub.h"
#include "tern/io/zip_source.h"

namespace tern {
namespace {

/// The place of the mark in "archive.zip!member"; npos when the text names no member.
size_t member_mark(std::string_view text) {
  const size_t mark = text.rfind(".zip!");
  return mark == std::string_view::npos ? mark : mark + std::string_view(".zip").size();
}

std::unique_ptr<ByteSource> open_from_hub(const std::string& text, const TextAccess& access) {
  HubOptions options = HubOptions::from_environment();
  options.http.keep_going = access.keep_going;
  const Hub hub(options);
  const size_t mark = member_mark(text);
  const HubFile file = parse_hub_spec(text.substr(0, mark));
  if (mark == std::string::npos && !text.ends_with(".zip")) return hub.open(file);
  const std::string member = mark == std::string::npos ? "" : text.substr(mark + 1);
  return open_zip_member(hub.download(file, access.progress), member);
}

std::unique_ptr<ByteSource> open_from_web(const std::string& url, const TextAccess& access) {
  check(member_mark(url) == std::string::npos,
        "{}: a zip archive cannot be read from a URL; download it and name the local file", url);
  HttpOptions http;
  http.keep_going = access.keep_going;
  return decompress(open_url(url, http));
}

}  // namespace

std::map<std::string, MadeUpText>& made_up_texts() {
  static std::map<std::string, MadeUpText> texts;
  return texts;
}

std::unique_ptr<ByteSource> open_text_source(const std::string& text, const TextAccess& access) {
  const auto made_up = made_up_texts().find(text);
  if (made_up != made_up_texts().end()) return made_up->second(access);
  if (text.starts_with("hf://")) return open_from_hub(text, access);
  if (text.starts_with("http://") || text.starts_with("https://")) {
    return open_from_web(text, access);
  }
  return open_file_source(text);
}

bool can_read_again(const std::string& text) {
  std::error_code not_a_file;
  return text != "-" && !std::filesystem::is_fifo(text, not_a_file);
}

}  // namespace tern
