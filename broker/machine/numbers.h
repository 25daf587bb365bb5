#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "broker/machine/step.h"
#include "broker/state/reader.h"
#include "tearline/stored/v1/command.pb.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::machine {

/// The numbers that a person is known by: how each stands, and who may know what of it (P6).

/// A number as the state has it.
struct Number {
  std::string nominal_id;  ///< Of whom it was recorded, 16 bytes.
  v1::IdentifierType type = v1::IDENTIFIER_TYPE_UNSPECIFIED;
  std::string index;  ///< 32 bytes.
  stored::v1::IdentifierRow row;
};

/// How a number stands: as it was corrected, else as its rule said.
[[nodiscard]] v1::IdentifierStatus StatusOf(const stored::v1::IdentifierRow& row);

/// Whether a post works with the person at a time: the case, a supervision without one, or broken
/// glass brings it in, and nothing keeps it out.
[[nodiscard]] bool IsWithPerson(const std::string& nominal_id, const std::string& post,
                                std::int64_t now_ms, const state::Reader& reader);

/// Whether the actor may know which agency asserted a number: its own; of somebody it works with,
/// one that the person's case brings in, or that leads it. Others may not be known to have to do
/// with the person at all.
[[nodiscard]] bool MayKnowSource(const stored::v1::IdentifierRow& row,
                                 const stored::v1::Actor& actor, std::int64_t now_ms,
                                 const state::Reader& reader);

/// The numbers that the actor may see opened, in order of nominal and type: all of the person's,
/// those in error, too, if it works with the person; else those of this nominal that its own agency
/// asserted; none if it is kept out.
[[nodiscard]] std::vector<Number> NumbersFor(const std::string& nominal_id,
                                             const stored::v1::Actor& actor, std::int64_t now_ms,
                                             const state::Reader& reader);

/// Nominals to whom numbers led that were given for this one, 16 bytes each: for the post that owes
/// the review, nobody else. Not those that are the same person by now, and nobody whom the post is
/// kept out of (P6). Whoever is shown them has looked at them, too (consultation.h).
[[nodiscard]] std::vector<std::string> DisagreeingFor(const std::string& nominal_id,
                                                      const std::string& post,
                                                      const state::Reader& reader);

/// Whether the actor is shown anything of a nominal's numbers.
[[nodiscard]] bool MaySeeNumbers(const std::string& nominal_id, const stored::v1::Actor& actor,
                                 std::int64_t now_ms, const state::Reader& reader);

/// Finds whose numbers are: fills in what it came to, and gives the nominal as it is named to the
/// actor's post; "" if there is none, or if they lead to different people. A match takes a number
/// that is verified and holds when it is asked (from kValidityJudgedFrom on). All that are found
/// were looked at.
[[nodiscard]] std::string FindByNumbers(const stored::v1::ResolveNominal& command, Step& step);

}  // namespace tearline::machine
