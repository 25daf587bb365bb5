#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "broker/machine/step.h"
#include "broker/state/key.h"
#include "broker/state/reader.h"
#include "broker/status/status.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::machine {

/// Requests for information about a person. Each post that is asked owes an answer by a time, is
/// chased before it and by its line after it, and answers once: by an event, which policy judges
/// for whoever asked as it judges every other; that it knows nothing; or that it declines, at which
/// the post above it looks. Nobody who is kept out of the person is asked, or hears of it up the
/// line.

/// A request's row.
[[nodiscard]] state::Key InformationRequestKey(const std::string& request_id);

/// What a post has to do with a request. Numbers lie in keys and never change.
enum class Part : std::uint8_t { kMade = 1, kAsked = 2, kLooksAtRefusal = 3 };
/// Of who made it, and of a case: whether everybody has answered; of who is asked: whether it has;
/// of who looks at a refusal: whether it has. Numbers lie in keys and never change.
enum class RequestState : std::uint8_t { kOpen = 1, kClosed = 2 };

/// The requests of a post, and those made for a case, by id.
[[nodiscard]] state::Key RequestsOf(const std::string& post, Part part, RequestState state);
[[nodiscard]] state::Key RequestsOfCase(const std::string& case_id, RequestState state);

/// Whether the actor has to do with a person: their case brings its post in, or it co-ordinates
/// their area; it supervises them, or told something about them. Not who is kept out.
[[nodiscard]] bool HasToDoWith(const std::string& nominal_id, const stored::v1::Actor& actor,
                               const state::Reader& reader);

/// Whom a request asks, in order of name: what each of `ask` leads to, but the post that asks, and
/// whoever is kept out of the person or in conflict with them, who are looked over in silence (P6).
///
/// Refuses: FIELD_INVALID   an addressee without the form it needs;
///          LIMIT_PASSED    more than kAddresseesMax, leading to more than kAskedPostsMax posts, or
///                          to a capability that more than kCapablePostsLookedAtMax answer for;
///          NOBODY_TO_ASK   one leads to nobody: alike whether there is none or none may be asked.
[[nodiscard]] Result<std::set<std::string>> WhomToAsk(const stored::v1::AskForInformation& command,
                                                      const std::string& nominal_id,
                                                      const stored::v1::CaseRow* its_case,
                                                      const Step& step);

/// Asks each of `posts`: writes the row and where it is found.
void AskEach(const std::string& request_id, stored::v1::InformationRequestRow& row,
             const std::set<std::string>& posts, Step& step);

/// A post's part of a request; null if it is not asked.
[[nodiscard]] stored::v1::AskedForInformationRow* PartOf(const std::string& post,
                                                         stored::v1::InformationRequestRow& row);

/// A post has declined: the first above it that is not kept out of the person looks at that, and
/// while it does not, whoever it climbs to; never the post itself, nor whoever asked.
void HaveRefusalLookedAt(const std::string& request_id,
                         const stored::v1::InformationRequestRow& row,
                         stored::v1::AskedForInformationRow& asked, Step& step);

/// Writes a request after the answer of `post`, for which it is closed; with the last answer it is
/// for all.
void WriteAnswered(const std::string& request_id, const std::string& post,
                   stored::v1::InformationRequestRow& row, Step& step);

/// Whether it is for `post` to look at why a post that was asked declined, or it has: who is shown
/// why. Not of the post that declined itself.
[[nodiscard]] bool LooksAtRefusal(const std::string& post, const std::string& request_id,
                                  const stored::v1::InformationRequestRow& row,
                                  const stored::v1::AskedForInformationRow& asked,
                                  const state::Reader& reader);

/// What is owed has climbed: whoever is told of it now looks at the refusal beside its debtor, and
/// `before`, which was told, no more. Nothing to obligations of another type.
void NoteRefusalClimbed(const stored::v1::ObligationRow& owed, const std::string& before,
                        Step& step);

/// The acting post has looked at why information was refused: what was owed has ended.
void NoteRefusalLookedAt(const stored::v1::ObligationRow& owed, Step& step);

}  // namespace tearline::machine
