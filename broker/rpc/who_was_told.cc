#include "broker/rpc/who_was_told.h"

#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "broker/audit/leaf.h"
#include "broker/machine/rows.h"
#include "broker/model/ids.h"
#include "broker/rpc/form.h"
#include "broker/status/invariant.h"
#include "tearline/stored/v1/leaf.pb.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::rpc {
namespace {

using google::protobuf::util::TimeUtil;
using state::Key;
using state::Table;

constexpr std::size_t kSaltBytes = 16;
constexpr std::size_t kScanRows = 256;

/// What the log says of one event, gathered record by record, oldest first.
class Told {
 public:
  Told(std::string event_id, const state::Reader& view)
      : event_id_(std::move(event_id)), view_(view) {}

  void ReadRecord(model::Position position) {
    const auto row = view_.Find<stored::v1::LeafRow>(Key(Table::kLeaf).U64(position));
    TEARLINE_INVARIANT(row.has_value(), "every record has its leaf");
    const Result<audit::Leaf> leaf = audit::DecodeLeaf(row->leaf());
    TEARLINE_INVARIANT(leaf.ok(), "a leaf of our own decodes");
    const auto details = view_.Scan(Key(Table::kDetail).U64(position), row->details());
    for (const auto& [key, salted] : details) {
      stored::v1::Detail detail;
      TEARLINE_INVARIANT(salted.size() >= kSaltBytes &&
                             detail.ParseFromArray(salted.data() + kSaltBytes,
                                                   static_cast<int>(salted.size() - kSaltBytes)),
                         "a detail of our own parses");
      Read(detail, *leaf);
    }
  }

  void Fill(v1::WhoWasToldResponse& response) && {
    for (auto& [post, row] : rows_) *response.add_rows() = std::move(row);
    for (v1::ThirdPartyRow& row : third_parties_) *response.add_third_parties() = std::move(row);
  }

 private:
  void Read(const stored::v1::Detail& detail, const audit::Leaf& leaf) {
    const google::protobuf::Timestamp at = TimeUtil::MillisecondsToTimestamp(leaf.stamp_ms);
    if (detail.has_decision() && detail.decision().event_id() == event_id_) {
      ReadDecision(detail.decision(), leaf);
    } else if (detail.has_released() && detail.released().event_id() == event_id_) {
      const stored::v1::ReleasedDetail& released = detail.released();
      *RowOf(released.feed()).mutable_released_at() = at;
      places_[released.feed()] = {released.lane(), released.sequence()};
    } else if (detail.has_settled() && leaf.kind == stored::v1::COMMAND_NUMBER_ACKNOWLEDGE) {
      if (IsAboutIt(detail.settled())) {
        *RowOf(detail.settled().feed()).mutable_acknowledged_at() = at;
      }
    } else if (detail.has_read() && detail.read().event_id() == event_id_) {
      v1::ToldRow& row = RowOf(detail.read().feed());
      if (!row.has_read_at()) *row.mutable_read_at() = at;
    } else if (detail.has_disclosure() && RestsOnIt(detail.disclosure())) {
      ReadDisclosure(detail.disclosure(), leaf);
    }
  }

  bool RestsOnIt(const stored::v1::DisclosureDetail& disclosure) const {
    const auto& ids = disclosure.event_ids();
    return std::find(ids.begin(), ids.end(), event_id_) != ids.end();
  }

  void ReadDisclosure(const stored::v1::DisclosureDetail& disclosure, const audit::Leaf& leaf) {
    v1::ThirdPartyRow& row = third_parties_.emplace_back();
    row.set_third_party(disclosure.third_party());
    row.set_decision(disclosure.decision());
    *row.mutable_matters() = disclosure.matters();
    row.set_legal_basis(disclosure.legal_basis());
    row.set_decided_by(disclosure.decided_by());
    row.set_approved_by(disclosure.approved_by());
    *row.mutable_decided_at() = TimeUtil::MillisecondsToTimestamp(leaf.stamp_ms);
    row.set_leaf_index(leaf.position - 1);
  }

  void ReadDecision(const stored::v1::DecisionDetail& decision, const audit::Leaf& leaf) {
    v1::ToldRow& row = RowOf(decision.post());
    row.set_level(decision.level());
    *row.mutable_rules() = decision.rules();
    row.set_duty(decision.duty());
    row.set_shortfall(decision.shortfall());
    *row.mutable_decided_at() = TimeUtil::MillisecondsToTimestamp(leaf.stamp_ms);
    row.set_policy_digest(decision.policy_digest());
    row.set_leaf_index(leaf.position - 1);
  }

  /// An acknowledgement names numbers, not events.
  bool IsAboutIt(const stored::v1::SettledDetail& settled) const {
    const auto place = places_.find(settled.feed());
    if (place == places_.end() || place->second.first != settled.lane()) return false;
    for (const std::uint64_t sequence : settled.sequences()) {
      if (sequence == place->second.second) return true;
    }
    return false;
  }

  v1::ToldRow& RowOf(const std::string& post) {
    v1::ToldRow& row = rows_[post];
    row.set_post(post);
    return row;
  }

  const std::string event_id_;
  const state::Reader& view_;
  std::map<std::string, v1::ToldRow> rows_;
  std::vector<v1::ThirdPartyRow> third_parties_;
  std::map<std::string, std::pair<v1::Urgency, std::uint64_t>> places_;  ///< By feed.
};

}  // namespace

Status WhoWasTold(const v1::WhoWasToldRequest& request, const stored::v1::Actor& actor,
                  const state::Reader& view, v1::WhoWasToldResponse& response) {
  TEARLINE_RETURN_IF_REFUSED(RequireAuditor(actor, view));
  const Result<model::EventId> id = ReadId<model::EventId>(request.event_id(), "event_id");
  if (!id.ok()) return id.status();
  if (!view.Get(machine::EventKey(id->Bytes()))) {
    return Refuse(v1::ERROR_REASON_NOT_FOUND, "no such event");
  }
  Told told(id->Bytes(), view);
  const Key trail = Key(Table::kEventTrail).Fixed(id->Bytes());
  Key from = trail;
  while (true) {
    const auto rows = view.Scan(trail, from, kScanRows);
    for (const auto& [key, value] : rows) {
      const model::Position position = state::ReadBigEndian(key, key.size() - 8, 8);
      told.ReadRecord(position);
      from = Key(Table::kEventTrail).Fixed(id->Bytes()).U64(position + 1);
    }
    if (rows.size() < kScanRows) break;
  }
  std::move(told).Fill(response);
  return {};
}

}  // namespace tearline::rpc
