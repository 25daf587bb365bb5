#include "broker/machine/missed.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <utility>

#include "broker/machine/event_obligation.h"
#include "broker/machine/event_terms.h"
#include "broker/machine/glass.h"
#include "broker/machine/hand_over.h"
#include "broker/machine/judge.h"
#include "broker/machine/lane.h"
#include "broker/machine/look_again.h"
#include "broker/machine/moved_booking.h"
#include "broker/machine/obligation.h"
#include "broker/machine/passed_on.h"
#include "broker/machine/reach.h"
#include "broker/machine/rows.h"
#include "broker/machine/settle.h"
#include "broker/machine/silence.h"
#include "broker/machine/subject_key.h"
#include "broker/machine/supersede.h"
#include "broker/machine/taken_up.h"
#include "broker/machine/tell_late.h"
#include "broker/status/invariant.h"

namespace tearline::machine {
namespace {

using state::Key;
using state::Table;
using stored::v1::EventRow;
using stored::v1::ItemRow;
using stored::v1::ReachRow;

constexpr std::size_t kScanRows = 64;

/// Where a post's events lie until a person has read them, in the order in which they are looked
/// at.
constexpr std::array<Table, 4> kUnread = {Table::kWaiting, Table::kReleased, Table::kParked,
                                          Table::kAcknowledged};
/// Then what the post missed, for whoever does its work; then that for the post itself.
constexpr std::uint32_t kMissedForOther = kUnread.size();
constexpr std::uint32_t kMissedItself = kMissedForOther + 1;

Key ReachKey(const std::string& post) { return Key(Table::kReach).Name(post); }

Key MissedOf(const std::string& post) { return Key(Table::kMissed).Name(post); }

EventRow EventOf(const std::string& event_id, const Step& step) {
  auto event = step.batch.Find<EventRow>(EventKey(event_id));
  TEARLINE_INVARIANT(event.has_value(), "an event that a post has or missed is kept");
  return *std::move(event);
}

/// What lies in the inbox, waiting or let go, is told as it may be told now, or not at all. False
/// if the event does not lie there: it never came, was settled, came by a subscription, or waited
/// and is another nominal's now, who does not bring the post in.
bool JudgeWhereItLies(const EventRow& event, const std::string& post, Step& step) {
  const std::string& event_id = event.publish().event_id();
  const auto entry = EntryOf(post, event_id, step.batch);
  if (!entry || entry->feed != post) return false;
  const Key waiting = LaneItem(Table::kWaiting, post, entry->lane, entry->place);
  if (auto item = step.batch.Find<ItemRow>(waiting)) {
    if (step.header.behaviour_version >= kMovedWaitingFrom &&
        MovedSince(event, item->judged_position())) {
      return Supersede(post, event, FactsOf(event, step.batch), step);
    }
    JudgeWaiting(*entry, event, *std::move(item), step);
    return true;
  }
  const auto let_go = step.batch.Find<stored::v1::LetGoRow>(LetGoKey(post, event_id));
  if (!let_go || let_go->feed() != post ||
      !step.batch.Get(LaneItem(Table::kReleased, post, let_go->lane(), let_go->sequence()))) {
    return false;
  }
  JudgeReleased(post, let_go->lane(), let_go->sequence(), step);
  return true;
}

/// An event is withheld from a post from now on.
void TakeAway(const EventRow& event, const std::string& post, Step& step) {
  TakeAwayFrom(post, event, step);
  EndRead(post, event.publish().event_id(), step);  // nobody can read what is not told
}

/// Judges an event for the substitute of a seat that is out of reach: as the seat. What it has and
/// has not settled is told as it may be told now; what it has settled comes to it once more, if it
/// was told otherwise.
void JudgeForSubstitute(const std::string& other, const EventRow& event,
                        const policy::EventFacts& facts, Step& step) {
  if (JudgeWhereItLies(event, other, step)) return;
  const std::string& event_id = event.publish().event_id();
  const policy::Decision decision = Judge(event, facts, other, Judging::kAgain, step);
  if (decision.level == v1::LEVEL_WITHHELD) {
    TakeAway(event, other, step);
    OpenObligations(event, other, decision, /*late=*/false, step);
    return;
  }
  ItemRow item = ItemOf(event, decision, step);
  if (LetComeAgain(other, item, step) || decision.duty != v1::LEVEL_UNSPECIFIED) {
    Enqueue(other, event.publish().urgency(), std::move(item), step);
  }
  OpenObligations(event, other, WithoutWhatWasRead(decision, other, event_id, step.batch),
                  /*late=*/false, step);
}

/// Judges an event for one who may get it in place of a post that is out of reach.
void JudgeFor(const std::string& other, const EventRow& event, const policy::EventFacts& facts,
              Step& step) {
  --step.rows_left;
  if (Supersede(other, event, facts, step)) return;
  JudgeAndTell(other, event, Weigh(event, facts, other, step),
               {.judging = Judging::kAgain,
                .marked = false,
                .reads_late = false,
                .read_once = false,
                .takes_away = false,
                .ends_read = false},
               step);
}

/// Judges an event for whoever does the work of the dead address where it lies. Of what is not told
/// to it, and nothing brings it in for, it does not hear (P6).
void JudgeForWhoDoesTheWork(const EventRow& event, const std::string& other, Step& step) {
  const std::string& event_id = event.publish().event_id();
  if (other == event.publish().originating_post()) return;
  --step.rows_left;
  const bool was_told_less = IsToldLess(event_id, other, step.batch);
  const policy::EventFacts facts = FactsOf(event, step.batch);
  policy::Decision weighed = Weigh(event, facts, other, step);
  if (weighed.level == v1::LEVEL_WITHHELD &&
      !PostsToJudge(event, step.now_ms(), step.batch).contains(other)) {
    return;
  }
  // Somebody must read it: it is why it is handed on. What was imported opens no deadlines.
  const Late late = {.reads_late = event.publish().imported()};
  if (SeeToWhatWasTold(other, event, facts, weighed, late, step) == HadBefore::kNothing) {
    JudgeAndTell(other, event, std::move(weighed), late, step);
  }
  RelieveOf(event, was_told_less, step);
}

/// An event of a dead address that no person has read there goes to whoever does its work. False if
/// a person has read it at that one, and told no less: then it is read at both.
bool HandOnUnread(const EventRow& event, const std::string& post, const std::string& does_its_work,
                  Step& step) {
  if (WasReadAlsoAt(post, does_its_work, event, step)) return false;
  if (!IsErased(event, step.batch)) JudgeForWhoDoesTheWork(event, does_its_work, step);
  return true;
}

/// An event that lies with a post and cannot reach it, unless a person has read it there.
void JudgeUnread(const EventRow& event, const std::string& post, Step& step) {
  if (IsWithdrawn(event) || WasRead(post, event.publish().event_id(), step.batch)) return;
  const std::string does_its_work = WhoDoesTheWorkOf(post, step.batch);
  if (!does_its_work.empty() && !HandOnUnread(event, post, does_its_work, step)) return;
  if (!IsOutOfReach(post, step.batch)) return;  // nobody holds it: what is owed by it climbs
  const policy::EventFacts facts = FactsOf(event, step.batch);
  const std::set<std::string> stand_ins = StandInsFor(event, step.batch);
  --step.rows_left;
  const policy::Decision decision = Judge(event, facts, post, Judging::kAgain, step);
  for (const std::string& other : stand_ins) {
    if (other == event.publish().originating_post() || other == does_its_work) continue;
    if (StandsInByLine(event, other, step.batch)) {
      JudgeFor(other, event, facts, step);
    } else {
      --step.rows_left;
      JudgeForSubstitute(other, event, facts, step);
    }
  }
  for (const std::string& other : CoordinatorsOf(event, step.batch)) {
    // Whoever has it, or was judged and is not told, needs no second judgement.
    const std::string& event_id = event.publish().event_id();
    if (other == post || stand_ins.contains(other) || other == event.publish().originating_post() ||
        EntryOf(other, event_id, step.batch) || IsWithheld(event_id, other, step.batch)) {
      continue;
    }
    JudgeFor(other, event, facts, step);
  }
  OpenObligations(event, post, decision, /*late=*/false, step);
}

/// A post's inbox, lane by lane and table by table, from where `row` says.
class Inbox {
 public:
  Inbox(const std::string& post, ReachRow& row, Step& step) : post_(post), row_(row), step_(step) {}

  /// False if this record has no room left; the row then says where to go on.
  bool Run() {
    for (std::uint32_t table = row_.from_table(); table < kUnread.size(); ++table) {
      for (const v1::Urgency lane : kLanes) {
        if (table == row_.from_table() && static_cast<std::uint32_t>(lane) < row_.from_lane()) {
          continue;
        }
        if (table != row_.from_table() || static_cast<std::uint32_t>(lane) != row_.from_lane()) {
          row_.set_from_table(table);
          row_.set_from_lane(static_cast<std::uint32_t>(lane));
          row_.set_from_number(0);
        }
        if (!JudgeLane(kUnread.at(table), lane)) return false;
      }
    }
    return true;
  }

 private:
  bool JudgeLane(Table table, v1::Urgency lane) {
    const Key rows = LaneRows(table, post_, lane);
    while (true) {
      const auto found =
          step_.batch.Scan(rows, LaneItem(table, post_, lane, row_.from_number()), kScanRows);
      for (const auto& [key, bytes] : found) {
        const std::uint64_t number = state::ReadBigEndian(key, key.size() - 8, 8);
        row_.set_from_number(number);
        if (step_.rows_left <= 0 || step_.looks_left <= 0) return false;
        --step_.looks_left;
        row_.set_from_number(number + 1);
        ItemRow item;
        TEARLINE_INVARIANT(item.ParseFromString(bytes), "an item's row parses");
        if (item.kind() != stored::v1::ITEM_KIND_EVENT) continue;
        // What the post's system has received is done, unless a person must read it.
        if (table == Table::kAcknowledged && !MustStillRead(post_, item.event_id(), step_.batch)) {
          continue;
        }
        JudgeUnread(EventOf(item.event_id(), step_), post_, step_);
      }
      if (found.size() < kScanRows) return true;
    }
  }

  const std::string& post_;
  ReachRow& row_;
  Step& step_;
};

/// What a post missed goes to whoever does its work, and is remembered: the post may be back. False
/// if this record has no room left; the row then says where to go on.
bool HandOnMissed(const std::string& post, ReachRow& row, Step& step) {
  if (row.from_table() < kMissedForOther) {
    row.set_from_table(kMissedForOther);
    row.set_from_lane(0);
    row.set_from_number(0);
  }
  const std::string does_its_work = WhoDoesTheWorkOf(post, step.batch);
  while (!does_its_work.empty() && row.from_table() == kMissedForOther) {
    const auto missed =
        step.batch.Scan(MissedOf(post), MissedOf(post).U64(row.from_number()), kScanRows);
    for (const auto& [key, event_id] : missed) {
      row.set_from_number(state::ReadBigEndian(key, key.size() - 8, 8));
      if (step.rows_left <= 0 || step.looks_left <= 0) return false;
      --step.looks_left;
      row.set_from_number(row.from_number() + 1);
      const EventRow event = EventOf(event_id, step);
      if (IsWithdrawn(event) || WasRead(post, event_id, step.batch)) continue;
      static_cast<void>(HandOnUnread(event, post, does_its_work, step));
    }
    if (missed.size() < kScanRows) row.set_from_table(kMissedItself);
  }
  return true;
}

/// An event that a post missed, and that does not lie in its inbox.
void JudgeAnew(const EventRow& event, const std::string& post, Step& step) {
  const std::string& event_id = event.publish().event_id();
  const auto entry = EntryOf(post, event_id, step.batch);
  const bool brought_in = PostsToJudge(event, step.now_ms(), step.batch).contains(post);
  // It has left its seat since, say: nothing is owed to it, and what it never had does not come.
  if (!brought_in && (!entry || entry->feed != post)) return NoteNothingOwed(event_id, post, step);
  // What it has settled comes to it once more, if it was told otherwise.
  JudgeAndTell(post, event, Weigh(event, FactsOf(event, step.batch), post, step),
               {.judging = entry ? Judging::kAgain : Judging::kLate,
                .reads_late = !entry,
                .comes_again = entry && entry->feed == post},
               step);
}

/// Whoever stood in for a seat and does not any more is owed nothing for it.
void StandDown(const EventRow& event, Step& step) {
  const std::set<std::string> judged = PostsToJudge(event, step.now_ms(), step.batch);
  for (const std::string& other : SubstitutesNamedFor(event, step.batch)) {
    if (!judged.contains(other)) NoteNothingOwed(event.publish().event_id(), other, step);
  }
}

/// An event that a post missed.
void JudgeMissed(const EventRow& event, const std::string& post, Step& step) {
  --step.rows_left;  // also for what was withdrawn: a record looks at so many
  if (IsWithdrawn(event)) return;
  if (!JudgeWhereItLies(event, post, step)) JudgeAnew(event, post, step);
  StandDown(event, step);
  Relieve(event, step);
}

/// False if this record has no room left.
bool JudgeAllMissed(const std::string& post, Step& step) {
  while (true) {
    const auto missed = step.batch.Scan(MissedOf(post), kScanRows);
    for (const auto& [key, event_id] : missed) {
      if (step.rows_left <= 0) return false;
      step.batch.Erase(MissedOf(post).U64(state::ReadBigEndian(key, key.size() - 8, 8)));
      JudgeMissed(EventOf(event_id, step), post, step);
    }
    if (missed.size() < kScanRows) return true;
  }
}

/// A post is out of reach, or another has taken its work up. Held, and in reach again, it hands
/// nothing on. What it missed before it became a dead address in reach is judged for it, too: the
/// hand-on may have taken the place of that. False if this record has no room left.
bool SeeToUnread(const std::string& post, ReachRow& row, Step& step) {
  const bool dead = IsDeadAddress(post, step.batch);
  if (dead && !Inbox(post, row, step).Run()) return false;
  if (step.header.behaviour_version < kRequestsPassedOnFrom) return true;
  if (dead && !HandOnMissed(post, row, step)) return false;
  return IsOutOfReach(post, step.batch) || JudgeAllMissed(post, step);
}

}  // namespace

void BeginReach(const std::string& post, bool back, Step& step) {
  if (const auto before = step.batch.Find<ReachRow>(ReachKey(post))) {
    step.batch.Erase(DeadlineKey(before->due_ms(), DeadlineKind::kReach, post));
  }
  ReachRow row;
  row.set_due_ms(step.now_ms());
  row.set_back(back);
  step.batch.PutRow(ReachKey(post), row);
  step.batch.Put(DeadlineKey(row.due_ms(), DeadlineKind::kReach, post), "");
}

bool IsMissed(const EventRow& event, const std::string& post, const state::Reader& reader) {
  return reader.Get(MissedOf(post).U64(event.position())).has_value();
}

void NoteMissed(const EventRow& event, const std::string& post, Step& step) {
  step.batch.Put(MissedOf(post).U64(event.position()), event.publish().event_id());
}

void GoOnWithReach(const std::string& post, Step& step) {
  auto row = step.batch.Find<ReachRow>(ReachKey(post));
  TEARLINE_INVARIANT(row.has_value(), "what was begun for a post ends with its deadline");
  if (step.rows_left <= 0 || step.looks_left <= 0) return;  // the next pulse's turn
  const bool through = row->back() ? JudgeAllMissed(post, step) : SeeToUnread(post, *row, step);
  if (!through) {
    step.batch.PutRow(ReachKey(post), *row);
    return;
  }
  const bool out = IsOutOfReach(post, step.batch);
  // What waited meanwhile goes out, notices, too.
  if (row->back() || (!out && step.header.behaviour_version >= kRequestsPassedOnFrom)) {
    BeginLookingAgainFor(post, step);
  }
  step.AddChanged(row->back() ? "back-in-reach" : out ? "out-of-reach" : "unread-handed-on", post);
  step.batch.Erase(ReachKey(post));
  step.batch.Erase(DeadlineKey(row->due_ms(), DeadlineKind::kReach, post));
}

}  // namespace tearline::machine
