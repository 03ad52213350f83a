#include "loop/propose/proposers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "loop/propose/proposer_test_util.h"
#include "tern/base/error_message_test_util.h"

namespace tern::loop {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

/// A lab whose lab.toml asks for a mix, with an agent and an endpoint that nobody calls.
class Proposers : public testing::Test {
 protected:
  Proposers() {
    write_file_atomically(lab_.root() / "lab.toml",
                          "version = 1\n"
                          "[agent]\ncommand = [\"true\"]\n"
                          "[llm]\napi = \"openai\"\nbase_url = \"http://localhost:1/v1\"\n"
                          "model = \"m\"\nmix = 0.5\n");
    lab_.lab = Lab::find(lab_.root());
  }
  std::string refusal(const std::string& name, double mix = -1) {
    return error_message([&] {
      make_proposer(lab_.lab, {.name = name, .mix = mix, .home = {}, .interrupted = {}});
    });
  }

  ProposerLab lab_;
};

TEST_F(Proposers, AMixIsRefusedBesideAProposerThatIsNotMixed) {
  for (const std::string name : {"agent", "llm", "random"}) {
    EXPECT_THAT(refusal(name, 0.3), AllOf(HasSubstr("--mix"), HasSubstr("the proposer " + name),
                                          HasSubstr("give --proposer builtin")));
  }
  EXPECT_EQ(refusal("builtin", 0.3), "no error");
}

TEST_F(Proposers, AMixInTheConfigurationIsForTheBuiltinProposerAndDisturbsNoOther) {
  for (const char* name : {"agent", "llm", "random", "builtin"}) {
    EXPECT_EQ(refusal(name), "no error") << name;
  }
}

}  // namespace
}  // namespace tern::loop
