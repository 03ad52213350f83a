// tries: to bring the attendant down with messages that are no requests
//
// expect: refused

#include "tests/attacks/attack.h"

using namespace attack;

int main() {
  expect_error("before the beginning", ask(Windows{}.text()));
  begin();
  for (const std::string& body :
       {std::string("{}"), std::string("[]"), std::string("7"), std::string("null"),
        std::string(R"({"ask": 7})"), std::string(R"({"ask": "shutdown"})"),
        std::string(R"({"ask": "windows"})"), std::string(R"({"ask": "windows", "seed": "x"})"),
        std::string(R"({"ask": "begin", "version": 99})"),
        std::string(R"({"ask": "memory", "compute": "int3"})"),
        std::string(R"({"ask": "record", "window": -1})"),
        std::string(R"({"ask": "end", "summary": {"model": []}})"),
        std::string(R"({"ask": "teacher", "length": -5, "top_k": 1000000000})")}) {
    expect_error(body, ask(body));
  }
  for (const int64_t number : {int64_t{-1}, int64_t{1} << 62}) {
    for (int64_t Windows::*field : {&Windows::position, &Windows::B, &Windows::T}) {
      Windows windows;
      windows.*field = number;
      if (field == &Windows::position && number > 0) continue;  // in the far end of the text
      expect_error("windows", ask(windows.text()));
    }
  }
  if (ask(Windows{}.text()).data.empty()) reached("the attendant has ended");
}
