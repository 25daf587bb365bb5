#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "clients/signing/statements.h"
#include "tearline/v1/directory.pb.h"

namespace tearline::signing {

/// Whether a signed item that somebody kept is still what its own statements say, in every part
/// that is signed: content, tear-lines, label, times, whom it concerns, request id; and whether one
/// of `keys`, of the speaker's agency, signed each of them. A tear-line that is not signed does not
/// pass.
///
/// Returns SHA-256 of the key that signed its manifest, 32 bytes.
/// Source:  docs/verifying.md, "What originators sign".
/// Refuses: DATA_LOSS; the sentence says what differs, and quotes nothing of it.
[[nodiscard]] absl::StatusOr<std::string> CheckItem(const Speaker& speaker,
                                                    const std::vector<v1::SigningKey>& keys,
                                                    const v1::PublishItem& item);

/// The same of a withdrawal that somebody signed and kept.
[[nodiscard]] absl::StatusOr<std::string> CheckWithdrawal(const Speaker& speaker,
                                                          const std::vector<v1::SigningKey>& keys,
                                                          const v1::WithdrawEventRequest& request);

/// The same of an amendment: its terms, what it retires and writes, whom that is for; its pointer.
/// Of a tear-line it writes, text, marking and event; what the event was, its own item tells.
[[nodiscard]] absl::StatusOr<std::string> CheckAmendment(const Speaker& speaker,
                                                         const std::vector<v1::SigningKey>& keys,
                                                         const v1::AmendEventRequest& request);

}  // namespace tearline::signing
