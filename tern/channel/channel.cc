#include "tern/channel/channel.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "tern/base/error.h"

namespace tern {
namespace {

constexpr uint64_t kMostBody = 1 << 20;  // bytes of JSON

/// What stands before each message.
struct Frame {
  uint64_t body = 0, data = 0;  // bytes
};

/// Room for one descriptor beside the bytes of a message.
union Control {
  cmsghdr header;
  char bytes[CMSG_SPACE(sizeof(int))];
};

void send_bytes(int socket, std::span<const char> bytes, int file) {
  while (!bytes.empty()) {
    iovec part = {const_cast<char*>(bytes.data()), bytes.size()};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    Control control{};
    if (file >= 0) {
      message.msg_control = control.bytes;
      message.msg_controllen = sizeof control.bytes;
      cmsghdr* const header = CMSG_FIRSTHDR(&message);
      header->cmsg_level = SOL_SOCKET;
      header->cmsg_type = SCM_RIGHTS;
      header->cmsg_len = CMSG_LEN(sizeof file);
      std::memcpy(CMSG_DATA(header), &file, sizeof file);
    }
    const ssize_t sent = ::sendmsg(socket, &message, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    check(sent > 0, "the process at the other end is gone: {}", std::strerror(errno));
    bytes = bytes.subspan(static_cast<size_t>(sent));
    file = -1;
  }
}

}  // namespace

Channel::Channel(int socket, uint64_t most_data, bool takes_files)
    : socket_(socket), most_data_(most_data), takes_files_(takes_files) {}

Channel::~Channel() { ::close(socket_); }

void Channel::send(const Json& body, std::span<const std::byte> data, int file) {
  const std::string text = body.dump();
  const Frame frame = {text.size(), data.size()};
  std::string head(reinterpret_cast<const char*>(&frame), sizeof frame);
  head += text;
  send_bytes(socket_, head, file);
  send_bytes(socket_, {reinterpret_cast<const char*>(data.data()), data.size()}, -1);
}

bool Channel::read_exactly(std::span<char> to) {
  while (!to.empty()) {
    const ssize_t got = ::recv(socket_, to.data(), to.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    to = to.subspan(static_cast<size_t>(got));
  }
  return true;
}

std::optional<Message> Channel::receive() {
  // A file comes with the first bytes of its message; without room for one the kernel closes it.
  Frame frame;
  iovec part = {&frame, sizeof frame};
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  Control control{};
  if (takes_files_) {
    header.msg_control = control.bytes;
    header.msg_controllen = sizeof control.bytes;
  }
  ssize_t got = 0;
  do {
    got = ::recvmsg(socket_, &header, MSG_CMSG_CLOEXEC | MSG_WAITALL);
  } while (got < 0 && errno == EINTR);
  if (got != sizeof frame) return std::nullopt;
  Message message;
  const cmsghdr* const sent = takes_files_ ? CMSG_FIRSTHDR(&header) : nullptr;
  if (sent != nullptr && sent->cmsg_type == SCM_RIGHTS) {
    std::memcpy(&message.file, CMSG_DATA(sent), sizeof message.file);
  }
  check(frame.body <= kMostBody && frame.data <= most_data_,
        "a message may have {} bytes and {} of data, found {} and {}", kMostBody, most_data_,
        frame.body, frame.data);
  std::string text(frame.body, '\0');
  message.data.resize(frame.data);
  if (!read_exactly(text) || !read_exactly(message.data)) return std::nullopt;
  message.body = Json::parse(text, "a message");
  return message;
}

bool Channel::closed() const {
  pollfd socket = {socket_, 0, 0};
  return ::poll(&socket, 1, 0) == 1;
}

SocketPair make_socket_pair() {
  int ends[2];
  check(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0,
        "cannot make a pair of sockets: {}", std::strerror(errno));
  return {ends[0], ends[1]};
}

}  // namespace tern
