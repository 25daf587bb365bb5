#include "broker/rpc/grpc_status.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "tearline/v1/rpc_status.pb.h"

namespace tearline::rpc {
namespace {

struct Row {
  v1::ErrorReason reason;
  grpc::StatusCode code;
};

using enum grpc::StatusCode;

/// One row for each reason, in order of number.
constexpr Row kRows[] = {
    {v1::ERROR_REASON_UNSPECIFIED, INTERNAL},
    {v1::ERROR_REASON_FIELD_INVALID, INVALID_ARGUMENT},
    {v1::ERROR_REASON_LIMIT_PASSED, INVALID_ARGUMENT},
    {v1::ERROR_REASON_EVENT_TYPE_INVALID, INVALID_ARGUMENT},
    {v1::ERROR_REASON_LABEL_INVALID, INVALID_ARGUMENT},
    {v1::ERROR_REASON_REQUEST_ID_REUSED, ALREADY_EXISTS},
    {v1::ERROR_REASON_FIELD_IS_BROKERS, INVALID_ARGUMENT},
    {v1::ERROR_REASON_NAME_INVALID, INVALID_ARGUMENT},
    {v1::ERROR_REASON_IDENTIFIER_INVALID, INVALID_ARGUMENT},
    {v1::ERROR_REASON_TIME_INVALID, INVALID_ARGUMENT},
    {v1::ERROR_REASON_ABOVE_ACCREDITATION, FAILED_PRECONDITION},
    {v1::ERROR_REASON_CERTIFICATE_INVALID, UNAUTHENTICATED},
    {v1::ERROR_REASON_CERTIFICATE_EXPIRED, UNAUTHENTICATED},
    {v1::ERROR_REASON_WRONG_AUTHORITY, UNAUTHENTICATED},
    {v1::ERROR_REASON_UNKNOWN_PRINCIPAL, UNAUTHENTICATED},
    {v1::ERROR_REASON_SUSPENDED, PERMISSION_DENIED},
    {v1::ERROR_REASON_NOT_YOUR_POST, PERMISSION_DENIED},
    {v1::ERROR_REASON_NOT_PERMITTED, PERMISSION_DENIED},
    {v1::ERROR_REASON_PERSON_REQUIRED, PERMISSION_DENIED},
    {v1::ERROR_REASON_SECOND_HAND_REQUIRED, PERMISSION_DENIED},
    {v1::ERROR_REASON_PURPOSE_REQUIRED, PERMISSION_DENIED},
    {v1::ERROR_REASON_QUOTA_USED, RESOURCE_EXHAUSTED},
    {v1::ERROR_REASON_CERTIFICATE_REVOKED, UNAUTHENTICATED},
    {v1::ERROR_REASON_REVOCATION_UNKNOWN, UNAUTHENTICATED},
    {v1::ERROR_REASON_SIGNATURE_REQUIRED, FAILED_PRECONDITION},
    {v1::ERROR_REASON_SIGNATURE_INVALID, INVALID_ARGUMENT},
    {v1::ERROR_REASON_SIGNING_KEY_UNKNOWN, FAILED_PRECONDITION},
    {v1::ERROR_REASON_SIGNING_KEY_ENDED, FAILED_PRECONDITION},
    {v1::ERROR_REASON_SIGNED_OTHERWISE, INVALID_ARGUMENT},
    {v1::ERROR_REASON_SIGNING_KEY_UNFIT, INVALID_ARGUMENT},
    {v1::ERROR_REASON_SIGNING_KEY_UNPROVEN, INVALID_ARGUMENT},
    {v1::ERROR_REASON_SIGNED_AT_ANOTHER_TIME, FAILED_PRECONDITION},
    {v1::ERROR_REASON_SIGNED_ALREADY, FAILED_PRECONDITION},
    {v1::ERROR_REASON_NOT_FOUND, NOT_FOUND},
    {v1::ERROR_REASON_ALREADY_EXISTS, ALREADY_EXISTS},
    {v1::ERROR_REASON_WRONG_STATE, FAILED_PRECONDITION},
    {v1::ERROR_REASON_GENESIS_EXISTS, FAILED_PRECONDITION},
    {v1::ERROR_REASON_GENESIS_MISSING, FAILED_PRECONDITION},
    {v1::ERROR_REASON_IDENTIFIER_TAKEN, ALREADY_EXISTS},
    {v1::ERROR_REASON_POLICY_INVALID, INVALID_ARGUMENT},
    {v1::ERROR_REASON_POLICY_MISSING, FAILED_PRECONDITION},
    {v1::ERROR_REASON_POLICY_TEST_FAILED, FAILED_PRECONDITION},
    {v1::ERROR_REASON_POLICY_NOT_COVERED, FAILED_PRECONDITION},
    {v1::ERROR_REASON_POLICY_FLAWED, FAILED_PRECONDITION},
    {v1::ERROR_REASON_POLICY_TOO_COMPLEX, FAILED_PRECONDITION},
    {v1::ERROR_REASON_SIMULATION_REQUIRED, FAILED_PRECONDITION},
    {v1::ERROR_REASON_RAISES_NOT_SIGNED_OFF, FAILED_PRECONDITION},
    {v1::ERROR_REASON_PURPOSE_UNKNOWN, INVALID_ARGUMENT},
    {v1::ERROR_REASON_LEGAL_BASIS_UNKNOWN, INVALID_ARGUMENT},
    {v1::ERROR_REASON_SESSION_SUPERSEDED, ABORTED},
    {v1::ERROR_REASON_SEQUENCE_AHEAD, OUT_OF_RANGE},
    {v1::ERROR_REASON_FRAME_OUT_OF_ORDER, INVALID_ARGUMENT},
    {v1::ERROR_REASON_EVENT_WITHDRAWN, FAILED_PRECONDITION},
    {v1::ERROR_REASON_NOTHING_AMENDED, FAILED_PRECONDITION},
    {v1::ERROR_REASON_GLASS_UNREVIEWED, FAILED_PRECONDITION},
    {v1::ERROR_REASON_REVIEWER_IN_LINE, PERMISSION_DENIED},
    {v1::ERROR_REASON_NO_REVIEWER, FAILED_PRECONDITION},
    {v1::ERROR_REASON_WORK_OPEN, FAILED_PRECONDITION},
    {v1::ERROR_REASON_NOT_ONE_PERSON, FAILED_PRECONDITION},
    {v1::ERROR_REASON_NOTHING_TO_MOVE, FAILED_PRECONDITION},
    {v1::ERROR_REASON_TWO_OPEN_CASES, FAILED_PRECONDITION},
    {v1::ERROR_REASON_LEGAL_BASIS_REQUIRED, PERMISSION_DENIED},
    {v1::ERROR_REASON_NOBODY_TO_ASK, FAILED_PRECONDITION},
    {v1::ERROR_REASON_ANSWER_NOT_TOLD, FAILED_PRECONDITION},
    {v1::ERROR_REASON_TOO_BUSY, RESOURCE_EXHAUSTED},
    {v1::ERROR_REASON_UNAVAILABLE, UNAVAILABLE},
    {v1::ERROR_REASON_UNKNOWN_OUTCOME, UNAVAILABLE},
    {v1::ERROR_REASON_CONFIG_INVALID, FAILED_PRECONDITION},
    {v1::ERROR_REASON_KEY_FILE_UNSAFE, FAILED_PRECONDITION},
    {v1::ERROR_REASON_CLOCK_PARTED, FAILED_PRECONDITION},
    {v1::ERROR_REASON_LEDGER_CORRUPT, DATA_LOSS},
    {v1::ERROR_REASON_LEDGER_FENCED, FAILED_PRECONDITION},
    {v1::ERROR_REASON_LEDGER_UNKNOWN, INTERNAL},
    {v1::ERROR_REASON_LEDGER_TAIL_LOST, DATA_LOSS},
    {v1::ERROR_REASON_CHECKPOINT_MISMATCH, DATA_LOSS},
    {v1::ERROR_REASON_STATE_CORRUPT, DATA_LOSS},
    {v1::ERROR_REASON_KEY_MISSING, FAILED_PRECONDITION},
    {v1::ERROR_REASON_SEAL_BROKEN, DATA_LOSS},
    {v1::ERROR_REASON_STORAGE_FAILED, INTERNAL},
    {v1::ERROR_REASON_UNAPPLIABLE, INTERNAL},
    {v1::ERROR_REASON_SIGNING_KEY_UNAVAILABLE, INTERNAL},
    {v1::ERROR_REASON_PROOF_INVALID, INVALID_ARGUMENT},
};

const Row* FindRow(v1::ErrorReason reason) {
  const auto* row = std::find_if(std::begin(kRows), std::end(kRows),
                                 [reason](const Row& each) { return each.reason == reason; });
  return row == std::end(kRows) ? nullptr : row;
}

/// "`a.b` must be …" speaks of field a.b; "" if the sentence begins otherwise.
std::string PathIn(const std::string& sentence) {
  if (sentence.empty() || sentence.front() != '`') return "";
  const std::size_t end = sentence.find('`', 1);
  return end == std::string::npos ? "" : sentence.substr(1, end - 1);
}

template <typename Detail>
void Pack(std::string_view name, const Detail& detail, v1::RpcStatus& status) {
  google::protobuf::Any& any = *status.add_details();
  any.set_type_url("type.googleapis.com/" + std::string(name));
  any.set_value(detail.SerializeAsString());
}

/// The sentence, the reason, and the field at fault.
v1::RpcStatus DetailsOf(const Status& status) {
  const v1::ErrorReason reason = ReasonOf(status);
  const std::string sentence = SentenceOf(status);
  v1::RpcStatus details;
  details.set_code(CodeOf(reason));
  details.set_message(sentence);
  v1::RpcErrorInfo error;
  error.set_reason(ReasonName(reason));
  error.set_domain("tearline.v1");
  Pack("google.rpc.ErrorInfo", error, details);
  if (std::string path = PathIn(sentence); !path.empty() && CodeOf(reason) == INVALID_ARGUMENT) {
    v1::RpcBadRequest bad_request;
    v1::RpcFieldViolation& violation = *bad_request.add_field_violations();
    violation.set_field(std::move(path));
    violation.set_description(sentence);
    Pack("google.rpc.BadRequest", bad_request, details);
  }
  return details;
}

}  // namespace

bool HasCode(v1::ErrorReason reason) { return FindRow(reason) != nullptr; }

grpc::StatusCode CodeOf(v1::ErrorReason reason) {
  const Row* row = FindRow(reason);
  return row == nullptr ? INTERNAL : row->code;
}

grpc::Status ToGrpc(const Status& status) {
  if (status.ok()) return grpc::Status::OK;
  return {CodeOf(ReasonOf(status)), SentenceOf(status), DetailsOf(status).SerializeAsString()};
}

grpc::Status ToGrpc(const Status& status, const v1::OpenWork& open) {
  v1::RpcStatus details = DetailsOf(status);
  Pack("tearline.v1.OpenWork", open, details);
  return {CodeOf(ReasonOf(status)), SentenceOf(status), details.SerializeAsString()};
}

}  // namespace tearline::rpc
