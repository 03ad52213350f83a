#pragma once

#include <cstdint>
#include <string_view>

namespace tern {

/// CRC-32C (Castagnoli), as RFC 3720 defines it; of "123456789" it is 0xE3069283.
uint32_t crc32c(std::string_view bytes);

}  // namespace tern
