#include "tern/lab_files/fingerprint.h"

#include <algorithm>
#include <vector>

#include "tern/base/error.h"
#include "tern/base/file.h"
#include "tern/base/sha256.h"

namespace tern {
namespace fs = std::filesystem;

std::string fingerprint_of_file(const fs::path& path) {
  constexpr size_t kPieces = 64, kPieceBytes = 64 << 10;
  const MappedFile file(path);
  const size_t size = file.bytes().size();
  Sha256 hash;
  const uint64_t length = size;
  hash.update(&length, sizeof length);
  if (size <= kPieces * kPieceBytes) {
    hash.update(file.bytes().data(), size);
  } else {
    for (size_t i = 0; i < kPieces; ++i) {
      const size_t begin = (size - kPieceBytes) / (kPieces - 1) * i;
      const bool last = i + 1 == kPieces;
      hash.update(file.bytes().data() + (last ? size - kPieceBytes : begin), kPieceBytes);
    }
  }
  return hash.hex_digest();
}

std::string fingerprint_of_model(const fs::path& folder) {
  std::vector<fs::path> files = {folder / "config.json"};
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ".safetensors") files.push_back(entry.path());
  }
  check(files.size() > 1, "{}: there is no .safetensors file in this folder", folder.string());
  std::sort(files.begin() + 1, files.end());
  std::string all;
  for (const fs::path& file : files) {
    all += file.filename().string() + " " + fingerprint_of_file(file) + "\n";
  }
  return sha256_of(all);
}

}  // namespace tern
