#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "broker/machine/judge.h"
#include "broker/machine/step.h"
#include "broker/policy/composite.h"
#include "broker/policy/decision.h"
#include "broker/policy/facts.h"
#include "broker/state/reader.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::machine {

/// What a composite is to one post. Each member is judged for the post by itself, now; of those
/// that may be told, the newest run that makes one is what the post is shown, and it is judged by
/// their label: number, agencies, times and label are theirs. If none makes one, there is no
/// composite to the post. An agency that a pointer does not name counts for none.
///
/// So everything of a composite that reaches a post comes from what may be told to it, also when it
/// comes and when it goes: nobody learns from it that something is withheld (P6).

using Shown = google::protobuf::RepeatedPtrField<stored::v1::ShownMember>;

/// How much of an event a policy lets be told, noting nothing.
using LevelOf = std::function<v1::Level(const policy::EventFacts& facts, const Standing& standing)>;

/// The terms on which a composite is one.
[[nodiscard]] policy::CompositeTerms TermsOf(const stored::v1::CompositeRow& composite);

/// Whether its members that stand make one at all. If not, it is told to nobody and owed to nobody.
[[nodiscard]] bool MakesOne(const stored::v1::CompositeRow& composite);

/// Whether an event is a composite that is none any more.
[[nodiscard]] bool IsNone(const stored::v1::EventRow& event);

/// What nobody is told of, and nobody is owed: a composite that is none.
[[nodiscard]] policy::Decision NoComposite();

/// The members that `post` is shown, by place; none if those it may be told of do not make one.
///
/// Requires: `event` is a composite.
[[nodiscard]] std::vector<policy::MemberShown> MembersFor(const stored::v1::EventRow& event,
                                                          const std::string& post,
                                                          const RecordedAs& as,
                                                          const state::Reader& reader,
                                                          const LevelOf& level_of);

/// What a policy may know of the composite as it is to the recipient, by the label of these members
/// alone. Says in `recipient` whether there is one to it.
[[nodiscard]] policy::EventFacts FactsFor(const std::vector<policy::MemberShown>& members,
                                          const stored::v1::EventRow& event,
                                          const state::Reader& reader,
                                          policy::RecipientFacts& recipient);

/// How `post` stands to the composite as it is to it: recorded when the newest of these members
/// was; if there are none, of all that stand. A seat that reaches back to some time is given what
/// is made of later events, however long ago the first composite was made.
[[nodiscard]] Standing StandingFor(const std::vector<policy::MemberShown>& members,
                                   const stored::v1::EventRow& event, const std::string& post,
                                   const RecordedAs& as, const state::Reader& reader);

/// Finishes what was decided of a composite: in place of its segments, the members.
void ShowMembers(std::vector<policy::MemberShown> members, policy::Decision& decision);

/// Members as rows and details hold them, and back.
[[nodiscard]] Shown RowsOf(const std::vector<policy::MemberShown>& members);
[[nodiscard]] bool ShownAlike(const Shown& one, const Shown& other);
/// Whether some member that was shown is not, or not as much of it. A run of which nothing was
/// shown before is another, and no less.
[[nodiscard]] bool ShowsLess(const Shown& now, const Shown& before);

/// The composite as it is to whoever is shown these members: label and times are theirs, as far as
/// they are told.
///
/// Requires: `event` is a composite; `shown` is not empty.
[[nodiscard]] stored::v1::EventRow AsShown(stored::v1::EventRow event, const Shown& shown,
                                           const state::Reader& reader);

}  // namespace tearline::machine
