#include <optional>
#include <string>

#include "broker/machine/apply.h"
#include "broker/machine/obligation.h"
#include "broker/machine/rows.h"
#include "broker/machine/taken_up.h"
#include "broker/status/invariant.h"

namespace tearline::machine {
namespace {

using state::Table;
using stored::v1::ItemRow;

/// The item, wherever it lies since its release.
std::optional<ItemRow> FindItem(const stored::v1::ReadItem& command, const state::Reader& reader) {
  for (const Table table : {Table::kReleased, Table::kAcknowledged, Table::kParked}) {
    auto item =
        reader.Find<ItemRow>(LaneItem(table, command.feed(), command.lane(), command.sequence()));
    if (item) return item;
  }
  return std::nullopt;
}

}  // namespace

Status ApplyReadItem(const stored::v1::ReadItem& command, Step& step) {
  if (command.feed() != step.actor.post()) {
    return Refuse(v1::ERROR_REASON_NOT_YOUR_POST, "an item is read in one's own post's inbox");
  }
  const auto post = step.batch.Find<stored::v1::PostRow>(PostKey(command.feed()));
  const std::string& member = step.actor.member();
  if (post->post().holder() != member && post->post().deputy() != member) {
    return Refuse(v1::ERROR_REASON_PERSON_REQUIRED,
                  "only the person who holds or deputises the post can read for it");
  }
  const auto item = FindItem(command, step.batch);
  if (!item || item->kind() != stored::v1::ITEM_KIND_EVENT) {
    return Refuse(v1::ERROR_REASON_NOT_FOUND, "no such item that waits to be read");
  }

  const std::string reader = step.actor.agency() + "/" + member;
  stored::v1::ReadRow row;
  row.set_read_ms(step.now_ms());
  step.batch.PutRow(
      state::Key(Table::kRead).Name(command.feed()).Fixed(item->event_id()).Fixed(reader), row);
  step.batch.Erase(
      LaneItem(Table::kAcknowledged, command.feed(), command.lane(), command.sequence()));
  stored::v1::ReadDetail& detail = *step.AddDetail().mutable_read();
  detail.set_feed(command.feed());
  detail.set_event_id(item->event_id());
  detail.set_reader(reader);
  EndRead(command.feed(), item->event_id(), step);
  const auto event = step.batch.See<stored::v1::EventRow>(EventKey(item->event_id()));
  TEARLINE_INVARIANT(event != nullptr, "an event that was let go is kept");
  for (const std::string& dead : WhoseWorkItDoes(command.feed(), step.batch)) {
    static_cast<void>(ReadAlsoAt(dead, command.feed(), *event, *item, step));
  }
  return {};
}

}  // namespace tearline::machine
