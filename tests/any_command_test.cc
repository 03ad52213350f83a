// What holds for every command of `tern`.

#include <fmt/core.h>
#include <gmock/gmock.h>

#include <iterator>
#include <sstream>

#include "tern/base/command.h"
#include "tests/commands_fixture.h"

namespace tern {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;

/// A folder that is no lab.
class AnyCommand : public Commands {
 protected:
  CapturedRun tern(const std::vector<std::string>& arguments) const {
    return Commands::tern(arguments, folder_.path());
  }
  /// As the list of commands has them.
  std::vector<std::string> names() const {
    std::vector<std::string> names;
    std::istringstream list(tern({"--help"}).output);
    for (std::string line; std::getline(list, line);) {
      if (line.starts_with("  ")) names.push_back(line.substr(2, line.find("  ", 2) - 2));
    }
    return names;
  }
  static std::vector<std::string> words_of(const std::string& text) {
    std::istringstream stream(text);
    return {std::istream_iterator<std::string>(stream), {}};
  }
  /// What bash would offer for the last word, with the script that `tern` prints.
  std::string completed(const std::string& words) const {
    const std::string script = "source <(\"$0\" --completion bash); COMP_WORDS=(" + words +
                               "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _tern; "
                               "echo \"${COMPREPLY[@]}\"";
    return capture_process({"bash", "-c", script, TERN_PROGRAM}).output;
  }
};

TEST_F(AnyCommand, TheListBeginsWithWhatPeopleDoFirst) {
  const CapturedRun asked = tern({"--help"}), help = tern({"help"}), bare = tern({});
  EXPECT_EQ(asked.exit_code, 0);
  EXPECT_EQ(bare.exit_code, 2);
  EXPECT_EQ(bare.output, asked.output);
  EXPECT_EQ(help.output, asked.output);
  EXPECT_EQ(tern({"help", "help"}).output, asked.output);
  size_t place = 0;
  for (const char* text : {"\nMake a lab\n", "  new ", "  prepare ", "\nTrain and score\n",
                           "  train ", "  eval ", "\nSearch\n", "  research ", "  report ",
                           "\nThe machine\n", "  doctor ", "  bench train "}) {
    const size_t found = asked.output.find(text, place);
    ASSERT_NE(found, std::string::npos) << text << asked.output;
    place = found;
  }
}

TEST_F(AnyCommand, ExplainsItselfOutsideALab) {
  ASSERT_THAT(names(), AllOf(Contains("new"), Contains("bench train")));
  for (const std::string& name : names()) {
    std::vector<std::string> before = {"help"}, behind = words_of(name);
    before.insert(before.end(), behind.begin(), behind.end());
    behind.emplace_back("--help");
    const CapturedRun help = tern(before), flag = tern(behind);
    EXPECT_EQ(flag.exit_code, 0) << name;
    EXPECT_EQ(help.exit_code, 0) << name;
    EXPECT_THAT(flag.output, HasSubstr("Usage: tern " + name + " [OPTIONS]"));
    EXPECT_EQ(flag.output, help.output);
  }
}

TEST_F(AnyCommand, TrainSaysOutsideALabWhereItsKnobsAreListed) {
  EXPECT_THAT(tern({"train", "--help"}).output,
              AllOf(HasSubstr("--resume"), HasSubstr("in a lab, `tern train --help` lists them")));
}

TEST_F(AnyCommand, OfTwoWordsTheFirstListsTheSecond) {
  const CapturedRun bare = tern({"bench"}), help = tern({"help", "bench"});
  EXPECT_EQ(bare.exit_code, 2);
  EXPECT_EQ(help.exit_code, 0);
  EXPECT_THAT(bare.output, AllOf(HasSubstr("  bench train "), HasSubstr("  bench quantize ")));
  EXPECT_EQ(help.output, bare.output);
}

TEST_F(AnyCommand, WrongUseIsToldApartFromFailure) {
  const std::pair<std::vector<std::string>, const char*> wrong[] = {
      {{"evl"}, "tern: there is no command \"evl\"; did you mean eval?"},
      {{"bench", "tran"}, "tern: there is no command \"bench tran\"; did you mean bench train?"},
      {{"help", "evl"}, "did you mean eval?"},
      {{"--lr", "1"}, "tern: unknown flag \"--lr\"; a command comes before its flags"},
      {{"train", "--run-dir", "x"}, "tern: --run-dir is set by `tern train` itself"},
      {{"log", "--lst", "3"}, "tern: unknown flag \"--lst\"; did you mean --last?"},
      {{"log", "5"}, "tern: unexpected argument \"5\""},
      {{"log", "--last"}, "tern: --last: expected a whole number, found nothing"},
      {{"log", "--last", "few"}, "tern: --last: expected a whole number, found \"few\""},
      {{"log", "--last", "-1"}, "tern: --last must be 0 or more, found -1"},
      {{"diff", "x"}, "tern: N: expected a whole number, found \"x\""},
      {{"diff"}, "tern: expected N (the experiment's number), found nothing"},
      {{"eval", "model", "--eval", "a", "--text", "b"}, "tern: give --eval or --text, not both"},
      {{"train", "--force"}, "tern: --force goes with --resume"},
      {{"train", "--recipe", "tequilla"}, "did you mean tequila?"},
      {{"teacher", "--features", "some"}, "tern: --features must be none, last or all, found some"},
      {{"research", "--policy", "lucky"}, "--policy must be one of confirm, greedy, race"},
      {{"research", "--proposer", "me"}, "--proposer must be one of agent, builtin, llm, random"},
      {{"bench", "quantize", "--dtype", "f16"}, "f16"},
      {{"bench", "train", "--cached"}, "tern: --cached goes with --recipe or --arms"},
      {{"--completion", "csh"}, "tern: --completion: expected bash, zsh or fish, found \"csh\""}};
  for (const auto& [arguments, sentence] : wrong) {
    const CapturedRun run = tern(arguments);
    EXPECT_EQ(run.exit_code, 2) << run.output;
    EXPECT_THAT(run.output, HasSubstr(sentence));
  }
  const CapturedRun failed = tern({"status"});
  EXPECT_EQ(failed.exit_code, 1);
  EXPECT_THAT(failed.output, HasSubstr("tern: no lab.toml in "));
}

TEST_F(AnyCommand, RunsInTheFolderOfDashC) {
  make_lab();
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"-C", "lab", "log"}, {"-C", folder_.path(), "-C", "lab", "log"}}) {
    const CapturedRun run = tern(arguments);
    EXPECT_EQ(run.exit_code, 0) << run.output;
    EXPECT_THAT(run.output, HasSubstr("no experiments yet"));
  }
  const CapturedRun nowhere = tern({"-C", "nowhere", "log"});
  EXPECT_EQ(nowhere.exit_code, 2);
  EXPECT_THAT(nowhere.output, HasSubstr("tern: -C: expected a folder to go to, found \"nowhere\""));
  EXPECT_THAT(tern({"-C"}).output, HasSubstr("tern: -C: expected a folder, found nothing"));
}

TEST_F(AnyCommand, CompletionKnowsEveryCommandAndItsFlags) {
  for (const char* shell : {"bash", "zsh", "fish"}) {
    const CapturedRun script = tern({"--completion", shell});
    ASSERT_EQ(script.exit_code, 0) << script.output;
    for (const std::string& name : names()) EXPECT_THAT(script.output, HasSubstr(name)) << shell;
    for (const char* flag : {"per-document", "no-sandbox", "train-tokens", "optimizer-state"}) {
      EXPECT_THAT(script.output, HasSubstr(flag)) << shell;
    }
  }
}

TEST_F(AnyCommand, BashCompletesCommandsSubcommandsAndFlags) {
  EXPECT_EQ(completed("tern ev"), "eval\n");
  EXPECT_EQ(completed("tern -C lab re"), "research report\n");
  EXPECT_EQ(completed("tern bench ''"), "train quantize\n");
  EXPECT_EQ(completed("tern help bench q"), "quantize\n");
  EXPECT_EQ(completed("tern bench train --re"), "--recompute --recipe --repeats\n");
  EXPECT_EQ(completed("tern eval model --json --per"), "--per-document\n");
  EXPECT_EQ(completed("tern --completion z"), "zsh\n");
  EXPECT_EQ(completed("tern eval ''"), "\n") << "where a file may stand, bash offers files";
}

// tern new

}  // namespace
}  // namespace tern
