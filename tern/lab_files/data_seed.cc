#include "tern/lab_files/data_seed.h"

#include <charconv>
#include <random>

#include "tern/base/error.h"
#include "tern/base/file.h"
#include "tern/base/sha256.h"

namespace tern {
namespace fs = std::filesystem;

fs::path data_seed_file(const fs::path& lab) { return lab / ".tern" / "data-seed"; }

int64_t draw_data_seed() {
  std::random_device chance;
  const uint64_t bits = (uint64_t{chance()} << 32) | chance();
  return static_cast<int64_t>(bits >> 1);
}

void write_data_seed(const fs::path& lab, int64_t seed) {
  fs::create_directories(data_seed_file(lab).parent_path());
  write_file_atomically(data_seed_file(lab), fmt::format("{}\n", seed));
}

int64_t data_seed(const Lab& lab) {
  const fs::path file = data_seed_file(lab.root());
  if (!fs::exists(file)) write_data_seed(lab.root(), draw_data_seed());
  const std::string text = read_file(file);
  int64_t seed = -1;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), seed).ptr;
  check(seed >= 0 && std::string_view(end, text.data() + text.size() - end) == "\n",
        "{}: expected a number of 0 or more, found \"{}\"; remove the file and run `tern prepare`",
        file.string(), text);
  return seed;
}

uint64_t derived_seed(uint64_t data_seed, std::string_view purpose) {
  const std::string hash = sha256_of(fmt::format("{} of data seed {}", purpose, data_seed));
  return std::stoull(hash.substr(0, 16), nullptr, 16);
}

}  // namespace tern
