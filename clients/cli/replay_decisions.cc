#include "clients/cli/replay_decisions.h"

#include <iostream>
#include <optional>

#include <nlohmann/json.hpp>

#include "clients/cli/output.h"
#include "clients/cli/progress.h"
#include "clients/cli/replay_file.h"
#include "clients/cli/words.h"
#include "tearline/v1/audit_service.grpc.pb.h"

namespace tearline::cli {
namespace {

v1::ReplayDecisionsRequest RequestFrom(const ReplayOptions& options) {
  v1::ReplayDecisionsRequest request;
  if (!options.from.empty()) *request.mutable_from() = TimeFrom(options.from, "--from");
  if (!options.to.empty()) *request.mutable_to() = TimeFrom(options.to, "--to");
  request.set_nominal_id(options.nominal_id);
  request.set_agency(options.agency);
  request.set_event_type(options.event_type);
  if (options.as_then) request.set_policy(v1::REPLAY_POLICY_AS_THEN);
  if (options.as_now) request.set_policy(v1::REPLAY_POLICY_AS_NOW);
  return request;
}

std::string RulesText(const google::protobuf::RepeatedPtrField<std::string>& rules) {
  std::string text;
  for (const std::string& rule : rules) text += (text.empty() ? "" : " ") + rule;
  return text;
}

/// A decision in two lines: as recorded, and as it comes out again.
std::string DecisionText(const v1::ReplayedDecision& told) {
  std::string text = std::to_string(told.leaf_index()) + "  " + TimeText(told.decided_at()) + "  " +
                     told.event_id() + "  " + told.event_type() + "  from " +
                     told.originating_agency() + "  for " + told.post() + "\n    recorded  " +
                     Word(told.level());
  if (told.duty() != v1::LEVEL_UNSPECIFIED) text += "  owed " + Word(told.duty());
  if (told.shortfall() != v1::RULE_REASON_UNSPECIFIED)
    text += "  because " + Word(told.shortfall());
  text += "  rules " + RulesText(told.rules()) + "  policy " + ShortHex(told.policy_digest());
  if (told.has_judged()) {
    const v1::ReplayedJudgement& judged = told.judged();
    text += "\n    again     " + Word(judged.level());
    if (judged.duty() != v1::LEVEL_UNSPECIFIED) text += "  owed " + Word(judged.duty());
    if (judged.shortfall() != v1::RULE_REASON_UNSPECIFIED) {
      text += "  because " + Word(judged.shortfall());
    }
    text += "  rules " + RulesText(judged.rules()) + "  policy " + ShortHex(judged.policy_digest());
    text += judged.same() ? "  the same" : "  DIFFERENT";
    if (judged.raised()) text += "  shows more";
    if (judged.newly_unmet()) text += "  leaves a duty unmet";
  }
  // Of one that comes out otherwise it can be said; then this is why.
  if (!told.because().empty()) {
    text += (told.has_judged() ? "\n    because: " : "\n    cannot be said: ") + told.because();
  }
  return text;
}

void SaySummary(const v1::ReplaySummary& summary, const ReplayOptions& options) {
  std::cout << "decisions  " << summary.decisions() << '\n';
  if (!options.as_then && !options.as_now) return;
  std::cout << "same       " << summary.same() << "\ndifferent  " << summary.different() << '\n';
  if (options.as_now) {
    std::cout << "show more  " << summary.raised() << "\nnewly unmet  " << summary.newly_unmet()
              << '\n';
  }
  std::cout << "cannot be said  " << summary.not_replayed() << '\n';
}

constexpr std::uint64_t kProgressEvery = 10'000;

/// Where decisions go: to people, to programs, or into a file.
class Teller {
 public:
  Teller(const Invocation& invocation, const ReplayOptions& options,
         std::optional<ReplayFile>& file)
      : invocation_(invocation), options_(options), file_(file) {}

  void Tell(const v1::ReplayDecisionsResponse& frame) {
    if (frame.has_progress()) {
      const v1::ReplayProgress& progress = frame.progress();
      if (file_) file_->Mark(progress.next_index(), progress.end_index());
      progress_.Say(progress.next_index(), progress.end_index());
    } else if (frame.has_decision()) {
      if (file_) {
        const v1::ReplayedDecision& told = frame.decision();
        if (options_.as_now && told.has_judged()) {
          file_->DemandPolicy(told.judged().policy_digest());
        }
        file_->Add(JsonText(frame.decision()));
      } else if (invocation_.json) {
        PrintJson(frame.decision());
      } else {
        std::cout << DecisionText(frame.decision()) << '\n';
      }
    } else if (frame.has_summary()) {
      summary_ = file_ ? file_->WholeWith(frame.summary()) : frame.summary();
      const nlohmann::json line = {{"summary", nlohmann::json::parse(JsonText(summary_))}};
      if (file_) {
        file_->Add(line.dump());
        file_->Mark(summary_.end_index(), summary_.end_index());
      }
      if (invocation_.json) {
        PrintJson(line);
      } else {
        SaySummary(summary_, options_);
      }
    }
  }

  /// Of the whole, what the file held before included.
  const v1::ReplaySummary& summary() const { return summary_; }

 private:
  const Invocation& invocation_;
  const ReplayOptions& options_;
  std::optional<ReplayFile>& file_;
  v1::ReplaySummary summary_;
  Progress progress_{"leaves", kProgressEvery};
};

}  // namespace

bool ReplayOptions::AnyGiven() const {
  return !from.empty() || !to.empty() || !nominal_id.empty() || !agency.empty() ||
         !event_type.empty() || as_then || as_now;
}

void ReplayDecisions(const Invocation& invocation, const ReplayOptions& options) {
  v1::ReplayDecisionsRequest request = RequestFrom(options);
  const std::string question = JsonText(request);  // before who asks, and where it goes on
  std::optional<ReplayFile> file;
  if (options.resume && options.out.empty()) StopUsage("--resume needs --out FILE");
  if (!options.out.empty()) {
    file.emplace(options.resume ? ReplayFile::Resume(options.out, question)
                                : ReplayFile::Begin(options.out, question));
    request.set_first_index(file->next());
    request.set_end_index(file->end());
  }
  *request.mutable_acting() = invocation.Acting();
  const auto stub = v1::AuditService::NewStub(invocation.Channel());
  grpc::ClientContext context;
  const auto reader = stub->ReplayDecisions(&context, request);
  Teller teller(invocation, options, file);
  v1::ReplayDecisionsResponse frame;
  while (reader->Read(&frame)) teller.Tell(frame);
  const grpc::Status status = reader->Finish();
  if (!status.ok()) StopFor(client::RefusalFrom(status));
  if (options.as_then && teller.summary().different() != 0) {
    StopUnverified(std::to_string(teller.summary().different()) +
                   " decisions do not come out as they were recorded");
  }
}

}  // namespace tearline::cli
