#pragma once

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <string_view>

namespace tern {

/// Columns of the terminal behind a file descriptor; of another file what COLUMNS says, else 80.
inline int terminal_width(int fd) {
  constexpr int kUsual = 80;
  winsize size{};
  if (::ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  const char* columns = std::getenv("COLUMNS");
  const int told = columns == nullptr ? 0 : std::atoi(columns);
  return told > 0 ? told : kUsual;
}

/// The beginning of a line that leaves the last of so many columns free, since a terminal may go on
/// to the next row behind it, and a line that is to be drawn over would stay. A character of UTF-8
/// counts as one column.
inline std::string_view fitting(std::string_view line, int columns) {
  int used = 0;
  for (size_t i = 0; i < line.size(); ++i) {
    const bool begins = (static_cast<unsigned char>(line[i]) & 0xC0U) != 0x80;
    if (begins && ++used >= std::max(columns, 2)) return line.substr(0, i);
  }
  return line;
}

}  // namespace tern
