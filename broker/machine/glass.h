#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <string>

#include "broker/machine/step.h"
#include "broker/state/reader.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::machine {

/// Break-glass: a post that may see more of one nominal for a while (policy/glass.h says how much).
/// Time alone ends it: a use that has run out counts for nothing, whether or not a pulse has come
/// by to have what was told under it looked at again.

/// The use by which `post` has opened the nominal, run out or not; null if there is none. It lives
/// as long as `nominal`.
[[nodiscard]] const stored::v1::OpenGlass* GlassOf(const std::string& post,
                                                   const stored::v1::NominalRow& nominal);

/// The use's id in text form, "brk_…".
[[nodiscard]] std::string GlassText(const stored::v1::OpenGlass& glass);

/// Posts for which a nominal is open at a time.
[[nodiscard]] std::set<std::string> PostsWithGlass(const std::string& nominal_id,
                                                   std::int64_t now_ms,
                                                   const state::Reader& reader);

/// Opens a nominal for a post: what was recorded is judged for it, what waits and what is out is
/// judged again. A use that has run out and that no pulse has ended yet is ended first.
///
/// Requires: the nominal is there, and not open to the post at the record's time.
void BeginGlass(const std::string& nominal_id, const stored::v1::OpenGlass& glass, Step& step);

/// A use has run out: what waits and what is out is judged again. `id` is what its deadline names.
///
/// Requires: it is there.
void EndGlass(const std::string& id, Step& step);

/// Has an event that a post has settled come to it once more, if it was told otherwise than
/// `judged` says: a use of break-glass raised it, or the post is judged as the seat it stands in
/// for. False if the inbox is not to take it, unless it is owed: it lies with the post, to be
/// looked at again there, or the post was told alike. Before behaviour version kGlassOnceFrom it
/// came once more, too, where it waited to come anew, and where it was told alike but had been read
/// by a person.
[[nodiscard]] bool LetComeAgain(const std::string& post, const stored::v1::ItemRow& judged,
                                Step& step);

/// Whether a post is outside the line of whoever broke the glass: another post, neither above nor
/// below it, which none of its people holds or deputises.
[[nodiscard]] bool IsOutsideLine(const v1::Post& reviewer, const stored::v1::Actor& author,
                                 const state::Reader& reader);

/// The post that must review it: of those for information governance outside the line, the author's
/// agency's first in order of name, else anybody's; "" if there is none. None that
/// `is_passed_over`.
[[nodiscard]] std::string ReviewerFor(
    const stored::v1::Actor& author, const state::Reader& reader,
    const std::function<bool(const std::string&)>& is_passed_over = nullptr);

/// The post that hears at once of a use by `post` for a person: the first up its line where
/// somebody is; where there is none, a strategic board, of its own agency before others; none of
/// them that is kept out of the person; "" if there is none either. Without a nominal, "", nobody's
/// limits count. (From behaviour version kDutiesKeptFrom on. Before, the next up the line, whoever
/// was there; until kPassedOverFrom whoever was kept out, too.)
[[nodiscard]] std::string HearsAtOnce(const std::string& post, const std::string& nominal_id,
                                      const Step& step);

}  // namespace tearline::machine
