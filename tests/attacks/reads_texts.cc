// tries: to read the texts that score, the training text, the data seed and the teacher's answers
//
// expect: refused EACCES

#include "tests/attacks/attack.h"

using namespace attack;

int main(int argc, char** argv) {
  const Place place(argc, argv);
  const int folder = ::open(place.run.c_str(), O_PATH | O_DIRECTORY);
  for (const char* name : {"data/wikitext_eval.json", ".tern/confirm.json", ".tern/final.json",
                           "data/train.tokens", "data/manifest.json", ".tern/data-seed"}) {
    const std::string path = place.in_lab(name);
    attempt(path, ::open(path.c_str(), O_RDONLY));
    // By a link of its own, through its own folder, by the root of its process, and once more from
    // a place that it may have.
    attempt("link to " + path,
            ::symlink(path.c_str(), "link") == 0 ? ::open("link", O_RDONLY) : -1);
    ::unlink("link");
    attempt("from the run's folder",
            ::openat(folder, ("../../../" + std::string(name)).c_str(), 0));
    attempt("through /proc", ::open(("/proc/self/root" + path).c_str(), O_RDONLY));
    const int seen = ::open(path.c_str(), O_PATH);
    if (seen >= 0) attempt("a place", ::open(text_of("/proc/self/fd/%d", seen).c_str(), O_RDONLY));
  }
}
