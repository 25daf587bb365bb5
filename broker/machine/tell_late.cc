#include "broker/machine/tell_late.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "broker/machine/feed_name.h"
#include "broker/machine/glass.h"
#include "broker/machine/lane.h"
#include "broker/machine/look_again.h"
#include "broker/machine/obligation.h"
#include "broker/machine/reach.h"
#include "broker/machine/rows.h"
#include "broker/machine/settle.h"
#include "broker/machine/silence.h"
#include "broker/machine/supersede.h"
#include "broker/policy/cut.h"

namespace tearline::machine {
namespace {

using stored::v1::EventRow;
using stored::v1::ItemRow;
using stored::v1::LetGoRow;

/// What a post was told of an event and may still be, as an item.
std::optional<ItemRow> Received(const std::string& post, const EventRow& event,
                                const state::Reader& reader) {
  const auto let_go = reader.Find<LetGoRow>(LetGoKey(post, event.publish().event_id()));
  if (!let_go || let_go->ended()) return std::nullopt;
  return ToldBy(*let_go);
}

/// Whether what was let go to a post is on its way yet: nobody said that it arrived.
bool IsOnItsWay(const std::string& post, const std::string& event_id, const state::Reader& reader) {
  const auto let_go = reader.See<LetGoRow>(LetGoKey(post, event_id));
  return let_go && reader.Get(LaneItem(state::Table::kReleased, let_go->feed(), let_go->lane(),
                                       let_go->sequence()));
}

/// Whether what was told meets what is owed now. At full, it must reach each nominal that it is
/// owed about, and for a duty of full with all there is.
bool MeetsWhatIsOwed(const ItemRow& told, const policy::Decision& weighed,
                     const policy::EventFacts& facts, std::size_t nominals) {
  if (told.level() < weighed.duty) return false;
  if (told.level() < v1::LEVEL_FULL) return true;
  const auto& given = told.segments();
  const auto reaches = [&](std::size_t place) {
    std::size_t about = 0;
    std::size_t had = 0;
    for (std::size_t i = 0; i < facts.segments.size(); ++i) {
      const std::vector<std::size_t> concerned = policy::Concerned(facts.segments[i], nominals);
      if (std::find(concerned.begin(), concerned.end(), place) == concerned.end()) continue;
      ++about;
      had += std::find(given.begin(), given.end(), i) != given.end() ? 1 : 0;
    }
    return about == 0 || (weighed.duty < v1::LEVEL_FULL ? had > 0 : had == about);
  };
  return std::all_of(weighed.unmet_nominals.begin(), weighed.unmet_nominals.end(), reaches);
}

/// Whether a post received more of an event than it would be told now, and all that it is owed now.
/// What is on its way goes as it may be told when it goes again: it is not received. A fault in
/// judging is chased, whatever was told; and a post out of reach is to be told the rest when it is
/// back.
bool ReceivedEnough(const std::string& post, const EventRow& event,
                    const policy::EventFacts& facts, const policy::Decision& weighed,
                    const Step& step) {
  if (weighed.shortfall == v1::RULE_REASON_EVALUATION_FAILED) return false;
  if (IsOnItsWay(post, event.publish().event_id(), step.batch)) return false;
  const auto told = Received(post, event, step.batch);
  return told && TellsLess(ItemOf(event, weighed, step), *told) &&
         MeetsWhatIsOwed(*told, weighed, facts,
                         static_cast<std::size_t>(event.nominal_ids_size())) &&
         !(IsOutOfReach(post, step.batch) && HadLess(post, event, step.batch));
}

/// Of a decision the duty to read alone, of what was told at `level`.
policy::Decision Reading(policy::Decision decision, v1::Level level) {
  decision.level = level;
  decision.duty_unmet = false;
  std::erase_if(decision.obligations, [](const policy::OpenedObligation& each) {
    return each.type != v1::OBLIGATION_TYPE_READ;
  });
  return decision;
}

/// Whether it is withheld because its post is kept out of the person.
bool IsKeptOutBy(const policy::Decision& decision) {
  return decision.level == v1::LEVEL_WITHHELD &&
         (decision.shortfall == v1::RULE_REASON_ACCESS_LIMITED ||
          decision.shortfall == v1::RULE_REASON_CONFLICT_OF_INTEREST);
}

/// Whether a post that received an event can be asked to read it in the place of another: it has it
/// in its inbox, where one reads, and is not kept out.
bool MayReadForAnother(const LetGoRow& told, const policy::Decision& weighed) {
  return IsInbox(told.feed()) && !IsKeptOutBy(weighed);
}

/// What it received stands, and nothing of it is owed to who is kept out of the person by now; but
/// it does not know of it any more, and is not asked about it (P6).
void TakeFromWhoIsKeptOut(const std::string& post, const EventRow& event,
                          policy::Decision weighed, Step& step) {
  const std::string& event_id = event.publish().event_id();
  --step.rows_left;
  weighed.duty_unmet = false;
  NoteDecision(event_id, post, weighed, step);
  TakeAwayFrom(post, event, step);
  EndRead(post, event_id, step);
}

}  // namespace

HadBefore SeeToWhatWasTold(const std::string& post, const EventRow& event,
                           const policy::EventFacts& facts, const policy::Decision& weighed,
                           const Late& late, Step& step) {
  if (SupersedeIfMore(post, event, facts, weighed, late.reads_late, step)) return HadBefore::kMore;
  if (step.header.behaviour_version < kReceivedStandsFrom ||
      !ReceivedEnough(post, event, facts, weighed, step)) {
    return HadBefore::kNothing;
  }
  const std::string& event_id = event.publish().event_id();
  const auto told = step.batch.See<LetGoRow>(LetGoKey(post, event_id));
  if (!late.reads_late && !MayReadForAnother(*told, weighed)) return HadBefore::kNothing;
  if (IsKeptOutBy(weighed) && IsWithheld(event_id, post, step.batch)) {
    return HadBefore::kEnough;  // since before: what came to be owed as it was, others see to
  }
  NoteNothingOwed(event_id, post, step);
  if (IsKeptOutBy(weighed)) TakeFromWhoIsKeptOut(post, event, weighed, step);
  if (!late.reads_late) {  // what another must read is handed on to whoever has it
    OpenObligations(
        event, post,
        WithoutWhatWasRead(Reading(weighed, told->level()), post, event_id, step.batch),
        /*late=*/false, step);
  }
  return HadBefore::kEnough;
}

void JudgeAndTell(const std::string& post, const EventRow& event, policy::Decision weighed,
                  const Late& late, Step& step) {
  const std::string& event_id = event.publish().event_id();
  policy::Decision decision = JudgeAs(std::move(weighed), event, post, late.judging, step);
  if (decision.level != v1::LEVEL_WITHHELD) {
    ItemRow item = ItemOf(event, decision, step);
    item.set_late(late.marked);
    if (late.comes_again) static_cast<void>(LetComeAgain(post, item, step));
    if (late.comes) Enqueue(post, event.publish().urgency(), std::move(item), step);
  } else {
    if (late.takes_away) TakeAwayFrom(post, event, step);
    if (late.ends_read) EndRead(post, event_id, step);  // nobody can read what is not told
  }
  if (late.read_once) {
    decision = WithoutWhatWasRead(std::move(decision), post, event_id, step.batch);
  }
  OpenObligations(event, post, decision, late.reads_late, step);
}

bool HasAsMuch(const std::string& post, const EventRow& event, const policy::Decision& weighed,
               const Step& step) {
  const auto told = Received(post, event, step.batch);
  return told && !TellsMore(ItemOf(event, weighed, step), *told);
}

bool HadLess(const std::string& post, const EventRow& event, const state::Reader& reader) {
  const std::string& event_id = event.publish().event_id();
  if (IsToldLess(event_id, post, reader)) return true;
  const auto told = Received(post, event, reader);
  return !told || told->level() != v1::LEVEL_FULL ||
         told->segments_size() < event.publish().segments_size();
}

}  // namespace tearline::machine
