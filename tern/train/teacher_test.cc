#include "tern/train/teacher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

#include "tern/base/error.h"
#include "tern/base/temporary_folder.h"
#include "tern/data/sampler.h"
#include "tern/data/token_file.h"
#include "tern/model/model_files.h"
#include "tern/model/model_test_util.h"
#include "tern/tensor/compute_type.h"
#include "tern/train/teacher_cache.h"
#include "tern/train/teacher_choice.h"

namespace tern {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

constexpr int64_t kT = 8, kWindows = 6, kK = 5;

/// The bytes of a tensor.
std::string bytes(const Tensor& x) {
  return x.defined() ? std::string(static_cast<const char*>(x.raw()), x.bytes()) : "";
}

/// A tiny model, a text of a few windows, and caches of the one's answers for the other.
class TeacherTest : public ::testing::Test {
 protected:
  TeacherTest() {
    save_llama(random_model(tiny_config()), model());
    write_text(random_tokens(kWindows * kT + 3, 61));
  }

  fs::path model() const { return folder_ / "model"; }
  fs::path text() const { return folder_ / "train.tokens"; }
  fs::path caches() const { return folder_ / "teacher"; }
  fs::path cache() const { return caches() / "T8-k5.teacher"; }

  void write_text(const std::vector<int32_t>& tokens) const {
    TokenFileWriter writer(text(), 61, std::string(64, '0'));
    writer.append(tokens);
    writer.commit();
  }

  TeacherCacheInfo info(const TeacherQuestion& more = {}) const {
    TeacherQuestion question = more;
    question.top_k = kK;
    question.temperatures = {1, 2};
    return TeacherCacheInfo::of(model(), text(), default_compute_type(), kT, question);
  }
  /// Adds windows to a cache's writer until it has so many.
  void append(TeacherCacheWriter& writer, const TeacherCacheInfo& info, int64_t windows) const {
    TeacherModel teacher(model(), default_compute_type());
    const TokenFile file(text());
    std::vector<int32_t> tokens(kT + 1);
    const std::span<const int32_t> all = tokens;
    while (writer.windows() < windows) {
      file.copy(writer.windows() * kT, tokens);
      writer.append(teacher.look(all.first(kT), all.subspan(1), info.kept));
    }
  }
  void make_cache(int64_t windows, const TeacherQuestion& more = {}) const {
    TeacherCacheWriter writer(cache(), info(more));
    append(writer, info(more), windows);
    writer.commit();
  }

  TeacherOptions options(float temperature = 2) const {
    return {.length = kT, .top_k = kK, .temperature = temperature};
  }
  /// With what was kept of its answers, or running.
  std::unique_ptr<Teacher> teacher(const TeacherOptions& options) const {
    return std::make_unique<Teacher>(
        model(), choose_teacher(model(), text(), caches(), options).cache, options);
  }
  std::string note(const TeacherOptions& options) const {
    return choose_teacher(model(), text(), caches(), options).note;
  }
  /// Answers for the first B windows in a shuffled order.
  TeacherBatch look(Teacher& teacher, int64_t B = 4) const {
    ShuffledWindows source(TokenFile(text()), 1);
    const Batch batch = source.batch(0, B, kT);
    return teacher.look(batch.inputs, batch.targets, batch.windows);
  }

  TemporaryFolder folder_;
};

void expect_same_bits(const TeacherBatch& a, const TeacherBatch& b) {
  EXPECT_EQ(a.tokens.ids, b.tokens.ids);
  EXPECT_EQ(a.tokens.log_probabilities, b.tokens.log_probabilities);
  EXPECT_EQ(a.tokens.log_rest, b.tokens.log_rest);
  EXPECT_EQ(a.tokens.log_gold, b.tokens.log_gold);
  ASSERT_EQ(a.hidden.size(), b.hidden.size());
  for (size_t i = 0; i < a.hidden.size(); ++i) EXPECT_EQ(bytes(a.hidden[i]), bytes(b.hidden[i]));
  EXPECT_EQ(bytes(a.queries), bytes(b.queries));
  EXPECT_EQ(bytes(a.keys), bytes(b.keys));
  EXPECT_EQ(bytes(a.values), bytes(b.values));
}

TEST_F(TeacherTest, AnswersFromACacheHaveTheBitsOfThoseComputedNow) {
  TeacherOptions asked = options();
  asked.hidden_blocks = {1};
  asked.attention_block = 0;
  const TeacherBatch live = look(*teacher(asked));
  // The cache keeps more than is asked for: both blocks, and another temperature.
  make_cache(kWindows, {.hidden_blocks = {0, 1}, .attention_block = 0});
  const auto cached = teacher(asked);
  expect_same_bits(look(*cached), live);
  EXPECT_FALSE(cached->loaded());
  EXPECT_THAT(note(asked), HasSubstr("6 windows are read from"));
}

TEST_F(TeacherTest, WindowsThatACacheLacksAreComputedAndTheOthersRead) {
  const TeacherBatch live = look(*teacher(options()));
  make_cache(kWindows / 2);
  const auto partly = teacher(options());
  expect_same_bits(look(*partly), live);
  EXPECT_TRUE(partly->loaded());
}

TEST_F(TeacherTest, AWindowsAnswerDoesNotDependOnItsBatch) {
  const auto live = teacher(options());
  const TeacherBatch four = look(*live, 4), two = look(*live, 2);
  const auto half = static_cast<size_t>(2 * kT);
  EXPECT_EQ(std::vector<float>(four.tokens.log_rest.begin(), four.tokens.log_rest.begin() + half),
            two.tokens.log_rest);
}

TEST_F(TeacherTest, AnswersAreThoseOfTheModel) {
  const auto live = teacher(options(1));
  const TeacherBatch batch = look(*live, 2);
  Llama trains = load_llama(model(), {.compute = default_compute_type()});
  ShuffledWindows source(TokenFile(text()), 1);
  const Batch two = source.batch(0, 2, kT);
  const auto nll = trains.negative_log_likelihood(two.inputs, two.targets, 2);
  for (size_t n = 0; n < nll.size(); ++n) EXPECT_NEAR(batch.tokens.log_gold[n], -nll[n], 0.05);
}

TEST_F(TeacherTest, AStreamHasNoCacheAndIsAnsweredAllTheSame) {
  make_cache(kWindows);
  const TeacherChoice choice = choose_teacher(model(), "", caches(), options());
  EXPECT_EQ(choice.cache, nullptr);
  EXPECT_THAT(choice.note, HasSubstr("streamed"));
  Teacher stream(model(), nullptr, options());
  const auto tokens = random_tokens(kT, 61);
  EXPECT_EQ(stream.look(tokens, tokens, std::vector<int64_t>{-1}).tokens.rows(), kT);
}

TEST_F(TeacherTest, ACacheOfAnotherTextIsRefusedWithTheCommandThatMakesItAnew) {
  make_cache(2);
  write_text(random_tokens(kWindows * kT + 3, 61, /*seed=*/9));
  EXPECT_THAT([&] { teacher(options()); },
              ThrowsMessage<Error>(AllOf(HasSubstr("from another training text"),
                                         HasSubstr("`tern teacher --length 8 --top-k 5 "
                                                   "--features none --force`"))));
}

TEST_F(TeacherTest, ACacheOfAnotherModelIsRefused) {
  make_cache(2);
  Llama other(tiny_config(), {});
  other.initialize(/*seed=*/99);
  save_llama(other, model());
  EXPECT_THAT([&] { teacher(options()); }, ThrowsMessage<Error>(HasSubstr("from another model")));
}

TEST_F(TeacherTest, ACacheOfAnotherLengthUnderThisNameIsRefused) {
  make_cache(2);
  fs::rename(cache(), caches() / "T16-k5.teacher");
  TeacherOptions longer = options();
  longer.length = 16;
  EXPECT_THAT([&] { teacher(longer); }, ThrowsMessage<Error>(HasSubstr("for windows of 8 tokens")));
}

TEST_F(TeacherTest, ATemperatureThatACacheLacksIsRefused) {
  make_cache(2);
  EXPECT_THAT([&] { teacher(options(3)); },
              ThrowsMessage<Error>(HasSubstr("was made for, 1, 2, found 3")));
}

TEST_F(TeacherTest, WithoutACacheOrItsFeaturesTheTeacherRunsAndSaysHowToKeepWhatItSays) {
  EXPECT_THAT(note(options(3)), HasSubstr("`tern teacher --length 8 --top-k 5 --features none`"));
  make_cache(2);
  TeacherOptions asked = options();
  asked.hidden_blocks = {0};
  const auto live = teacher(asked);
  EXPECT_THAT(note(asked), AllOf(HasSubstr("lacks the features"),
                                 HasSubstr("--top-k 5 --features all --force`")));
  EXPECT_EQ(look(*live).hidden[0].shape(), (Shape{4, kT, 24}));
}

TEST_F(TeacherTest, AStoppedWriterIsGoneOnWithToTheSameFile) {
  make_cache(kWindows);
  const std::string whole = read_file(cache());
  fs::remove(cache());
  {
    TeacherCacheWriter first(cache(), info());
    append(first, info(), 2);
  }
  EXPECT_FALSE(fs::exists(cache()));
  // What a machine without power leaves: half a window, or one of zeros.
  append_file(cache().string() + ".part", std::string(info().record_bytes() + 20, '\0'));
  TeacherCacheWriter second(cache(), info());
  EXPECT_EQ(second.windows(), 2);
  append(second, info(), kWindows);
  second.commit();
  EXPECT_EQ(read_file(cache()), whole);
}

TEST_F(TeacherTest, WindowsAreAddedToAFinishedCache) {
  make_cache(kWindows);
  const std::string whole = read_file(cache());
  fs::remove(cache());
  make_cache(2);
  TeacherCacheWriter more(cache(), info());
  EXPECT_EQ(more.windows(), 2);
  append(more, info(), kWindows);
  EXPECT_EQ(TeacherCache(cache(), info()).windows(), 2) << "as it was until the new one is whole";
  more.commit();
  EXPECT_EQ(read_file(cache()), whole);
}

TEST_F(TeacherTest, AStoppedWriterOfAnotherTextIsNotGoneOnWith) {
  {
    TeacherCacheWriter first(cache(), info());
    append(first, info(), 2);
  }
  write_text(random_tokens(kWindows * kT + 3, 61, /*seed=*/9));
  EXPECT_THAT([&] { TeacherCacheWriter(cache(), info()); },
              ThrowsMessage<Error>(
                  AllOf(HasSubstr(".teacher.part: "), HasSubstr("from another training text"))));
  EXPECT_EQ(TeacherCacheWriter(cache(), info(), /*anew=*/true).windows(), 0);
}

TEST_F(TeacherTest, AStoppedWriterOfOtherFeaturesIsNotGoneOnWith) {
  {
    TeacherCacheWriter first(cache(), info({.hidden_blocks = {1}}));
    append(first, info({.hidden_blocks = {1}}), 2);
  }
  EXPECT_THAT([&] { TeacherCacheWriter(cache(), info({.attention_block = 1})); },
              ThrowsMessage<Error>(AllOf(HasSubstr("made with --features last"),
                                         HasSubstr("with --features none --relation-layer 1"))));
  EXPECT_EQ(TeacherCacheWriter(cache(), info({.hidden_blocks = {1}})).windows(), 2);
}

TEST_F(TeacherTest, ADamagedCacheNamesTheCommandThatKeepsItsFeatures) {
  make_cache(2, {.hidden_blocks = {0, 1}, .attention_block = 1});
  append_file(cache(), "half a window");
  EXPECT_THAT(
      [&] { teacher(options()); },
      ThrowsMessage<Error>(HasSubstr(
          "`tern teacher --length 8 --top-k 5 --features all --relation-layer 1 --force`")));
}

TEST_F(TeacherTest, TwoProcessesDoNotWriteTheSameCache) {
  const TeacherCacheWriter first(cache(), info());
  EXPECT_THAT([&] { TeacherCacheWriter second(cache(), info()); },
              ThrowsMessage<Error>(HasSubstr("another `tern teacher`")));
}

TEST_F(TeacherTest, ADamagedCacheIsAnError) {
  make_cache(kWindows);
  const std::string whole = read_file(cache());
  std::string changed = whole;
  for (size_t i = 4096; i < changed.size(); i += 7) changed[i] = static_cast<char>(changed[i] ^ 1);
  write_file_atomically(cache(), changed);
  const auto from_damaged = teacher(options());
  EXPECT_THAT([&] { look(*from_damaged); }, ThrowsMessage<Error>(HasSubstr("is damaged")));
  write_file_atomically(cache(), whole.substr(0, whole.size() - 3));
  EXPECT_THAT([&] { teacher(options()); }, ThrowsMessage<Error>(HasSubstr("it is damaged")));
  write_file_atomically(cache(), "no cache");
  EXPECT_THAT([&] { teacher(options()); }, ThrowsMessage<Error>(HasSubstr("this is no cache")));
}

}  // namespace
}  // namespace tern
