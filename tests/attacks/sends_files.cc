// tries: to fill the attendant with open files, sent along with its messages
//
// expect: nothing reached

#include "tests/attacks/attack.h"

using namespace attack;

int main() {
  begin();
  const int file = ::open("file", O_RDWR | O_CREAT, 0600);
  for (int message = 0; message < 300; ++message) {
    alignas(cmsghdr) char control[CMSG_SPACE(100 * sizeof(int))] = {};
    const std::string body = R"({"ask": "nothing"})";
    uint64_t frame[2] = {body.size(), 0};
    iovec parts[] = {{frame, sizeof frame}, {const_cast<char*>(body.data()), body.size()}};
    msghdr header{};
    header.msg_iov = parts, header.msg_iovlen = 2;
    header.msg_control = control, header.msg_controllen = sizeof control;
    cmsghdr* const files = CMSG_FIRSTHDR(&header);
    files->cmsg_level = SOL_SOCKET, files->cmsg_type = SCM_RIGHTS;
    files->cmsg_len = CMSG_LEN(100 * sizeof(int));
    for (int i = 0; i < 100; ++i) std::memcpy(CMSG_DATA(files) + 4 * i, &file, 4);
    if (::sendmsg(0, &header, MSG_NOSIGNAL) < 0) break;
    if (!hear().came) break;
  }
  if (!memory().came) reached("the attendant has ended");
}
