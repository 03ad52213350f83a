#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "tern/base/json.h"

namespace tern {

/// What one side of a channel says to the other.
struct Message {
  Json body;
  std::string data;  // numbers that are too many for JSON
  int file = -1;     // an open file, which the receiver has to close; -1: none
};

/// One end of a pair of connected stream sockets, through which a recipe's process and its
/// attendant talk. The other side may be an unread program: what it sends is bounded, and nothing
/// that it sends does more than throw an Error here.
class Channel {
 public:
  /// Takes over the socket. A message that comes in may have so many bytes of data, and a file
  /// where `takes_files` is true.
  Channel(int socket, uint64_t most_data, bool takes_files);
  ~Channel();
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  /// Throws when the other side is gone.
  void send(const Json& body, std::span<const std::byte> data = {}, int file = -1);
  /// The next message; nothing when the other side is gone.
  std::optional<Message> receive();
  /// True once the other side is gone, whatever it has sent before.
  bool closed() const;

 private:
  bool read_exactly(std::span<char> to);

  int socket_;
  uint64_t most_data_;
  bool takes_files_;
};

/// Two sockets that are connected with each other, closed on exec.
struct SocketPair {
  int ours = -1, theirs = -1;
};
SocketPair make_socket_pair();

}  // namespace tern
