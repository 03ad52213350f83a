// tries: to be run without saying what its knobs are
//
// expect: no description expected JSON

#include "tests/attacks/attack.h"

int main() { std::puts("no knobs"); }
