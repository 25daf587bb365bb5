#include "broker/rpc/receivers.h"

#include <google/protobuf/util/time_util.h>

#include <limits>
#include <map>
#include <utility>

#include "broker/machine/rows.h"
#include "broker/model/ids.h"
#include "broker/rpc/event_trail.h"
#include "broker/rpc/form.h"
#include "broker/status/invariant.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::rpc {
namespace {

using google::protobuf::util::TimeUtil;
using stored::v1::LetGoRow;
using stored::v1::ObligationRow;

/// One post that received it, as its trail is read.
struct Receiver {
  Receiver(const std::string& event_id, const std::string& post, const LetGoRow& row)
      : let_go(row), times(event_id, post) {}

  LetGoRow let_go;
  PostTimes times;
  std::string obligation_id;  ///< To confirm deletion; "" if there is none.
};

using Receivers = std::map<std::string, Receiver>;

Receivers Find(const std::string& event_id, const state::Reader& view) {
  constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();  // all who received it
  Receivers receivers;
  const state::Key all = state::Key(state::Table::kLetGo).Fixed(event_id);
  const std::size_t name_at = all.bytes().size();
  for (const auto& [key, bytes] : view.Scan(all, kAll)) {
    LetGoRow row;
    TEARLINE_INVARIANT(row.ParseFromString(bytes), "a state row parses as its message");
    const std::string post = key.substr(name_at, key.size() - name_at - 1);  // no closing zero
    receivers.try_emplace(post, event_id, post, row);
  }
  return receivers;
}

void Visit(const stored::v1::Detail& detail, const audit::Leaf& leaf, const std::string& event_id,
           Receivers& receivers) {
  for (auto& [post, receiver] : receivers) receiver.times.Visit(detail, leaf);
  const stored::v1::ObligationDetail& owed = detail.obligation();
  if (!detail.has_obligation() || owed.event_id() != event_id ||
      owed.type() != v1::OBLIGATION_TYPE_CONFIRM_DELETION) {
    return;
  }
  const auto debtor = receivers.find(owed.debtor_post());
  if (debtor != receivers.end()) debtor->second.obligation_id = owed.obligation_id();
}

void SetTime(std::int64_t ms, google::protobuf::Timestamp* (v1::EventReceiver::*mutable_time)(),
             v1::EventReceiver& shown) {
  if (ms != 0) *(shown.*mutable_time)() = TimeUtil::MillisecondsToTimestamp(ms);
}

std::int64_t DeletedMs(const std::string& obligation_id, const state::Reader& view) {
  if (obligation_id.empty()) return 0;
  const auto row = view.Find<ObligationRow>(machine::ObligationKey(obligation_id));
  TEARLINE_INVARIANT(row.has_value(), "an obligation that the log speaks of is kept");
  return row->method() == stored::v1::DISCHARGE_METHOD_DELETED ? row->ended_ms() : 0;
}

}  // namespace

google::protobuf::RepeatedPtrField<v1::EventReceiver> ReceiversOf(const std::string& event_id,
                                                                  const state::Reader& view) {
  Receivers receivers = Find(event_id, view);
  if (!receivers.empty()) {
    ReadTrail(event_id, view, [&](const auto& detail, const auto& leaf) {
      Visit(detail, leaf, event_id, receivers);
    });
  }
  google::protobuf::RepeatedPtrField<v1::EventReceiver> all;
  for (const auto& [post, receiver] : receivers) {
    v1::EventReceiver& shown = *all.Add();
    shown.set_post(post);
    shown.set_level(receiver.let_go.level());
    SetTime(receiver.let_go.first_released_ms(), &v1::EventReceiver::mutable_released_at, shown);
    SetTime(receiver.times.acknowledged_ms, &v1::EventReceiver::mutable_acknowledged_at, shown);
    SetTime(receiver.times.read_ms, &v1::EventReceiver::mutable_read_at, shown);
    SetTime(DeletedMs(receiver.obligation_id, view),
            &v1::EventReceiver::mutable_deletion_confirmed_at, shown);
  }
  return all;
}

Result<Looked> ListReceivers(const v1::ListReceiversRequest& request,
                             const stored::v1::Actor& actor, const state::Reader& view,
                             v1::ListReceiversResponse& response) {
  const Result<model::EventId> id = ReadId<model::EventId>(request.event_id(), "event_id");
  if (!id.ok()) return id.status();
  Looked looked;
  looked.consulted.set_kind(stored::v1::CONSULTATION_KIND_RECEIVERS);
  looked.consulted.set_event_id(id->Bytes());
  TEARLINE_RETURN_IF_REFUSED(machine::CheckConsult(looked.consulted, actor, view));
  *response.mutable_receivers() = ReceiversOf(id->Bytes(), view);
  const auto event = view.Find<stored::v1::EventRow>(machine::EventKey(id->Bytes()));
  response.set_withdrawn(event->withdrawn());
  if (event->withdrawn_ms() != 0) {
    *response.mutable_withdrawn_at() = TimeUtil::MillisecondsToTimestamp(event->withdrawn_ms());
  }
  return looked;
}

}  // namespace tearline::rpc
