#include "broker/rpc/publish_result.h"

#include <google/protobuf/util/time_util.h>

#include "broker/rpc/unary.h"

namespace tearline::rpc {

void FillRefusal(const Status& refusal, v1::PublishResult& result) {
  result.set_refusal_reason(ReasonName(ReasonOf(refusal)));
  result.set_refusal_sentence(SentenceOf(refusal));
}

Status FillResult(const Result<machine::Applied>& applied, v1::PublishResult& result) {
  const Status status = StatusOf(applied);
  if (status.ok()) {
    result.set_event_id(applied->made_id);
    *result.mutable_accepted_at() =
        google::protobuf::util::TimeUtil::MillisecondsToTimestamp(applied->stamp_ms);
    result.set_leaf_hash(applied->leaf_hash.Bytes());
    result.set_repeated_request(applied->outcome == audit::Outcome::kRepeated);
    if (applied->numbers_disagree) result.add_warnings(v1::PUBLISH_WARNING_NUMBERS_DISAGREE);
    return {};
  }
  FillRefusal(status, result);
  const v1::ErrorReason reason = ReasonOf(status);
  const bool repeat =
      reason == v1::ERROR_REASON_UNAVAILABLE || reason == v1::ERROR_REASON_UNKNOWN_OUTCOME;
  return repeat ? status : Status();
}

}  // namespace tearline::rpc
