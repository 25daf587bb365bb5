#pragma once

#include <cstdint>
#include <string>

#include "broker/machine/step.h"

namespace tearline::machine {

/// The version from which an originator hears once that a post was told all of what it controls,
/// however often it is sent anew, and again only if more is told.
inline constexpr std::uint16_t kControlToldOnceFrom = 7;

/// P10: who told something about a person hears that access to it has changed. Every originating
/// post is told, once for each nominal and post concerned, except of its own access.
///
/// One record looks at kOriginatorsToldMax rows; its leaf says how many posts it told if that was
/// not all, and the next pulses go on where it stopped.

/// Of one post, for one nominal.
void TellOriginatorsOfOne(const std::string& nominal_id, const std::string& post, Step& step);

/// The same, and of whoever does the work of the post, if it is a dead address, and is not kept out
/// (taken_up.h): what brings the one in is a matter of both.
void TellOriginators(const std::string& nominal_id, const std::string& post, Step& step);

/// Of a post that takes up the work of a dead address: for everybody whom that brings it in for,
/// and nothing and none of the others before it did.
void TellOriginatorsOfWork(const std::string& dead, const std::string& post, Step& step);

/// Of a whole agency, for one nominal whose case it leads, or whose case brings posts of it in.
void TellOriginatorsOfLead(const std::string& nominal_id, const std::string& agency, Step& step);

/// Of one post, for every nominal whose case brings it in, and every one it supervises without.
void TellOriginatorsOfPost(const std::string& post, Step& step);

/// The same of every post of an agency, or of those that `member` acts for if it is not empty.
void TellOriginatorsOfAgency(const std::string& agency, const std::string& member, Step& step);

/// Not of access: the content about a nominal was erased. All are told, the eraser's posts among
/// them.
void TellOriginatorsOfErasure(const std::string& nominal_id, Step& step);

/// Whoever answers for an event whose originator controls it hears that a post of another agency,
/// to which it was not released, was let have all of it as `item`: whatever goes before the
/// originator's word, the originator is told. Of anything else nothing is said. From
/// kControlToldFrom on.
void TellOfControlPassed(const std::string& post, const stored::v1::ItemRow& item, Step& step);

/// One post hears that the access of `whose` to the person has changed: its own, if it is the same.
void TellOfAccess(const std::string& post, const std::string& whose, const std::string& nominal_id,
                  Step& step);

/// Goes on with what a record could not finish. `id` is what its deadline names.
///
/// Requires: it is there.
void ContinueTelling(const std::string& id, Step& step);

}  // namespace tearline::machine
