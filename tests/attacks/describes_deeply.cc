// tries: to bring the loop down with a description of a million brackets
//
// expect: no description

#include "tests/attacks/attack.h"

int main() { std::printf("{\"a\": %s", std::string(500000, (char)91).c_str()); }
