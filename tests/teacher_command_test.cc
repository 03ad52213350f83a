// `tern teacher` as a person runs it, in a lab with a tiny model.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/tiny_lab.h"

namespace tern {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

class TeacherCommand : public ::testing::Test {
 protected:
  CapturedRun teacher(std::vector<std::string> flags) const {
    flags.insert(flags.begin(), {TERN_PROGRAM, "teacher", "--threads", "1", "--length", "16"});
    return capture_process(flags, false, lab_.root());
  }
  fs::path cache() const { return lab_.lab().teacher() / "T16-k32.teacher"; }

  TinyLab lab_;
};

TEST_F(TeacherCommand, KeepsTheTeachersAnswersAndSaysHowMuchTheyTake) {
  const CapturedRun run = teacher({"--tokens", "320"});
  ASSERT_EQ(run.exit_code, 0) << run.output;
  EXPECT_THAT(run.output, HasSubstr("20 windows of 16 tokens, 156 bytes a token: 0.1 MB"));
  // A header, and for each window its tokens and a checksum.
  EXPECT_EQ(fs::file_size(cache()), 4096u + 20 * (16 * 156 + 8));
  EXPECT_FALSE(fs::exists(cache().string() + ".part"));
}

TEST_F(TeacherCommand, DoesNothingTwiceAndAddsWhatIsMissing) {
  teacher({"--tokens", "320"});
  EXPECT_THAT(teacher({"--tokens", "320"}).output, HasSubstr("is there already"));
  EXPECT_THAT(teacher({"--tokens", "640"}).output, HasSubstr("going on behind 20 windows"));
}

TEST_F(TeacherCommand, KeepsNoMoreThanItMay) {
  const CapturedRun run = teacher({"--max-gb", "0.0001"});
  ASSERT_EQ(run.exit_code, 0) << run.output;
  EXPECT_THAT(run.output, HasSubstr("--max-gb 0.0001 leaves out"));
  EXPECT_LE(fs::file_size(cache()), 4096u + 100'000);
  EXPECT_THAT(teacher({"--max-gb", "0.000001"}).output, HasSubstr("one window takes"));
}

TEST_F(TeacherCommand, OfAnotherModelACacheIsMadeAnewOnlyWhenAskedFor) {
  teacher({"--tokens", "320"});
  Llama other = load_llama(lab_.model(), {});
  other.initialize(/*seed=*/5);
  save_llama(other, lab_.model());
  const CapturedRun refused = teacher({"--tokens", "320"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(
      refused.output,
      HasSubstr("from another model; make it anew with `tern teacher --length 16 --top-k 32 "
                "--features none --force`"));
  EXPECT_EQ(teacher({"--tokens", "320", "--force"}).exit_code, 0);
}

TEST_F(TeacherCommand, FeaturesThatAreKeptAreNotDroppedUnasked) {
  teacher({"--tokens", "320", "--features", "all"});
  const std::string kept = read_file(cache());
  const CapturedRun refused = teacher({"--tokens", "640"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(
      refused.output,
      AllOf(HasSubstr("made with --features all, and asked for is one with --features none"),
            HasSubstr("`tern teacher --length 16 --top-k 32 --features none --force`"),
            HasSubstr("`tern teacher --length 16 --top-k 32 --features all`")));
  EXPECT_EQ(teacher({"--tokens", "640", "--features", "last"}).exit_code, 1);
  EXPECT_EQ(teacher({"--tokens", "320", "--features", "all", "--relation-layer", "0"}).exit_code,
            1);
  EXPECT_EQ(read_file(cache()), kept);
  EXPECT_FALSE(fs::exists(cache().string() + ".part"));
}

TEST_F(TeacherCommand, WindowsAreAddedToACacheWithTheSameFeatures) {
  teacher({"--tokens", "320", "--features", "all"});
  EXPECT_THAT(teacher({"--tokens", "320"}).output, HasSubstr("is there already"));
  EXPECT_THAT(teacher({"--tokens", "640", "--features", "all"}).output,
              HasSubstr("going on behind 20 windows"));
}

TEST_F(TeacherCommand, OtherFeaturesTakeThePlaceOfACacheWhenAskedFor) {
  teacher({"--tokens", "320", "--features", "all"});
  const CapturedRun made = teacher({"--tokens", "320", "--force"});
  ASSERT_EQ(made.exit_code, 0) << made.output;
  EXPECT_EQ(fs::file_size(cache()), 4096u + 20 * (16 * 156 + 8));
}

TEST_F(TeacherCommand, RefusesAStreamAndWindowsLongerThanTheContext) {
  EXPECT_THAT(teacher({"--length", "64"}).output, HasSubstr("the model's context, 32, found 64"));
  LabManifest manifest = LabManifest::read(lab_.lab());
  manifest.train_source = "text.txt";
  manifest.write(lab_.lab());
  EXPECT_THAT(teacher({}).output, HasSubstr("streams its training text"));
}

}  // namespace
}  // namespace tern
