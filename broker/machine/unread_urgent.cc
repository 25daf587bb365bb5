#include "broker/machine/unread_urgent.h"

#include "broker/machine/event_terms.h"
#include "broker/machine/identity.h"
#include "broker/machine/obligation.h"
#include "broker/machine/rows.h"
#include "broker/machine/settle.h"
#include "broker/state/each_row.h"
#include "broker/status/invariant.h"

namespace tearline::machine {
namespace {

using state::Table;

/// Whether an event that was let go to the post is unread, and nothing else says so.
bool IsUnread(const std::string& post, const std::string& event_id, const std::string& nominal_id,
              const state::Reader& reader) {
  if (WasRead(post, event_id, reader) || MustStillRead(post, event_id, reader)) return false;
  const auto told = reader.See<stored::v1::LetGoRow>(LetGoKey(post, event_id));
  if (!told || told->ended()) return false;
  const auto event = reader.See<stored::v1::EventRow>(EventKey(event_id));
  TEARLINE_INVARIANT(event != nullptr, "an item's event is kept");
  return !IsWithdrawn(*event) && IsAbout(*event, nominal_id, reader);
}

}  // namespace

std::set<std::string> UnreadUrgentOf(const std::string& post, const std::string& nominal_id,
                                     const state::Reader& reader) {
  std::set<std::string> ids;
  for (const v1::Urgency lane : {v1::URGENCY_IMMEDIATE, v1::URGENCY_URGENT}) {
    for (const Table table : {Table::kReleased, Table::kAcknowledged, Table::kParked}) {
      state::ForEachRow(reader, LaneRows(table, post, lane),
                        [&](const std::string&, const std::string& bytes) {
                          stored::v1::ItemRow item;
                          TEARLINE_INVARIANT(item.ParseFromString(bytes), "an item's row parses");
                          if (item.kind() == stored::v1::ITEM_KIND_EVENT &&
                              IsUnread(post, item.event_id(), nominal_id, reader)) {
                            ids.insert(item.event_id());
                          }
                          return true;
                        });
    }
  }
  return ids;
}

}  // namespace tearline::machine
