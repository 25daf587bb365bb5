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
    case v1::OBLIGATION_TYPE_REVIEW_NUMBERS:
      return "must find out which of its numbers is wrong, or whether two are one person";
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

std::string Waits(const std::string& what, const std::string& post) {
  return what + " waits in the feed of " + post + " and has not been let go yet.";
}

std::string WayOfIt(const std::string& post, const v1::ExplainDecisionResponse& explained) {
  if (!explained.has_released_at()) {
    return explained.waits() ? Waits("It", post) : "It has not been let go to " + post + ".";
  }
  std::string sentence = "It was let go " + TimeUtil::ToString(explained.released_at());
  if (explained.has_released_anew_at()) {
    sentence += " first, and as " + post + " was given it last, " +
                policy::LevelWords(explained.given()) + ", " +
                TimeUtil::ToString(explained.released_anew_at());
  }
  sentence += explained.has_acknowledged_at()
                  ? ", its receipt acknowledged " + TimeUtil::ToString(explained.acknowledged_at())
                  : ", its receipt not acknowledged";
  sentence += explained.has_read_at()
                  ? ", and a person read it " + TimeUtil::ToString(explained.read_at())
                  : ", and no person has said that they read it";
  if (explained.has_read_before_at()) {
    sentence +=
        "; what was let go before was read " + TimeUtil::ToString(explained.read_before_at());
  }
  if (explained.has_taken_back_at()) {
    sentence += "; access was withdrawn " + TimeUtil::ToString(explained.taken_back_at());
  }
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

void AddSentences(const std::string& post, v1::ExplainDecisionResponse& explained) {
  explained.add_sentences(explained.decisions().empty()
                              ? "It was never judged for " + post +
                                    ": nothing about whom it concerns brings that post in."
                              : WayOfIt(post, explained));
  if (explained.has_released_at() && explained.waits()) {
    explained.add_sentences(Waits("What it may be told now", post));
  }
  for (const v1::ExplainedObligation& obligation : explained.obligations()) {
    explained.add_sentences(ObligationSentence(obligation));
  }
}

void AddSentences(v1::NotToldRow& row) {
  const bool given = row.has_released_at();
  if (given) {
    row.add_sentences(row.post() + " was given " + policy::LevelWords(row.given()) + " " +
                      TimeUtil::ToString(row.released_at()) +
                      (row.has_taken_back_at() ? "; access was withdrawn " +
                                                     TimeUtil::ToString(row.taken_back_at()) + "."
                                               : "."));
  }
  if (row.waits()) {
    row.add_sentences(Waits(given ? "What it may be told now" : "It", row.post()));
  } else if (!given && row.level() != v1::LEVEL_WITHHELD) {
    row.add_sentences("It has not been let go to " + row.post() + ".");
  }
}

}  // namespace tearline::rpc
