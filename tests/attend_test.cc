#include "tern/attendant/attend.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <set>
#include <thread>

#include "tern/base/error.h"
#include "tern/base/file.h"
#include "tern/channel/requests.h"
#include "tern/contract/json_form.h"
#include "tern/contract/results_row.h"
#include "tern/contract/table_test_util.h"
#include "tern/data/sampler.h"
#include "tern/eval/score.h"
#include "tern/model/model_test_util.h"
#include "tern/model/snapshot.h"
#include "tern/model/ternary_info.h"
#include "tests/tiny_lab.h"

namespace tern {
namespace {

using ::testing::HasSubstr;

constexpr int64_t kT = 16;

/// Asks an attendant of a tiny lab what a run would ask, or what one would that means no good.
class AttendTest : public ::testing::Test {
 protected:
  AttendTest() { start({}); }
  ~AttendTest() override { report(); }

  /// An attendant with other bounds in the place of the one that there is.
  void start(const RunBounds& bounds) {
    if (thread_.joinable()) report();
    const SocketPair sockets = make_socket_pair();
    channel_ = std::make_unique<Channel>(sockets.ours, 1 << 30, true);
    thread_ = std::thread([this, bounds, theirs = sockets.theirs] {
      Channel channel(theirs, 0, false);
      report_ = attend(channel, lab_.lab(),
                       {.results_file = lab_.lab().results(),
                        .experiment = "run",
                        .commit = "abc",
                        .bounds = bounds,
                        .out = nothing_});
    });
  }
  /// Ends the run; what was measured of it.
  AttendantReport report() {
    channel_.reset();
    if (thread_.joinable()) thread_.join();
    return report_;
  }

  template <class Request>
  Message ask(const Request& request) {
    Json body = json_of(request);
    body.set("ask", Request::kAsk);
    channel_->send(body);
    return channel_->receive().value();
  }
  template <class Request>
  std::string error_to(const Request& request) {
    return ask(request).body.get("error", "");
  }
  Message begin() { return ask(BeginRequest{}); }
  WindowsRequest windows(int64_t position = 0, int64_t B = 2) const {
    return {.seed = 1, .position = position, .B = B, .T = kT, .step_tokens = B * kT};
  }

  /// The lab's model as a run hands it over.
  EvaluateRequest hand_over(Llama& model) {
    Message made = ask(MemoryRequest{.compute = "f32"});
    const auto bytes = static_cast<size_t>(made.body.at("bytes").as_int());
    void* const memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, made.file, 0);
    Snapshot(model.config(), DType::f32).write(model, {static_cast<std::byte*>(memory), bytes});
    ::munmap(memory, bytes);
    ::close(made.file);
    ShuffledWindows text(TokenFile(lab_.lab().train_tokens()), 1);
    const Batch batch = text.batch(0, 1, kT);
    return {.step = 7,
            .lambda = 1,
            .train_loss = 2.0,
            .quantization = TernaryInfo{}.to_json(),
            .last = true,
            .seed = 1,
            .T = kT,
            .own_loss = model.loss(batch.inputs, batch.targets, 1).item()};
  }
  Llama model() const { return load_llama(lab_.model(), {}); }

  TinyLab lab_;
  std::FILE* nothing_ = std::fopen("/dev/null", "w");
  std::unique_ptr<Channel> channel_;
  std::thread thread_;
  AttendantReport report_;
};

TEST_F(AttendTest, ARunLearnsWhereItsModelIs) {
  EXPECT_EQ(begin().body.at("model").as_string(), lab_.model().string());
}

TEST_F(AttendTest, NothingIsAnsweredBeforeARunHasBegun) {
  EXPECT_THAT(error_to(windows()), HasSubstr("a run begins by asking to"));
}

TEST_F(AttendTest, AProgramOfAnotherVersionIsToldToBeBuiltAgain) {
  EXPECT_THAT(error_to(BeginRequest{.version = 99}), HasSubstr("build it again"));
}

TEST_F(AttendTest, WindowsAreThoseOfTheTrainingTextAndAreCounted) {
  begin();
  const Message dealt = ask(windows(3, 2));
  ShuffledWindows text(TokenFile(lab_.lab().train_tokens()), 1);
  const Batch expected = text.batch(3, 2, kT);
  std::vector<int32_t> inputs(2 * kT);
  std::memcpy(inputs.data(), dealt.data.data() + 2 * sizeof(int64_t), inputs.size() * 4);
  EXPECT_EQ(inputs, expected.inputs);
  EXPECT_EQ(report().tokens, 2 * kT);
}

TEST_F(AttendTest, MoreTextThanTheBudgetIsNotDealtAndTheRunCountsForNothing) {
  start({.tokens = 10 * kT});
  begin();
  for (int64_t position = 0; position < 10; ++position) ask(windows(position, 1));
  EXPECT_EQ(error_to(windows(10, 1)), "");  // a step beyond
  const std::string refusal = error_to(windows(11, 1));
  EXPECT_THAT(refusal, HasSubstr("more than a step beyond its budget of 160"));
  EXPECT_EQ(report().refused, refusal);
}

TEST_F(AttendTest, NonsenseIsAnErrorForTheRunAndNoneForTheAttendant) {
  begin();
  for (const WindowsRequest& wrong : {windows(-1), windows(0, 0), windows(0, int64_t{1} << 60),
                                      WindowsRequest{.use = 9, .seed = 1, .B = 1, .T = kT},
                                      WindowsRequest{.seed = 1, .B = 1, .T = int64_t{1} << 40}}) {
    EXPECT_NE(error_to(wrong), "");
  }
  EXPECT_NE(error_to(RecordRequest{.window = 3}), "");
  EXPECT_NE(error_to(MemoryRequest{.compute = "int3"}), "");
  EXPECT_NE(error_to(EvaluateRequest{}), "");
  EXPECT_NE(error_to(EndRequest{}), "");
  channel_->send(Json("no object"));
  EXPECT_TRUE(channel_->receive()->body.find("error") != nullptr);
  EXPECT_EQ(error_to(windows()), "");
}

TEST_F(AttendTest, TheComparisonWindowIsOneAndIsNotCounted) {
  begin();
  WindowsRequest request = windows(0, 1);
  request.use = static_cast<int64_t>(WindowUse::kComparison);
  EXPECT_EQ(error_to(request), "");
  request.position = 1;
  EXPECT_THAT(error_to(request), HasSubstr("on the window at position 0"));
  EXPECT_EQ(report().tokens, 0);
}

TEST_F(AttendTest, AnotherComparisonWindowIsNotDealtNorIsTheTextInAnotherOrder) {
  begin();
  WindowsRequest request = windows(0, 1);
  request.use = static_cast<int64_t>(WindowUse::kComparison);
  ask(request);
  EXPECT_EQ(error_to(request), "");
  request.T = kT / 2;
  EXPECT_THAT(error_to(request), HasSubstr("models are compared on one window"));
  request.T = kT, request.seed = 2;
  EXPECT_THAT(error_to(request), HasSubstr("in the order of one seed, which was 1"));
}

TEST_F(AttendTest, ABatchThatIsLargerThanTheBudgetIsNoStep) {
  start({.tokens = 10 * kT});
  begin();
  EXPECT_THAT(error_to(windows(0, 100)), HasSubstr("more than a step beyond its budget of 160"));
}

TEST_F(AttendTest, MemoryOfATypeIsMadeOnce) {
  begin();
  std::set<ino_t> files;
  for (const char* type : {"f32", "bf16", "f32"}) {
    const Message made = ask(MemoryRequest{.compute = type});
    struct stat info {};
    EXPECT_EQ(::fstat(made.file, &info), 0);
    files.insert(info.st_ino);
    ::close(made.file);
  }
  EXPECT_EQ(files.size(), 2u);
}

TEST_F(AttendTest, AModelThatIsHandedOverIsScoredAsTheProgramThatScoresWould) {
  begin();
  Llama trained = model();
  const Message answer = ask(hand_over(trained));
  EXPECT_EQ(answer.body.get("error", ""), "");
  EXPECT_TRUE(answer.body.at("scored").as_bool());
  for (const char* figure : {"ppl", "eval_ppl", "loss"}) {
    EXPECT_EQ(answer.body.find(figure), nullptr) << "the run learns no score";
  }
  const auto rows = read_table<ResultsRow>(lab_.lab().results());
  ASSERT_EQ(rows.size(), 1u);
  const double ppl = score_windows(trained, EvalSet::read(lab_.lab().eval_set())).ppl;
  EXPECT_NEAR(rows[0].eval_ppl, ppl, 1e-4 * ppl);
  EXPECT_EQ(rows[0].experiment, "run");
}

TEST_F(AttendTest, ARunWhoseForwardPassIsAnotherThanItsModelsIsFoundOut) {
  begin();
  Llama trained = model();
  EvaluateRequest request = hand_over(trained);
  request.own_loss -= 0.5;
  EXPECT_THAT(error_to(request), HasSubstr("does not compute what their effective() says"));
  EXPECT_FALSE(std::filesystem::exists(lab_.lab().results()));
}

TEST_F(AttendTest, TheMemoryOfAHandedModelCannotBeCutUnderItsReader) {
  begin();
  const Message made = ask(MemoryRequest{.compute = "f32"});
  EXPECT_NE(::ftruncate(made.file, 0), 0);
  EXPECT_NE(::ftruncate(made.file, 1 << 30), 0);
  ::close(made.file);
}

TEST_F(AttendTest, EvaluationsBeyondThoseThatARunMayMakeArePassedOver) {
  start({.evaluations = 2});
  begin();
  Llama trained = model();
  EvaluateRequest request = hand_over(trained);
  request.last = false;
  EXPECT_TRUE(ask(request).body.at("scored").as_bool());
  EXPECT_FALSE(ask(request).body.at("scored").as_bool());
  request.last = true;
  EXPECT_TRUE(ask(request).body.at("scored").as_bool());
  EXPECT_EQ(report().evaluations, 2);
}

TEST_F(AttendTest, AnEvaluationScoresNoMoreTokensThanItMay) {
  start({.eval_tokens = 64});
  begin();
  Llama trained = model();
  EvaluateRequest request = hand_over(trained);
  request.max_tokens = 0;
  ask(request);
  EXPECT_LE(*read_table<ResultsRow>(lab_.lab().results())[0].eval_tokens, 64);
}

TEST_F(AttendTest, AModelOfNoNumbersHasNoRowAndTheRunIsTold) {
  begin();
  Llama broken = model();
  for (float& value : broken.parameters().at("model.norm.weight").values<float>()) {
    value = std::numeric_limits<float>::quiet_NaN();
  }
  EXPECT_FALSE(ask(hand_over(broken)).body.at("finite").as_bool());
  EXPECT_FALSE(std::filesystem::exists(lab_.lab().results()));
}

TEST_F(AttendTest, TheSummaryHasTheAttendantsFiguresAndNotTheRuns) {
  begin();
  Llama trained = model();
  ask(hand_over(trained));
  EndRequest end;
  end.summary.eval_ppl = 1.5;
  end.summary.score.emplace();
  end.summary.steps = 7;
  EXPECT_EQ(error_to(end), "");
  const RunSummary summary = report().summary.value();
  EXPECT_GT(*summary.eval_ppl, 2);
  EXPECT_FALSE(summary.score);
  EXPECT_EQ(summary.steps, 7);
}

TEST_F(AttendTest, ARunEndsOnce) {
  begin();
  Llama trained = model();
  ask(hand_over(trained));
  EXPECT_EQ(error_to(EndRequest{}), "");
  EXPECT_THAT(error_to(EndRequest{}), HasSubstr("a run ends once"));
}

TEST_F(AttendTest, ARunThatEndsWithoutAWordHasNoSummary) {
  begin();
  EXPECT_FALSE(report().summary);
}

}  // namespace
}  // namespace tern
