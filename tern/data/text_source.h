#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "tern/base/byte_source.h"
#include "tern/io/hub_progress.h"

namespace tern {

/// What a text is for.
enum class TextUse { train, eval, confirm, final };

struct TextAccess {
  /// What decides, beside its name, a text that is made up.
  TextUse use = TextUse::train;
  uint64_t data_seed = 0;
  /// Told how far the download of a zip archive is; false stops it. May be empty.
  HubProgressSink progress = {};
  /// False stops waiting for the network. May be empty.
  std::function<bool()> keep_going = {};
};

/// Texts that the program makes up itself, by name: "demo" where the layer of that name is linked.
/// A recipe's program makes up none.
using MadeUpText = std::function<std::unique_ptr<ByteSource>(const TextAccess&)>;
std::map<std::string, MadeUpText>& made_up_texts();

/// Opens a text, unpacked while it is read:
///
///     demo                                    one of made_up_texts()
///     hf://datasets/org/name/file.txt         a file on the Hugging Face hub, plain or gzip
///     hf://datasets/org/name/file.zip!member  a zip archive there, which goes into the hub's cache
///     https://host/file.txt.gz                any URL, plain or gzip
///     file.txt, file.gz, file.zip!member, -   a local file, or standard input
///
/// Throws an Error that names the text when it cannot be opened.
std::unique_ptr<ByteSource> open_text_source(const std::string& text,
                                             const TextAccess& access = {});

/// False for standard input and other pipes, whose text is gone once it is read.
bool can_read_again(const std::string& text);

}  // namespace tern
