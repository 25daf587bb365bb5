#include "clients/cli/bind_receipt.h"

#include "clients/signing/check_item.h"
#include "clients/verifier/tree.h"
#include "tearline/stored/v1/leaf.pb.h"

namespace tearline::cli {
namespace {

using stored::v1::AcceptedDetail;

/// Whether the log accepted the statements that this item carries.
bool HoldsStatements(const AcceptedDetail& accepted, const v1::PublishItem& item) {
  const v1::Event& event = item.event();
  const auto digest = [](const v1::Envelope& envelope) {
    return verifier::Bytes(verifier::Sha256(envelope.payload()));
  };
  if (!event.has_signature() || accepted.signed_digest() != digest(event.signature().manifest()) ||
      accepted.tear_line_digests_size() != event.tear_lines_size()) {
    return false;
  }
  for (int i = 0; i < event.tear_lines_size(); ++i) {
    if (accepted.tear_line_digests(i) != digest(event.tear_lines(i).signature().envelope())) {
      return false;
    }
  }
  return true;
}

/// Whether what lies beside those statements is what they say, and who signed them whom the log
/// names.
absl::Status CheckKept(const std::string& log_origin, const AcceptedDetail& accepted,
                       const std::vector<v1::SigningKey>& keys, const v1::PublishItem& item) {
  const absl::StatusOr<std::string> key_id = signing::CheckItem(
      {log_origin, accepted.originating_agency(), accepted.originating_post()}, keys, item);
  if (!key_id.ok()) return key_id.status();
  if (*key_id == accepted.key_id()) return absl::OkStatus();
  return absl::DataLossError("another key signed it than the one the log names");
}

}  // namespace

absl::StatusOr<std::string> RequestBound(const verifier::Receipt& receipt,
                                         const std::vector<v1::SigningKey>& keys,
                                         const std::vector<v1::PublishItem>& items) {
  absl::Status found =
      absl::DataLossError("the receipt is of none of the events that were signed and kept");
  for (const stored::v1::Detail& fact : receipt.facts) {
    if (!fact.has_accepted()) continue;
    for (const v1::PublishItem& item : items) {
      if (!HoldsStatements(fact.accepted(), item)) continue;
      const absl::Status kept = CheckKept(receipt.checkpoint.origin, fact.accepted(), keys, item);
      if (kept.ok()) return item.request_id();
      found = absl::DataLossError("what was kept as request " + item.request_id() +
                                  " is not what the log accepted: " + std::string(kept.message()));
    }
  }
  return found;
}

}  // namespace tearline::cli
