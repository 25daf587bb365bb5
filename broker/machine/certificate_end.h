#pragma once

#include <cstdint>
#include <string>

#include "broker/machine/step.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::machine {

/// The version from which the end of a member's own certificate counts for whether a post is in
/// reach.
inline constexpr std::uint16_t kCertificatesEndFrom = 7;

/// A member's certificate ends, and nobody renews it: who cannot come in any more reads nothing.
/// The machine knows no certificates; whoever opens a session shows, by the command, when the one
/// they were recognised by ends, and the latest such end is kept. A member of whom no session was
/// ever opened has no known end, and counts as one who may act. A certificate that was revoked is
/// not seen: suspend its member.
///
/// The next one is waited for: machines renew theirs by the hour, and are off at weekends. So a
/// member counts as without a certificate model::kCertificateWait after the last one ended, until
/// one of their sessions shows a later end.

/// Whether a member is without one.
[[nodiscard]] bool IsUncertified(const stored::v1::MemberRow& member, std::int64_t now_ms);

/// The acting member was recognised by a certificate that ends then, ms; 0 if that is not known.
/// Their posts may be back in reach.
void NoteCertificate(std::int64_t until_ms, Step& step);

/// It has ended, and no other was seen meanwhile. `id` and `due_ms` are what its deadline names.
void EndCertificate(const std::string& id, std::int64_t due_ms, Step& step);

}  // namespace tearline::machine
