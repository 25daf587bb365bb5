#include "broker/rpc/settle_words.h"

#include <google/protobuf/util/time_util.h>

#include <chrono>
#include <set>

#include "broker/model/limits.h"

namespace tearline::rpc {
namespace {

using google::protobuf::util::TimeUtil;

Status CheckLane(v1::Urgency lane, const std::string& path) {
  if (v1::Urgency_IsValid(lane) && lane != v1::URGENCY_UNSPECIFIED) return {};
  return Refuse(v1::ERROR_REASON_FIELD_INVALID,
                "`" + path + ".lane` must be immediate, urgent or routine");
}

Status CheckDelay(const google::protobuf::Duration& delay, const std::string& path) {
  const std::int64_t max_s = std::chrono::seconds(model::kRetryDelayMax).count();
  const bool fits = delay.seconds() >= 0 && delay.nanos() >= 0 && delay.nanos() < 1'000'000'000 &&
                    (delay.seconds() < max_s || (delay.seconds() == max_s && delay.nanos() == 0));
  if (fits) return {};
  return Refuse(v1::ERROR_REASON_LIMIT_PASSED, "`" + path + ".delay` must be 0 to 10 minutes");
}

template <typename Command, typename Words>
Command Begin(const Speaker& speaker, const Words& words) {
  Command command;
  command.set_feed(speaker.feed);
  command.set_session_id(speaker.session_id);
  command.set_lane(words.lane());
  return command;
}

}  // namespace

Status CheckAcknowledgement(const v1::LaneAcknowledgement& words, const std::string& path) {
  TEARLINE_RETURN_IF_REFUSED(CheckLane(words.lane(), path));
  if (words.sequences_size() <= model::kAcknowledgeMax) return {};
  return Refuse(v1::ERROR_REASON_LIMIT_PASSED, "`" + path + ".sequences` holds " +
                                                   std::to_string(words.sequences_size()) +
                                                   " numbers; at most 256");
}

Status CheckRetry(const v1::RetryItem& words, const std::string& path) {
  TEARLINE_RETURN_IF_REFUSED(CheckLane(words.lane(), path));
  return CheckDelay(words.delay(), path);
}

Status CheckPark(const v1::ParkItem& words, const std::string& path) {
  return CheckLane(words.lane(), path);
}

stored::v1::Acknowledge CommandOf(const Speaker& speaker, const v1::LaneAcknowledgement& words) {
  auto command = Begin<stored::v1::Acknowledge>(speaker, words);
  const std::set<std::uint64_t> rising(words.sequences().begin(), words.sequences().end());
  command.mutable_sequences()->Add(rising.begin(), rising.end());
  return command;
}

stored::v1::Retry CommandOf(const Speaker& speaker, const v1::RetryItem& words) {
  auto command = Begin<stored::v1::Retry>(speaker, words);
  command.set_sequence(words.sequence());
  command.set_delay_ms(static_cast<std::uint32_t>(TimeUtil::DurationToMilliseconds(words.delay())));
  return command;
}

stored::v1::Park CommandOf(const Speaker& speaker, const v1::ParkItem& words) {
  auto command = Begin<stored::v1::Park>(speaker, words);
  command.set_sequence(words.sequence());
  return command;
}

}  // namespace tearline::rpc
