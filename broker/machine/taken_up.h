#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "broker/machine/step.h"
#include "broker/state/reader.h"
#include "tearline/stored/v1/row.pb.h"
#include "tearline/v1/case.pb.h"
#include "tearline/v1/directory.pb.h"

namespace tearline::machine {

/// The work of a dead address (hand_over.h) is taken up by a post of its agency that answers for
/// all that it does. While the one is dead and the other is not, the other is judged as the one
/// is, with its own roles, clearance, limits and conflicts: it gets what nobody has read, late and
/// once, what comes meanwhile, and what the dead one comes to be given late. What must be read
/// stays owed by the dead address, too, until somebody reads no less of it at either.
/// docs/decisions/0057-the-work-of-a-dead-address.md.

/// The version from which whoever does the work of several of a case is judged as all of them, and
/// not as the first alone, and must read what a dead address comes to read with an office.
inline constexpr std::uint16_t kWorkDoneWhollyFrom = 9;

/// Who does the work of a post now; "" if it is not a dead address, or nobody who is there does.
[[nodiscard]] std::string WhoDoesTheWorkOf(const std::string& post, const state::Reader& reader);

/// Whether a post does the work of another now.
[[nodiscard]] bool DoesTheWorkOf(const std::string& other, const std::string& post,
                                 const state::Reader& reader);

/// The posts whose work a post does now, by name.
[[nodiscard]] std::vector<std::string> WhoseWorkItDoes(const std::string& post,
                                                       const state::Reader& reader);

/// The dead addresses that a person's case, or a supervision without one, brings in and whose work
/// a post does now, by name. None if that is brought in itself, or is kept out of the person.
[[nodiscard]] std::vector<std::string> DeadBehind(const std::string& nominal_id,
                                                  const std::string& post,
                                                  const state::Reader& reader);

/// As which posts one is judged in a case, at least one: as itself if the case brings it in, or if
/// it does the work of none that the case does; else as those, each once: as the first alone before
/// kWorkDoneWhollyFrom.
[[nodiscard]] std::vector<std::string> StandsAs(const v1::Case& its_case, const std::string& post,
                                                std::uint16_t behaviour_version,
                                                const state::Reader& reader);

/// A post takes up the work of a dead address beside it, unless another that is there did before.
/// Originators are told, and pulses hand on what lies unread there (missed.h).
void TakeUpWork(const std::string& dead, const std::string& post, Step& step);

/// A person has read an event as `read` at the post that does the work of a dead address. True if
/// that is no less than what lies there (all there is, if nothing does): it is read there, too, by
/// the same people, and nobody who comes after need read it again.
bool ReadAlsoAt(const std::string& dead, const std::string& post, const stored::v1::EventRow& event,
                const stored::v1::ItemRow& read, Step& step);

/// The same where a person has read it at that post before: before it took the work up, or before
/// the dead address was to read it.
bool WasReadAlsoAt(const std::string& dead, const std::string& post,
                   const stored::v1::EventRow& event, Step& step);

/// A post was set, or is back in reach. If it is a dead address no more, whoever did its work does
/// so no more; and it does the work of none that does what it does not. What waits for whoever did,
/// and what was owed to it, is judged again as what it is; what it was told stands.
void EndWork(const std::string& post, Step& step);

}  // namespace tearline::machine
