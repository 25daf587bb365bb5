#include "broker/machine/composite_view.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "broker/machine/event_terms.h"
#include "broker/machine/rows.h"
#include "broker/model/dominating_label.h"
#include "broker/status/invariant.h"

namespace tearline::machine {
namespace {

using stored::v1::CompositeMember;
using stored::v1::EventRow;
using stored::v1::ShownMember;

std::shared_ptr<const EventRow> MemberAt(const EventRow& event, std::uint32_t place,
                                         const state::Reader& reader) {
  TEARLINE_INVARIANT(place < static_cast<std::uint32_t>(event.composite().members_size()),
                     "a member that is shown has its place in the composite");
  auto member =
      reader.See<EventRow>(EventKey(event.composite().members(static_cast<int>(place)).event_id()));
  TEARLINE_INVARIANT(member != nullptr, "a member of a composite is kept");
  return member;
}

/// The label of a member as far as it is told: what is told below full bears no grading, the
/// marking of the words that were written, and as a pointer none above the lowest.
v1::Label LabelAt(const EventRow& member, v1::Level level) {
  v1::Label label = LabelOf(member);
  if (level == v1::LEVEL_FULL) return label;
  label.clear_grading();
  v1::Marking marking;
  marking.set_tier(v1::TIER_OFFICIAL);
  for (std::uint32_t place = 0; level == v1::LEVEL_TEAR_LINE && place < TearLinesOf(member);
       ++place) {
    if (IsRetired(member, place)) continue;
    marking = model::Join(marking, TearLineAt(member, place).marking());
  }
  *label.mutable_marking() = marking;
  return label;
}

/// What counts of a member that is told at a level.
policy::Occurrence OccurrenceOf(const CompositeMember& member, const EventRow& event,
                                v1::Level level) {
  const bool named = level > v1::LEVEL_POINTER || LabelOf(event).holder_may_be_named();
  return {member.occurred_ms(), named ? member.agency() : std::string()};
}

}  // namespace

policy::CompositeTerms TermsOf(const stored::v1::CompositeRow& composite) {
  return {composite.events(), composite.agencies(), composite.within_ms()};
}

bool MakesOne(const stored::v1::CompositeRow& composite) {
  std::vector<policy::Occurrence> occurrences;
  for (const CompositeMember& each : composite.members()) {
    if (!each.left()) occurrences.push_back({each.occurred_ms(), each.agency()});
  }
  return !policy::NewestRun(TermsOf(composite), occurrences).empty();
}

bool IsNone(const EventRow& event) { return event.has_composite() && !MakesOne(event.composite()); }

policy::Decision NoComposite() {
  policy::Decision decision;
  decision.shortfall = v1::RULE_REASON_TOO_FEW_MEMBERS;
  return decision;
}

std::vector<policy::MemberShown> MembersFor(const EventRow& event, const std::string& post,
                                            const RecordedAs& as, const state::Reader& reader,
                                            const LevelOf& level_of) {
  std::vector<policy::MemberShown> told;
  std::vector<policy::Occurrence> occurrences;
  for (int i = 0; i < event.composite().members_size(); ++i) {
    const CompositeMember& row = event.composite().members(i);
    const auto place = static_cast<std::uint32_t>(i);
    const auto member = MemberAt(event, place, reader);
    if (row.left() || IsWithdrawn(*member)) continue;
    const v1::Level level =
        member->publish().originating_post() == post
            ? v1::LEVEL_FULL  // its own
            : level_of(FactsOf(*member, reader), StandingOf(*member, post, as, reader));
    if (level <= v1::LEVEL_WITHHELD) continue;
    told.push_back({place, level});
    occurrences.push_back(OccurrenceOf(row, *member, level));
  }
  std::vector<policy::MemberShown> shown;
  for (const std::size_t each : policy::NewestRun(TermsOf(event.composite()), occurrences)) {
    shown.push_back(told[each]);
  }
  return shown;
}

policy::EventFacts FactsFor(const std::vector<policy::MemberShown>& members, const EventRow& event,
                            const state::Reader& reader, policy::RecipientFacts& recipient) {
  recipient.sees_too_few = members.empty();
  if (members.empty()) return FactsOf(event, reader);
  return FactsOf(AsShown(event, RowsOf(members), reader), reader);
}

Standing StandingFor(const std::vector<policy::MemberShown>& members, const EventRow& event,
                     const std::string& post, const RecordedAs& as, const state::Reader& reader) {
  if (!members.empty()) {
    return StandingOf(AsShown(event, RowsOf(members), reader), post, as, reader);
  }
  EventRow whole = event;
  for (int i = 0; i < event.composite().members_size(); ++i) {
    if (event.composite().members(i).left()) continue;
    const auto member = MemberAt(event, static_cast<std::uint32_t>(i), reader);
    whole.set_accepted_ms(std::max(whole.accepted_ms(), member->accepted_ms()));
  }
  return StandingOf(whole, post, as, reader);
}

void ShowMembers(std::vector<policy::MemberShown> members, policy::Decision& decision) {
  decision.segments.clear();
  if (decision.level > v1::LEVEL_WITHHELD) decision.members = std::move(members);
}

Shown RowsOf(const std::vector<policy::MemberShown>& members) {
  Shown rows;
  for (const policy::MemberShown& each : members) {
    ShownMember& row = *rows.Add();
    row.set_place(each.place);
    row.set_level(each.level);
  }
  return rows;
}

bool ShownAlike(const Shown& one, const Shown& other) {
  return std::equal(one.begin(), one.end(), other.begin(), other.end(),
                    [](const ShownMember& a, const ShownMember& b) {
                      return a.place() == b.place() && a.level() == b.level();
                    });
}

bool ShowsLess(const Shown& now, const Shown& before) {
  const auto is_shown = [&now](const ShownMember& was, v1::Level level) {
    return std::any_of(now.begin(), now.end(), [&](const ShownMember& is) {
      return is.place() == was.place() && is.level() >= level;
    });
  };
  const bool same_run = std::any_of(before.begin(), before.end(), [&](const ShownMember& was) {
    return is_shown(was, v1::LEVEL_UNSPECIFIED);
  });
  return same_run && !std::all_of(before.begin(), before.end(), [&](const ShownMember& was) {
           return is_shown(was, was.level());
         });
}

EventRow AsShown(EventRow event, const Shown& shown, const state::Reader& reader) {
  TEARLINE_INVARIANT(!shown.empty(), "a composite that is shown shows members");
  std::vector<v1::Label> labels;
  std::int64_t occurred_ms = 0;
  std::int64_t accepted_ms = 0;
  for (const ShownMember& each : shown) {
    const auto member = MemberAt(event, each.place(), reader);
    labels.push_back(LabelAt(*member, each.level()));
    accepted_ms = std::max(accepted_ms, member->accepted_ms());
    if (each.level() > v1::LEVEL_POINTER) {
      occurred_ms = std::max(occurred_ms, member->publish().occurred_ms());
    }
  }
  *event.mutable_publish()->mutable_label() = model::DominatingLabel(labels);
  // A pointer does not tell when: where there are pointers alone, when they were recorded.
  event.mutable_publish()->set_occurred_ms(occurred_ms == 0 ? accepted_ms : occurred_ms);
  event.set_accepted_ms(accepted_ms);
  return event;
}

}  // namespace tearline::machine
