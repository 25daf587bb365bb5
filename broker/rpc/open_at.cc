#include "broker/rpc/open_at.h"

#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "broker/machine/audit_scope.h"
#include "broker/machine/rows.h"
#include "broker/model/ids.h"
#include "broker/rpc/event_trail.h"
#include "broker/rpc/explain_words.h"
#include "broker/rpc/form.h"
#include "broker/rpc/server_limits.h"

namespace tearline::rpc {
namespace {

using google::protobuf::util::TimeUtil;
using state::Key;
using state::Table;
using stored::v1::ObligationRow;

/// An obligation told again from its trail, up to some time.
class Then {
 public:
  Then(std::string id, std::int64_t at_ms) : id_(std::move(id)), at_ms_(at_ms) {}

  void Visit(const stored::v1::Detail& detail, const audit::Leaf& leaf) {
    const stored::v1::ObligationDetail& said = detail.obligation();
    if (said.obligation_id() != id_ || leaf.stamp_ms > at_ms_) return;
    if (said.change() == stored::v1::OBLIGATION_CHANGE_LEFT) {
      events_.erase(said.event_id());
    } else if (!said.event_id().empty()) {
      events_.insert(said.event_id());
    }
    auto& owed = *row_.mutable_owed_posts();
    if (!said.owed_post().empty() &&
        std::find(owed.begin(), owed.end(), said.owed_post()) == owed.end()) {
      row_.add_owed_posts(said.owed_post());
    }
    row_.set_told_post(said.told_post());
    row_.set_stage(said.stage());
    due_ms_ = said.due_ms();
  }

  v1::OpenAtRow Row(const ObligationRow& now) && {
    row_.set_obligation_id(model::ObligationId::FromBytes(id_)->Text());
    row_.set_type(now.type());
    row_.set_reason(now.reason());
    if (!now.nominal_id().empty()) {
      row_.set_nominal_id(model::NominalId::FromBytes(now.nominal_id())->Text());
    }
    row_.set_debtor_post(now.debtor_post());
    row_.set_events(events_.size());
    *row_.mutable_opened_at() = TimeUtil::MillisecondsToTimestamp(now.opened_ms());
    *row_.mutable_due_at() = TimeUtil::MillisecondsToTimestamp(due_ms_);
    row_.set_past_due(due_ms_ <= at_ms_);
    if (now.ended_ms() != 0) {
      *row_.mutable_ended_at() = TimeUtil::MillisecondsToTimestamp(now.ended_ms());
    }
    row_.set_sentence(Sentence());
    return std::move(row_);
  }

 private:
  std::string Sentence() const {
    v1::ExplainedObligation then;
    then.set_type(row_.type());
    then.set_reason(row_.reason());
    then.set_debtor_post(row_.debtor_post());
    then.set_told_post(row_.told_post());
    *then.mutable_due_at() = row_.due_at();
    then.set_stage(row_.stage());
    then.set_open(true);
    std::string sentence =
        "Opened " + TimeUtil::ToString(row_.opened_at()) + ": " + ObligationSentence(then);
    if (row_.past_due()) sentence += " Its time had passed.";
    if (row_.has_ended_at()) sentence += " It ended " + TimeUtil::ToString(row_.ended_at()) + ".";
    return sentence;
  }

  const std::string id_;
  const std::int64_t at_ms_;
  v1::OpenAtRow row_;
  std::set<std::string> events_;
  std::int64_t due_ms_ = 0;
};

v1::OpenAtRow RowThen(const std::string& id, const ObligationRow& now, std::int64_t at_ms,
                      const state::Reader& view) {
  Then then(id, at_ms);
  ReadTrail(machine::ObligationTrailKey(id), view,
            [&](const auto& detail, const auto& leaf) { then.Visit(detail, leaf); });
  return std::move(then).Row(now);
}

}  // namespace

Result<Looked> ListOpenAt(const v1::ListOpenAtRequest& request, const stored::v1::Actor& actor,
                          const state::Reader& view, std::int64_t now_ms, const PageSeal& seal,
                          v1::ListOpenAtResponse& response) {
  const Result<std::int64_t> at_ms = ReadPastTime(request.at(), "at", now_ms);
  if (!at_ms.ok()) return at_ms.status();
  const Result<std::size_t> page_size = ReadPageSize(request.page_size());
  if (!page_size.ok()) return page_size.status();
  const Result<std::string> place = seal.Read(request.page_token(), actor);
  if (!place.ok()) return place.status();
  Looked looked;
  looked.consulted.set_kind(stored::v1::CONSULTATION_KIND_OPEN_OBLIGATIONS);
  looked.consulted.set_at_ms(*at_ms);
  TEARLINE_RETURN_IF_REFUSED(machine::CheckConsult(looked.consulted, actor, view));

  const Key from = Key(Table::kObligation).Fixed(*place);
  const auto rows = view.Scan(Key(Table::kObligation), from, kPageRowsMax + 1);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::string id = rows[i].first.substr(1);
    ObligationRow now;
    TEARLINE_INVARIANT(now.ParseFromString(rows[i].second), "an obligation row parses");
    const bool shown = now.opened_ms() <= *at_ms &&
                       (now.ended_ms() == 0 || now.ended_ms() > *at_ms) &&
                       machine::MayAskOfNominal(now.nominal_id(), actor, view);
    const bool full = static_cast<std::size_t>(response.rows_size()) == *page_size;
    // Only now: a page that is full has a next one only if there is something on it.
    if (i == kPageRowsMax || (full && shown)) {
      response.set_next_page_token(seal.Write(id, actor));
      break;
    }
    if (!shown) continue;
    *response.add_rows() = RowThen(id, now, *at_ms, view);
  }
  return looked;
}

}  // namespace tearline::rpc
