// tries: to get any socket, or to connect, name or accept with the one that it has
//
// expect: refused EACCES

#include <netinet/in.h>
#include <sys/un.h>

#include "tests/attacks/attack.h"

using namespace attack;

int main() {
  for (int family = 1; family < 46; ++family) {
    for (const int type : {SOCK_STREAM, SOCK_DGRAM, SOCK_RAW, SOCK_SEQPACKET}) {
      attempt(text_of("family %d, type %d", family, type), ::socket(family, type, 0));
    }
  }
  int pair[2];
  for (const int type : {SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET}) {
    attempt("pair", ::socketpair(AF_UNIX, type, 0, pair));
  }
  sockaddr_un name = {AF_UNIX, "\0tern-attack"};
  const auto* address = reinterpret_cast<const sockaddr*>(&name);
  attempt("bind", ::bind(0, address, sizeof name));
  attempt("connect", ::connect(0, address, sizeof name));
  attempt("listen", ::listen(0, 1));
  attempt("accept", ::accept(0, nullptr, nullptr));
}
