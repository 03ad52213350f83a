// tries: to have outside files under names of its own, by links, exchanges and descriptors
//
// expect: refused

#include "tests/attacks/attack.h"

using namespace attack;

int main(int argc, char** argv) {
  const Place place(argc, argv);
  constexpr int kExchange = 2;
  for (const char* name : {"data/train.tokens", "model/config.json", ".tern/ledger.jsonl"}) {
    const std::string path = place.in_lab(name);
    attempt("hard link " + path, ::link(path.c_str(), "hard"));
    attempt("followed " + path,
            ::linkat(AT_FDCWD, path.c_str(), AT_FDCWD, "hard", AT_SYMLINK_FOLLOW));
    const int seen = ::open(path.c_str(), O_PATH);
    attempt("by descriptor " + path, ::linkat(seen, "", AT_FDCWD, "hard", AT_EMPTY_PATH));
    write_text("mine", "x");
    attempt_call("exchange " + path, SYS_renameat2, AT_FDCWD, "mine", AT_FDCWD, path.c_str(),
                 kExchange);
  }
}
