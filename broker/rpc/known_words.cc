#include "broker/rpc/known_words.h"

#include <google/protobuf/util/time_util.h>

#include "broker/policy/words.h"

namespace tearline::rpc {
namespace {

using google::protobuf::util::TimeUtil;

std::string WhyNot(const v1::KnownTo& known) {
  std::string text;
  if (known.duty() != v1::LEVEL_UNSPECIFIED) {
    text += ", though owed at least " + policy::LevelWords(known.duty());
  }
  const std::string because = policy::BecauseWords(known.shortfall());
  if (known.shortfall() != v1::RULE_REASON_UNSPECIFIED && !because.empty()) {
    text += ", because " + because;
  }
  return text;
}

}  // namespace

std::string KnownEventSentence(const v1::KnownEvent& event, bool later) {
  const std::string who = event.answering_post().empty()
                              ? ", which the broker made of several"
                              : ", for which " + event.answering_post() + " answers";
  std::string sentence =
      event.event_type() + who + ", occurred " + TimeUtil::ToString(event.occurred_at());
  if (event.has_published_at()) {
    sentence += ", was published " + TimeUtil::ToString(event.published_at());
  }
  sentence += " and was recorded " + TimeUtil::ToString(event.accepted_at());
  return sentence + (later ? ": after the time asked for, so nobody had been told of it." : ".");
}

std::string KnownToSentence(const v1::KnownTo& known, bool taken_back) {
  if (!known.has_decided_at()) return "It had not been judged for " + known.post() + ".";
  if (!known.has_released_at()) {
    if (known.decided() == v1::LEVEL_WITHHELD) {
      return known.post() + " was to be told nothing" + WhyNot(known) + "; decided " +
             TimeUtil::ToString(known.decided_at()) + ".";
    }
    return known.post() + " was to be told " + policy::LevelWords(known.decided()) + ", decided " +
           TimeUtil::ToString(known.decided_at()) + ", and it had not been let go yet.";
  }
  std::string sentence = known.post() + " had been given " + policy::LevelWords(known.level());
  if (known.level() < known.duty()) sentence += WhyNot(known);
  sentence += ", first let go " + TimeUtil::ToString(known.released_at());
  if (known.has_released_anew_at()) {
    sentence += " and as it had it then " + TimeUtil::ToString(known.released_anew_at());
  }
  sentence += known.has_acknowledged_at()
                  ? ", its receipt acknowledged " + TimeUtil::ToString(known.acknowledged_at())
                  : ", its receipt not acknowledged";
  sentence += known.has_read_at()
                  ? ", and a person had read it " + TimeUtil::ToString(known.read_at())
                  : ", and no person had said that they read it";
  if (known.has_read_before_at()) {
    sentence +=
        "; what was let go before had been read " + TimeUtil::ToString(known.read_before_at());
  }
  return sentence + (taken_back ? "; access to it had been withdrawn again." : ".");
}

}  // namespace tearline::rpc
