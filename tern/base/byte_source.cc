#include "tern/base/byte_source.h"

namespace tern {

std::string read_all(ByteSource& source) {
  std::string out;
  std::string chunk(1 << 16, '\0');
  while (const size_t bytes = source.read(chunk.data(), chunk.size())) out.append(chunk, 0, bytes);
  return out;
}

}  // namespace tern
