#pragma once

#include <string>
#include <string_view>

#include "tearline/stored/v1/command.pb.h"
#include "tearline/v1/event.pb.h"
#include "tearline/v1/manifest.pb.h"
#include "tearline/v1/publisher_service.pb.h"

namespace tearline::sequencer {

/// What an originator's statements must say of what it sends; docs/verifying.md, "What originators
/// sign". Every digest is SHA-256(its name, 0x00, a salt of 16 bytes, what it is of).
///
/// Threads: any.

/// `publish` holds what lies in the clear; of `EventManifest.segments` nothing is filled in,
/// because what stands there beside the segments' digests is the originator's to draw.
[[nodiscard]] v1::EventManifest ManifestOf(const v1::PublishItem& item,
                                           const stored::v1::Publish& publish,
                                           const std::string& log_origin);
/// Of a tear-line that comes with its event; for one that is written later `publication` is empty,
/// and `event_id` goes in beside it.
[[nodiscard]] v1::TearLineStatement TearLineStatementOf(const v1::TearLine& tear_line,
                                                        const stored::v1::Publish& publish,
                                                        const std::string& publication,
                                                        const std::string& log_origin);
/// Of the pointer that comes with an event; for one under amended terms `publication` is empty,
/// and `event_id` goes in beside it.
[[nodiscard]] v1::PointerStatement PointerStatementOf(const stored::v1::Publish& publish,
                                                      const std::string& ask_post,
                                                      const std::string& publication,
                                                      const std::string& log_origin);

/// Of what changes the event that `publish` published. `signed_ms` is the signer's to say: of it
/// nothing is filled in.
[[nodiscard]] v1::WithdrawalStatement WithdrawalStatementOf(v1::WithdrawalReason reason,
                                                            const stored::v1::Publish& publish,
                                                            const std::string& log_origin);
[[nodiscard]] v1::AmendmentStatement AmendmentStatementOf(const v1::EventAmendment& amendment,
                                                          const stored::v1::Publish& publish,
                                                          const std::string& log_origin);

/// The digests, 32 bytes each.
[[nodiscard]] std::string PublicationDigest(std::string_view salt, std::string_view request_id);
[[nodiscard]] std::string SegmentDigest(const v1::Segment& segment);
[[nodiscard]] std::string TextDigest(std::string_view salt, std::string_view text);

}  // namespace tearline::sequencer
