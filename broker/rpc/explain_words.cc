#include "broker/rpc/explain_words.h"

#include <google/protobuf/util/time_util.h>

#include "broker/policy/words.h"

namespace tearline::rpc {
namespace {

using google::protobuf::util::TimeUtil;

std::string Wanted(v1::ObligationType type) {
  switch (type) {
    case v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW:
      return "must write what can be told, or review that it is not";
    case v1::OBLIGATION_TYPE_READ:
      return "must have a person read it";
    case v1::OBLIGATION_TYPE_PARKED:
      return "must see to an item that was set aside";
    case v1::OBLIGATION_TYPE_JUDGING_FAILED:
      return "must find out why judging failed";
    case v1::OBLIGATION_TYPE_HISTORY_ARRIVED:
      return "must look through history that arrived";
    case v1::OBLIGATION_TYPE_WITNESSES_MISSING:
      return "must find out why witnesses do not cosign the log";
    case v1::OBLIGATION_TYPE_CONFIRM_DELETION:
      return "must say that it is deleted wherever it went";
    case v1::OBLIGATION_TYPE_REPORT_BREACH:
      return "must judge whether the Information Commissioner is told, and tell";
    case v1::OBLIGATION_TYPE_REVIEW_BREAK_GLASS:
      return "must review that a post broke the glass";
    case v1::OBLIGATION_TYPE_REVIEW_UNMERGE:
      return "must review what was told while it was taken for somebody else's";
    case v1::OBLIGATION_TYPE_SEE_TO_JOINED_CASE:
      return "must look at who sat on the panel that was joined, and seat whoever is needed";
    case v1::OBLIGATION_TYPE_COMPLETE_ACTION:
      return "must do what the panel agreed";
    case v1::OBLIGATION_TYPE_SEE_TO_OPEN_WORK:
      return "must see to each action that was left open";
    case v1::OBLIGATION_TYPE_REVIEW_OVERRIDE:
      return "must look at what a chair let be while it was open";
    case v1::OBLIGATION_TYPE_ANSWER_PROPOSAL:
      return "must say what it knows about a proposal";
    case v1::OBLIGATION_TYPE_ANSWER_INFORMATION_REQUEST:
      return "must answer a request for information";
    case v1::OBLIGATION_TYPE_REVIEW_INFORMATION_REFUSAL:
      return "must look at why information was refused";
    case v1::OBLIGATION_TYPE_RECORD_MINUTES:
      return "must see that the minutes of a meeting are recorded";
    case v1::OBLIGATION_TYPE_TAKE_OVER:
      return "must take over what is handed over with its post";
    default:
      return "must act";
  }
}

std::string WayOfIt(const std::string& post, bool waits,
                    const v1::ExplainDecisionResponse& explained) {
  if (!explained.has_released_at()) {
    return waits ? "It waits in the feed of " + post + " and has not been let go yet."
                 : "It has not been let go to " + post + ".";
  }
  std::string sentence = "It was let go " + TimeUtil::ToString(explained.released_at());
  sentence += explained.has_acknowledged_at()
                  ? ", its receipt acknowledged " + TimeUtil::ToString(explained.acknowledged_at())
                  : ", its receipt not acknowledged";
  sentence += explained.has_read_at()
                  ? ", and a person read it " + TimeUtil::ToString(explained.read_at())
                  : ", and no person has said that they read it";
  return sentence + ".";
}

}  // namespace

std::string ObligationSentence(const v1::ExplainedObligation& obligation) {
  std::string sentence = obligation.debtor_post() + " " + Wanted(obligation.type());
  if (const std::string because = policy::BecauseWords(obligation.reason()); !because.empty()) {
    sentence += ", because " + because;
  }
  if (!obligation.open()) return sentence + ": that is done.";
  sentence += "; it is due " + TimeUtil::ToString(obligation.due_at());
  if (obligation.stage() > 0) {
    sentence += ", and has climbed " + std::to_string(obligation.stage()) +
                (obligation.stage() == 1 ? " step, to " : " steps, to ") + obligation.told_post();
  }
  return sentence + ".";
}

void AddSentences(const std::string& post, bool waits, v1::ExplainDecisionResponse& explained) {
  explained.add_sentences(explained.decisions().empty()
                              ? "It was never judged for " + post +
                                    ": nothing about whom it concerns brings that post in."
                              : WayOfIt(post, waits, explained));
  for (const v1::ExplainedObligation& obligation : explained.obligations()) {
    explained.add_sentences(ObligationSentence(obligation));
  }
}

}  // namespace tearline::rpc
