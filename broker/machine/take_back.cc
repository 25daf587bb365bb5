#include "broker/machine/take_back.h"

#include <utility>

#include "broker/machine/event_terms.h"
#include "broker/machine/feed_name.h"
#include "broker/machine/lane.h"
#include "broker/machine/rows.h"
#include "broker/machine/settle.h"
#include "broker/machine/subscription.h"
#include "broker/machine/theme.h"

namespace tearline::machine {

using state::Table;
using stored::v1::ItemRow;

void TakeOut(const std::string& feed, v1::Urgency lane, std::uint64_t sequence, Step& step) {
  const state::Key released = LaneItem(Table::kReleased, feed, lane, sequence);
  if (const auto item = step.batch.Find<ItemRow>(released)) {
    EndHold(feed, lane, sequence, *item, step);
    LeaveWindow(feed, lane, *item, step);
    CountOutNoMore(feed, lane, *item, step);
    step.batch.Erase(released);
  }
  for (const Table table : {Table::kAcknowledged, Table::kParked}) {
    const state::Key key = LaneItem(table, feed, lane, sequence);
    if (step.batch.Get(key)) step.batch.Erase(key);
  }
}

namespace {

/// Whether the feed's post was told from whom the event came, or may be: else a signature that
/// names the originator would be the first to tell.
bool MayNameOriginator(const std::string& feed, const stored::v1::EventRow& event,
                       const state::Reader& reader) {
  const auto told =
      reader.See<stored::v1::LetGoRow>(LetGoKey(PostOfFeed(feed), event.publish().event_id()));
  if (!told) return false;
  if (told->level() >= v1::LEVEL_TEAR_LINE) return true;
  // A pointer that was taken back before may have been told while the holder was not to be named.
  return !told->ended() && told->level() == v1::LEVEL_POINTER &&
         LabelOf(event).holder_may_be_named();
}

}  // namespace

void TellTakenBack(const std::string& feed, v1::Urgency lane, std::uint64_t sequence,
                   const stored::v1::EventRow& event, Step& step) {
  const bool stands = FeedExists(feed, step.batch);
  ItemRow notice;
  notice.set_kind(stored::v1::ITEM_KIND_ACCESS_WITHDRAWN);
  notice.set_event_id(event.publish().event_id());
  notice.set_withdrawn_sequence(stands ? sequence : 0);
  notice.set_withdrawal_reason(event.withdrawn());
  const bool is_signed = IsWithdrawn(event) && !event.signed_withdrawals().empty();
  if (is_signed && MayNameOriginator(feed, event, step.batch)) {
    notice.set_originator_may_be_named(true);
  }
  Enqueue(stands ? feed : PostOfFeed(feed), lane, std::move(notice), step);
}

}  // namespace tearline::machine
