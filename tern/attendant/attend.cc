#include "tern/attendant/attend.h"

#include <fmt/core.h>

#include <cmath>
#include <map>
#include <memory>
#include <optional>
#include <span>

#include "tern/attendant/dealer.h"
#include "tern/attendant/evaluations.h"
#include "tern/attendant/handed_model.h"
#include "tern/base/error.h"
#include "tern/base/timer.h"
#include "tern/contract/json_form.h"
#include "tern/tensor/compute_type.h"
#include "tern/train/teacher_record.h"

namespace tern {
namespace {

/// Two computations of one loss differ by the order of sums in bf16, far less than this.
constexpr double kSameLoss = 0.02;  // nats per token

/// All that a lab has for a run.
struct OpenLab {
  LabManifest manifest;
  LlamaConfig config;
  EvalSet eval_set;

  explicit OpenLab(const Lab& lab)
      : manifest(LabManifest::read(lab)),
        config(LlamaConfig::read(manifest.model / "config.json")),
        eval_set(EvalSet::read(lab.eval_set())) {
    check(eval_set.tokenizer_sha256 == manifest.tokenizer_sha256,
          "{}: made with another tokenizer ({}) than the lab's model has ({}); run `tern prepare` "
          "again",
          lab.eval_set().string(), eval_set.tokenizer_sha256, manifest.tokenizer_sha256);
  }
};

/// The process of the run has ended in the middle of something.
struct RunIsGone {};

/// Answers the requests of one run.
class Desk {
 public:
  Desk(Channel& channel, const Lab& lab, const AttendantOptions& options)
      : channel_(channel), lab_(lab), options_(options), meter_(options.bounds) {}

  /// Throws an Error that the run is to be told.
  void answer(const Json& request);
  AttendantReport report() const {
    AttendantReport report = meter_.report();
    report.summary = summary_;
    return report;
  }

 private:
  void reply_to(const BeginRequest& request);
  void reply_to(const WindowsRequest& request);
  void reply_to(const TeacherRequest& request);
  void reply_to(const RecordRequest& request);
  void reply_to(const MemoryRequest& request);
  void reply_to(const EvaluateRequest& request);
  void reply_to(const EndRequest& request);

  template <class Request>
  void read_and_reply(const Json& request) {
    check(open_ || Request::kAsk == BeginRequest::kAsk, "a run begins by asking to");
    reply_to(from_json<Request>(request));
  }
  void require_the_same_model(const EvaluateRequest& request) const;
  Score score(const EvaluateRequest& request);

  Channel& channel_;
  const Lab& lab_;
  const AttendantOptions& options_;
  RunMeter meter_;
  std::unique_ptr<OpenLab> open_;  // once the run has begun
  std::unique_ptr<Dealer> dealer_;
  std::map<DType, std::unique_ptr<HandedModel>> memories_;
  HandedModel* handed_ = nullptr;             // that which was asked for last
  std::unique_ptr<Evaluations> evaluations_;  // from the first on
  std::optional<RunSummary> summary_;
};

void Desk::answer(const Json& request) {
  using Reply = void (Desk::*)(const Json&);
  static const std::map<std::string, Reply> replies = {
      {BeginRequest::kAsk, &Desk::read_and_reply<BeginRequest>},
      {WindowsRequest::kAsk, &Desk::read_and_reply<WindowsRequest>},
      {TeacherRequest::kAsk, &Desk::read_and_reply<TeacherRequest>},
      {RecordRequest::kAsk, &Desk::read_and_reply<RecordRequest>},
      {MemoryRequest::kAsk, &Desk::read_and_reply<MemoryRequest>},
      {EvaluateRequest::kAsk, &Desk::read_and_reply<EvaluateRequest>},
      {EndRequest::kAsk, &Desk::read_and_reply<EndRequest>}};
  const std::string& ask = request.at("ask").as_string();
  const auto found = replies.find(ask);
  check(found != replies.end(), "there is no answer to \"{}\"", ask);
  (this->*found->second)(request);
}

void Desk::reply_to(const BeginRequest& request) {
  check(request.version == kRequestsVersion,
        "this program speaks version {} with Tern, which is at version {}; build it again",
        request.version, kRequestsVersion);
  open_ = std::make_unique<OpenLab>(lab_);
  dealer_ = std::make_unique<Dealer>(lab_, open_->manifest, open_->config.max_position_embeddings,
                                     meter_);
  channel_.send(
      json_of(BeginAnswer{.model = open_->manifest.model.string(), .saves = options_.saves}));
}

void Desk::reply_to(const WindowsRequest& request) {
  const Batch batch = dealer_->windows(request);
  std::string data;
  const auto add = [&](const auto& numbers) {
    const auto bytes = std::as_bytes(std::span(numbers));
    data.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  };
  add(batch.windows), add(batch.inputs), add(batch.targets);
  channel_.send(Json::object(), std::as_bytes(std::span(data)));
}

void Desk::reply_to(const TeacherRequest& request) {
  const TeacherAnswer answer = dealer_->open_teacher(request);
  const std::string header =
      answer.windows > 0 ? teacher_header(dealer_->teacher()->info()) : std::string();
  channel_.send(json_of(answer), std::as_bytes(std::span(header)));
}

void Desk::reply_to(const RecordRequest& request) {
  const std::string record = dealer_->record(request.window);
  channel_.send(Json::object(), std::as_bytes(std::span(record)));
}

void Desk::reply_to(const MemoryRequest& request) {
  // The run may keep what it got, where no limit of its own counts it: so there is one of a type.
  const DType compute = compute_type(request.compute);
  std::unique_ptr<HandedModel>& memory = memories_[compute];
  if (!memory) memory = std::make_unique<HandedModel>(open_->config, compute);
  handed_ = memory.get();
  channel_.send(json_of(MemoryAnswer{.bytes = handed_->bytes()}), {}, handed_->file());
}

/// A run whose forward pass is not what its packed model will compute would train the one and be
/// judged by the other.
void Desk::require_the_same_model(const EvaluateRequest& request) const {
  const double found = handed_->loss(request, dealer_->comparison(request.seed, request.T));
  if (std::isnan(found) && std::isnan(request.own_loss)) return;
  check(std::abs(found - request.own_loss) <= kSameLoss,
        "step {}: the recipe's own forward pass has a loss of {:.4f} nats on a window of text, and "
        "the model that it hands over to be scored {:.4f}: its layers' forward() does not compute "
        "what their effective() says",
        request.step, request.own_loss, found);
}

Score Desk::score(const EvaluateRequest& request) {
  const int64_t most = meter_.bounds().eval_tokens;
  int64_t tokens = request.max_tokens;
  if (most > 0) tokens = tokens > 0 ? std::min(tokens, most) : most;
  return handed_->score(request, tokens, open_->eval_set, [&] {
    if (channel_.closed()) throw RunIsGone();
  });
}

void Desk::reply_to(const EvaluateRequest& request) {
  check(handed_ != nullptr, "there is no model to be scored");
  const Timer timer;
  if (!meter_.may_evaluate(request.last)) {
    channel_.send(json_of(EvaluateAnswer{.scored = false}));
    return;
  }
  require_the_same_model(request);
  const Score score = this->score(request);
  meter_.evaluated(timer.seconds(), request.last);
  const bool finite = std::isfinite(score.ppl);
  if (finite) {
    if (!evaluations_) evaluations_ = std::make_unique<Evaluations>(options_, request.resumed_step);
    evaluations_->add(request, score);
  }
  channel_.send(
      json_of(EvaluateAnswer{.scored = true, .finite = finite, .seconds = timer.seconds()}));
}

void Desk::reply_to(const EndRequest& request) {
  check(evaluations_ != nullptr, "a run ends with an evaluation");
  check(!summary_, "a run ends once");
  summary_ = evaluations_->print_end(request.summary);
  channel_.send(Json::object());
}

}  // namespace

AttendantReport attend(Channel& channel, const Lab& lab, const AttendantOptions& options) {
  Desk desk(channel, lab, options);
  try {
    while (const std::optional<Message> message = channel.receive()) {
      try {
        desk.answer(message->body);
      } catch (const Error& e) {
        channel.send(Json::Object{{"error", e.what()}});
      }
    }
  } catch (const RunIsGone&) {
    // It is nobody's concern any more what it asked.
  } catch (const Error&) {
    // Neither can an answer be sent to it, nor a message read that makes no sense.
  }
  return desk.report();
}

}  // namespace tern
