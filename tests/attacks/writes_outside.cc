// tries: to make, change, move or remove files anywhere but in the run's folder
//
// expect: refused EACCES

#include <sys/mman.h>

#include "tests/attacks/attack.h"

using namespace attack;

int main(int argc, char** argv) {
  const Place place(argc, argv);
  for (const char* name : {"new", "lab.toml", "STOP", "data/train.tokens", "model/config.json",
                           ".tern/ledger.jsonl", ".tern/runs/honest/steps.tsv"}) {
    const std::string path = place.in_lab(name);
    attempt("write " + path, ::open(path.c_str(), O_WRONLY | O_CREAT, 0644));
    attempt("cut " + path, ::truncate(path.c_str(), 0));
    attempt("cut by reading " + path, ::open(path.c_str(), O_RDONLY | O_TRUNC));
    attempt("remove " + path, ::unlink(path.c_str()));
    attempt("move " + path, ::rename(path.c_str(), "taken"));
    attempt("replace " + path, ::rename("/proc/self/cwd/reached", path.c_str()));
  }
  for (const char* folder : {"/tmp", "/var/tmp", "/run", "/usr", "/etc", "/dev", "/"}) {
    attempt(folder,
            ::open((std::string(folder) + "/tern-attack").c_str(), O_WRONLY | O_CREAT, 0644));
    attempt(folder, ::open(folder, O_TMPFILE | O_WRONLY, 0644));
  }
  attempt("own folder", ::rename(place.run.c_str(), (place.run + ".old").c_str()));
  attempt("beside", ::mkdir((place.run + ".new").c_str(), 0755));
  attempt("own program", ::open("/proc/self/exe", O_WRONLY));
  attempt("libraries for all", ::open("/etc/ld.so.preload", O_WRONLY | O_CREAT, 0644));
  const int model = ::open(place.in_lab("model/config.json").c_str(), O_RDONLY);
  attempt("mapped", ::mmap(nullptr, 1, PROT_WRITE, MAP_SHARED, model, 0) == MAP_FAILED ? -1 : 0);
}
