#include "broker/rpc/look_at_hand_over.h"

#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "broker/machine/case_row.h"
#include "broker/machine/composite_view.h"
#include "broker/machine/event_terms.h"
#include "broker/machine/feed_name.h"
#include "broker/machine/hand_over.h"
#include "broker/machine/identity.h"
#include "broker/machine/lane.h"
#include "broker/machine/leave.h"
#include "broker/machine/newest.h"
#include "broker/machine/obligation_row.h"
#include "broker/machine/rows.h"
#include "broker/machine/settle.h"
#include "broker/machine/silence.h"
#include "broker/model/limits.h"
#include "broker/rpc/explain.h"
#include "broker/rpc/look_at_obligations.h"
#include "broker/rpc/server_limits.h"
#include "broker/state/each_row.h"
#include "broker/status/invariant.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::rpc {
namespace {

using google::protobuf::util::TimeUtil;
using state::Key;
using state::Table;
using stored::v1::EventRow;
using stored::v1::ItemRow;
using stored::v1::LetGoRow;
using stored::v1::ObligationRow;

/// Puts a pack together, and remembers whom it is about.
class Pack {
 public:
  Pack(const std::string& post, const state::Reader& view, v1::GetHandOverResponse& response)
      : post_(post), view_(view), response_(response) {}

  void AddUnread() {
    for (const v1::Urgency lane : machine::kLanes) {
      for (const Table table : {Table::kReleased, Table::kParked, Table::kAcknowledged}) {
        state::ForEachRow(view_, machine::LaneRows(table, post_, lane),
                          [&](const std::string& key, const std::string& bytes) {
                            return AddItem(table, lane, key, bytes);
                          });
      }
    }
  }

  void AddObligations() {
    // The next due first, and whom each is about.
    std::map<std::pair<std::int64_t, std::string>, std::pair<std::string, v1::Obligation>> owed;
    std::size_t looked_at = 0;
    const Key all = machine::ObligationsOf(post_, machine::ObligationState::kOpen);
    state::ForEachRow(
        view_, all, [&](const std::string& key, const std::string&) {
          const std::string id = key.substr(all.bytes().size());
          if (++looked_at > kPageRowsMax) {
            response_.set_obligations_more(true);
            return false;
          }
          auto row = view_.Find<ObligationRow>(machine::ObligationKey(id));
          TEARLINE_INVARIANT(row.has_value(), "an open obligation has its row");
          auto shown = ShowTo(post_, id, *row, view_);
          if (!shown) return true;
          owed.emplace(std::pair(TimeUtil::TimestampToMilliseconds(shown->due_at()), id),
                       std::pair(row->nominal_id(), *std::move(shown)));
          if (owed.size() > kHandOverRowsMax) {
            owed.erase(std::prev(owed.end()));
            response_.set_obligations_more(true);
          }
          return true;
        });
    for (const auto& [place, each] : owed) {
      const auto& [nominal_id, shown] = each;
      if (!nominal_id.empty() && !HasRoomFor({nominal_id})) {
        response_.set_obligations_more(true);
        continue;
      }
      *response_.add_obligations() = shown;
    }
  }

  void AddNewest() {
    std::map<model::Position, std::string, std::greater<>> newest;
    for (const std::string& nominal_id : NominalsOfPost()) {
      for (const auto& [key, event_id] : machine::NewestEventsOf(
               nominal_id, kHandOverNewestMax, kHandOverLookedAtMax, view_)) {
        newest[state::ReadBigEndian(key, key.size() - 8, 8)] = event_id;
      }
    }
    for (const auto& [position, event_id] : newest) {
      if (response_.newest_size() == kHandOverNewestMax) return;
      const auto let_go = view_.Find<LetGoRow>(machine::LetGoKey(post_, event_id));
      const auto event = view_.See<EventRow>(machine::EventKey(event_id));
      if (!let_go || !MayShow(*event, *let_go) || !HasRoomFor(event->nominal_ids())) continue;
      const bool by_inbox = machine::IsInbox(let_go->feed());
      Show(AsToldTo(*event, let_go->members()), let_go->level(), by_inbox ? let_go->sequence() : 0,
           let_go->first_released_ms(), *response_.add_newest());
    }
  }

  /// Whom it is about, rising, each once.
  const std::set<std::string>& nominals() const { return nominals_; }

 private:
  /// What was let go, has not been taken back since, and, unless it was received, still holds.
  bool MayShow(const EventRow& event, const LetGoRow& let_go) const {
    return !let_go.ended() && !machine::IsWithdrawn(event) &&
           MaySpeakOf(let_go, post_, event.publish().event_id(), view_);
  }

  /// Counts them in, if the record that says whom the pack was about still holds them.
  template <typename Ids>
  bool HasRoomFor(const Ids& ids) {
    std::set<std::string> with = nominals_;
    with.insert(ids.begin(), ids.end());
    if (with.size() > model::kHandOverNominalsMax) return false;
    nominals_ = std::move(with);
    return true;
  }
  bool HasRoomFor(std::initializer_list<std::string> ids) {
    return HasRoomFor(std::vector<std::string>(ids));
  }

  bool AddItem(Table table, v1::Urgency lane, const std::string& key, const std::string& bytes) {
    ItemRow item;
    TEARLINE_INVARIANT(item.ParseFromString(bytes), "an item's row parses");
    if (item.kind() != stored::v1::ITEM_KIND_EVENT) return true;
    if (machine::WasRead(post_, item.event_id(), view_)) return true;
    const auto let_go = view_.Find<LetGoRow>(machine::LetGoKey(post_, item.event_id()));
    const auto event = view_.See<EventRow>(machine::EventKey(item.event_id()));
    TEARLINE_INVARIANT(event != nullptr, "an item's event is kept");
    if (!let_go || !MayShow(*event, *let_go)) return true;
    if (response_.unread_size() == kHandOverRowsMax || !HasRoomFor(event->nominal_ids())) {
      response_.set_unread_more(true);
      return false;
    }
    v1::HandedOverEvent& shown = *response_.add_unread();
    Show(AsToldTo(*event, item.members()), item.level(),
         state::ReadBigEndian(key, key.size() - 8, 8), item.released_ms(), shown);
    shown.set_urgency(lane);
    shown.set_acknowledged(table == Table::kAcknowledged);
    return true;
  }

  /// Of a composite, what the post is told of it.
  EventRow AsToldTo(const EventRow& event, const machine::Shown& members) const {
    return event.has_composite() ? machine::AsShown(event, members, view_) : event;
  }

  static void Show(const EventRow& event, v1::Level level, std::uint64_t sequence,
                   std::int64_t released_ms, v1::HandedOverEvent& shown) {
    shown.set_event_id(model::EventId::FromBytes(event.publish().event_id())->Text());
    shown.set_level(level);
    shown.set_urgency(event.publish().urgency());
    shown.set_sequence(sequence);
    *shown.mutable_released_at() = TimeUtil::MillisecondsToTimestamp(released_ms);
    if (level != v1::LEVEL_FULL && level != v1::LEVEL_TEAR_LINE) return;  // a pointer says no more
    shown.set_event_type(event.publish().event_type());
    *shown.mutable_occurred_at() = TimeUtil::MillisecondsToTimestamp(event.publish().occurred_ms());
    *shown.mutable_accepted_at() = TimeUtil::MillisecondsToTimestamp(event.accepted_ms());
  }

  /// Those whose cases bring the post in, and those it supervises without; whatever they are known
  /// by.
  std::set<std::string> NominalsOfPost() const {
    std::set<std::string> ids;
    const auto add = [&](const std::string& nominal_id) {
      const std::vector<std::string> person = machine::SamePerson(nominal_id, view_);
      ids.insert(person.begin(), person.end());
    };
    const Key cases = Key(Table::kCaseOf).Name(post_);
    for (const auto& [key, value] : view_.Scan(cases, model::kHandOverNominalsMax)) {
      const auto row =
          view_.See<stored::v1::CaseRow>(machine::CaseKey(key.substr(cases.bytes().size())));
      if (row) add(machine::NominalOf(*row));
    }
    const Key supervised = Key(Table::kSupervised).Name(post_);
    for (const auto& [key, value] : view_.Scan(supervised, model::kHandOverNominalsMax)) {
      add(key.substr(supervised.bytes().size()));
    }
    return ids;
  }

  const std::string& post_;
  const state::Reader& view_;
  v1::GetHandOverResponse& response_;
  std::set<std::string> nominals_;
};

}  // namespace

Result<Looked> LookAtHandOver(const stored::v1::Actor& actor, const state::Reader& view,
                              v1::GetHandOverResponse& response) {
  Looked looked;
  looked.consulted.set_kind(stored::v1::CONSULTATION_KIND_HAND_OVER);
  TEARLINE_RETURN_IF_REFUSED(machine::CheckConsult(looked.consulted, actor, view));
  if (const auto open = machine::HandOverOf(actor.post(), view)) {
    response.set_obligation_id(model::ObligationId::FromBytes(open->id)->Text());
    *response.mutable_due_at() = TimeUtil::MillisecondsToTimestamp(open->row.due_ms());
    response.set_holders(open->row.count());
  }
  const auto post = view.See<stored::v1::PostRow>(machine::PostKey(actor.post()));
  TEARLINE_INVARIANT(post != nullptr, "whoever acts for a post acts for one that is there");
  response.set_holder(machine::InCharge(*post));
  Pack pack(actor.post(), view, response);
  pack.AddNewest();
  pack.AddObligations();
  pack.AddUnread();
  for (const std::string& id : pack.nominals()) looked.consulted.add_nominal_ids(id);
  return looked;
}

}  // namespace tearline::rpc
