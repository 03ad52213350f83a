// tries: to read the ledger, lab.toml, the recipe, the table of results and other runs, and to
// list
//
// expect: refused EACCES

#include <dirent.h>

#include "tests/attacks/attack.h"

using namespace attack;

int main(int argc, char** argv) {
  const Place place(argc, argv);
  for (const char* name : {".tern/ledger.jsonl", "lab.toml", "train.cpp", "results.tsv",
                           ".tern/runs/honest/steps.tsv", ".tern/runs/honest/layers.tsv"}) {
    attempt(name, ::open(place.in_lab(name).c_str(), O_RDONLY));
  }
  for (const char* name : {"", "data", ".tern", ".tern/runs", "model/.."}) {
    attempt(std::string("list ") + name, ::opendir(place.in_lab(name).c_str()) ? 0 : -1);
  }
}
