#include "clients/cli/bind_change.h"

#include <google/protobuf/util/json_util.h>

#include <sstream>

#include "clients/signing/check_item.h"
#include "clients/verifier/base64.h"
#include "clients/verifier/tree.h"
#include "tearline/stored/v1/leaf.pb.h"

namespace tearline::cli {
namespace {

using stored::v1::AcceptedChangeDetail;

std::string DigestOf(const v1::Envelope& envelope) {
  return verifier::Bytes(verifier::Sha256(envelope.payload()));
}

template <typename Request>
bool IsOf(const AcceptedChangeDetail& accepted, const Request& request) {
  return "ev_" + verifier::Hex(accepted.event_id()) == request.event_id();
}

/// Whether the log accepted the statements that this change carries.
bool HoldsStatements(const AcceptedChangeDetail& accepted,
                     const v1::WithdrawEventRequest& request) {
  return IsOf(accepted, request) && accepted.withdrawn() == request.reason() &&
         accepted.signed_digest() == DigestOf(request.signature());
}

bool HoldsStatements(const AcceptedChangeDetail& accepted, const v1::AmendEventRequest& request) {
  const v1::EventAmendment& amendment = request.amendment();
  const v1::AmendmentSignature& signature = amendment.signature();
  const std::string pointer = signature.has_pointer() ? DigestOf(signature.pointer()) : "";
  if (!IsOf(accepted, request) || accepted.withdrawn() != v1::WITHDRAWAL_REASON_UNSPECIFIED ||
      accepted.signed_digest() != DigestOf(signature.envelope()) ||
      accepted.pointer_digest() != pointer ||
      accepted.tear_line_digests_size() != amendment.tear_lines_size()) {
    return false;
  }
  for (int i = 0; i < amendment.tear_lines_size(); ++i) {
    const v1::TearLine& tear_line = amendment.tear_lines(i);
    const std::string digest =
        tear_line.has_signature() ? DigestOf(tear_line.signature().envelope()) : "";
    if (accepted.tear_line_digests(i) != digest) return false;
  }
  return true;
}

absl::StatusOr<std::string> CheckKept(const signing::Speaker& speaker,
                                      const std::vector<v1::SigningKey>& keys,
                                      const v1::WithdrawEventRequest& request) {
  return signing::CheckWithdrawal(speaker, keys, request);
}

absl::StatusOr<std::string> CheckKept(const signing::Speaker& speaker,
                                      const std::vector<v1::SigningKey>& keys,
                                      const v1::AmendEventRequest& request) {
  return signing::CheckAmendment(speaker, keys, request);
}

/// Looks for what the receipt is of among `kept`; OK where it was found.
template <typename Requests>
absl::Status Find(const verifier::Receipt& receipt, const AcceptedChangeDetail& accepted,
                  const std::vector<v1::SigningKey>& keys, const Requests& kept) {
  absl::Status found =
      absl::DataLossError("the receipt is of none of the changes that were signed and kept");
  const signing::Speaker speaker{receipt.checkpoint.origin, accepted.originating_agency(), ""};
  for (const auto& request : kept) {
    if (!HoldsStatements(accepted, request)) continue;
    const absl::StatusOr<std::string> key_id = CheckKept(speaker, keys, request);
    if (key_id.ok() && *key_id == accepted.key_id()) return absl::OkStatus();
    const std::string why = key_id.ok() ? "another key signed it than the one the log names"
                                        : std::string(key_id.status().message());
    found = absl::DataLossError("what was kept of " + request.event_id() +
                                " is not what the log accepted: " + why);
  }
  return found;
}

template <typename Request>
bool ReadLine(const std::string& line, Request& request) {
  return google::protobuf::util::JsonStringToMessage(line, &request).ok();
}

}  // namespace

KeptChanges TakeChanges(std::string_view text, std::string& others) {
  KeptChanges changes;
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    v1::WithdrawEventRequest withdrawal;
    v1::AmendEventRequest amendment;
    if (ReadLine(line, withdrawal) && withdrawal.has_signature()) {
      changes.withdrawals.push_back(std::move(withdrawal));
    } else if (ReadLine(line, amendment) && amendment.amendment().has_signature()) {
      changes.amendments.push_back(std::move(amendment));
    } else {
      others += line + '\n';
    }
  }
  return changes;
}

absl::StatusOr<std::string> ChangeBound(const verifier::Receipt& receipt,
                                        const std::vector<v1::SigningKey>& keys,
                                        const KeptChanges& changes) {
  for (const stored::v1::Detail& fact : receipt.facts) {
    if (!fact.has_accepted_change()) continue;
    const AcceptedChangeDetail& accepted = fact.accepted_change();
    const std::string event_id = "ev_" + verifier::Hex(accepted.event_id());
    if (accepted.withdrawn() != v1::WITHDRAWAL_REASON_UNSPECIFIED) {
      const absl::Status found = Find(receipt, accepted, keys, changes.withdrawals);
      if (!found.ok()) return found;
      return "withdrawal of " + event_id;
    }
    const absl::Status found = Find(receipt, accepted, keys, changes.amendments);
    if (!found.ok()) return found;
    return "amendment of " + event_id;
  }
  return absl::DataLossError("the receipt opens no change of an event that was signed");
}

}  // namespace tearline::cli
