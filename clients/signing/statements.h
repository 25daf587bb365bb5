#pragma once

#include <string>

#include "tearline/v1/event.pb.h"
#include "tearline/v1/manifest.pb.h"
#include "tearline/v1/publisher_service.pb.h"

namespace tearline::signing {

/// In whose name something is said, and where.
struct Speaker {
  std::string log_origin;  ///< As the log's checkpoints name it.
  std::string agency;      ///< The originating agency.
  std::string post;  ///< The originating post; "" where an adapter publishes for another agency.
};

/// What an item's statements must say, by its content and the salts it carries: what is signed, and
/// what whoever kept it holds it against. docs/verifying.md, "What originators sign".
///
/// A time that no Timestamp may hold counts as none; the broker refuses it.

/// Of the request id.
[[nodiscard]] std::string PublicationDigest(const v1::PublishItem& item);
/// Of `segments` nothing is filled in: the digests that are of none are the signer's to draw.
[[nodiscard]] v1::EventManifest ManifestOf(const Speaker& speaker, const v1::PublishItem& item);
/// One of a manifest's `segments`.
[[nodiscard]] std::string DigestOf(const v1::Segment& segment);
/// Without `publication`, or `event_id` for one that is written later.
[[nodiscard]] v1::TearLineStatement TearLineStatementOf(const Speaker& speaker,
                                                        const v1::Event& event,
                                                        const v1::TearLine& tear_line);
[[nodiscard]] v1::PointerStatement PointerStatementOf(const Speaker& speaker,
                                                      const v1::PublishItem& item);

/// Of what changes an event later, by its id, "ev_…". Without `signed_ms`: the signer's to say.
[[nodiscard]] v1::WithdrawalStatement WithdrawalStatementOf(const Speaker& speaker,
                                                            const std::string& event_id,
                                                            v1::WithdrawalReason reason);
[[nodiscard]] v1::AmendmentStatement AmendmentStatementOf(const Speaker& speaker,
                                                          const std::string& event_id,
                                                          const v1::EventAmendment& amendment);
/// Of the pointer under the terms that an amendment brings.
[[nodiscard]] v1::PointerStatement PointerStatementOf(const Speaker& speaker,
                                                      const std::string& event_id,
                                                      const v1::ReleaseTerms& terms);

}  // namespace tearline::signing
