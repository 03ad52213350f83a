#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "tern/base/byte_source.h"
#include "tern/io/hub_progress.h"

namespace tern {

/// What a text is for: each use has demo stories of its own.
enum class TextUse { train, eval, confirm };

/// The stories behind the text "demo": 4 MB to train on, a quarter of a megabyte each to score on.
std::string demo_text(TextUse use);

struct TextAccess {
  TextUse use = TextUse::train;
  /// Told how far the download of a zip archive is; false stops it. May be empty.
  HubProgressSink progress = {};
  /// False stops waiting for the network. May be empty.
  std::function<bool()> keep_going = {};
};

/// Opens a text, unpacked while it is read:
///
///     demo                                    stories that Tern makes up
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
