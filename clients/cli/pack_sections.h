#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "clients/cli/case_pack.h"

namespace tearline::cli {

/// The parts of a pack, one file each: what the post may see, put in order. None of them counts
/// what is not there (P6): where a part may be empty because something is withheld, its note says
/// that nothing follows from that.

/// What came, was taken back, proposed, answered, owed and met about since, and how the case came to
/// be managed; the newest first.
[[nodiscard]] PackSection ChangedSection(const CasePack& pack);
/// Proposals and requests for information that somebody has not answered.
[[nodiscard]] PackSection UnansweredSection(const CasePack& pack);
/// What is past its time; the longest first.
[[nodiscard]] PackSection OverdueSection(const CasePack& pack);
/// What the post has as a pointer or a tear-line, and what is owed about it.
[[nodiscard]] PackSection WithheldSection(const CasePack& pack);
/// The events by pillar of a risk management plan, the newest first; those of types that belong to
/// none apart.
[[nodiscard]] std::vector<PackSection> PillarSections(const CasePack& pack);
/// Open actions, the next due first.
[[nodiscard]] PackSection ActionsSection(const CasePack& pack);
/// Requests for information made for the case that somebody has not answered, the next due first.
[[nodiscard]] PackSection RequestsSection(const CasePack& pack);
/// The next meeting, those planned for a time that is past of which nobody has said whether they
/// were held, and those held that have no minutes.
[[nodiscard]] PackSection MeetingsSection(const CasePack& pack);
/// Agencies with a seat of which nothing came to the post.
[[nodiscard]] PackSection SilentSection(const CasePack& pack);
/// Agencies that told the post something, are asked or have a part in the case, and have no seat;
/// of those that have one, posts that told something and have no part themselves.
[[nodiscard]] PackSection SeatlessSection(const CasePack& pack);

/// Pieces the parts share.
/// The posts that have not answered a request, "POST, POST (overdue)"; "" if all have.
[[nodiscard]] std::string WaitedForText(const v1::InformationRequest& request);
[[nodiscard]] std::int64_t MsOf(const google::protobuf::Timestamp& time);
/// Agencies with a seat; and, if `parts`, the lead, accountable and supervising ones.
[[nodiscard]] std::set<std::string> AgenciesOf(const v1::Case& about, bool parts);

}  // namespace tearline::cli
