#include "broker/rpc/look_at_requests.h"

#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <cstddef>
#include <set>
#include <string>
#include <utility>

#include "broker/machine/case_row.h"
#include "broker/machine/identity.h"
#include "broker/machine/information_request.h"
#include "broker/machine/rows.h"
#include "broker/model/ids.h"
#include "broker/rpc/ask_about_case.h"
#include "broker/rpc/form.h"
#include "broker/state/each_row.h"
#include "broker/status/invariant.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::rpc {
namespace {

using google::protobuf::util::TimeUtil;
using machine::Part;
using machine::RequestState;
using stored::v1::Actor;
using stored::v1::AskedForInformationRow;
using stored::v1::InformationRequestRow;

/// With 64 posts asked in each, a page is below a megabyte.
constexpr std::size_t kRequestsOfPageMax = 32;

/// Shows requests to one reader.
class Showing {
 public:
  Showing(const Looked& looked, const Actor& actor, const state::Reader& view, std::int64_t now_ms)
      : looked_(looked), actor_(actor), view_(view), now_ms_(now_ms) {}

  v1::InformationRequest Shown(const std::string& id, const InformationRequestRow& row) const {
    v1::InformationRequest shown;
    shown.set_information_request_id(model::InformationRequestId::FromBytes(id)->Text());
    shown.set_nominal_id(
        model::NominalId::FromBytes(machine::NameFor(actor_.post(), row.nominal_id(), view_))
            ->Text());
    if (!row.case_id().empty()) {
      shown.set_case_id(model::CaseId::FromBytes(row.case_id())->Text());
    }
    shown.set_kind(row.kind());
    shown.set_event_id(EventIfNamed(row.event_id(), looked_, actor_, view_));
    shown.set_asked_by(row.asked_by().post());
    shown.set_purpose(row.asked_by().purpose());
    shown.set_legal_basis(row.asked_by().legal_basis());
    *shown.mutable_made_at() = TimeUtil::MillisecondsToTimestamp(row.made_ms());
    *shown.mutable_answer_by() = TimeUtil::MillisecondsToTimestamp(row.answer_by_ms());
    const bool all = SeesAll(row);
    const bool asked_it = row.asked_by().post() == actor_.post() &&
                          !machine::IsKeptOutOfPerson(actor_.post(), row.nominal_id(), view_);
    if (all && row.closed_ms() != 0) {
      *shown.mutable_closed_at() = TimeUtil::MillisecondsToTimestamp(row.closed_ms());
    }
    for (const AskedForInformationRow& asked : row.asked()) {
      const bool its_own = IsItsOwn(id, row, asked);
      if (!all && !its_own) continue;
      v1::AskedForInformation part = Shown(asked, row.answer_by_ms());
      // P6. An answer whose event is not named says that there is one: so nobody else is told more
      // than that there is nothing to wait for.
      if (asked_it || its_own) ShowWhatItSaid(asked, part);
      if (its_own) part.set_refusal(asked.refusal());
      *shown.add_asked() = std::move(part);
    }
    return shown;
  }

 private:
  /// Its own part, that of a post whose refusal it looks at, or an auditor's to see.
  bool IsItsOwn(const std::string& id, const InformationRequestRow& row,
                const AskedForInformationRow& asked) const {
    return asked.post() == actor_.post() || IsAuditors(looked_) ||
           machine::LooksAtRefusal(actor_.post(), id, row, asked, view_);
  }

  bool SeesAll(const InformationRequestRow& row) const {
    if (!looked_.consulted.nominal_id().empty()) return true;  // of a case, or an auditor's
    if (row.asked_by().post() == actor_.post()) return true;
    if (row.case_id().empty()) return false;
    const auto its_case = view_.See<stored::v1::CaseRow>(machine::CaseKey(row.case_id()));
    return its_case && machine::MaySeeCase(*its_case, actor_, view_);
  }

  v1::AskedForInformation Shown(const AskedForInformationRow& row,
                                std::int64_t answer_by_ms) const {
    v1::AskedForInformation shown;
    shown.set_post(row.post());
    if (row.answered_ms() != 0) {
      *shown.mutable_answered_at() = TimeUtil::MillisecondsToTimestamp(row.answered_ms());
    }
    shown.set_overdue((row.answered_ms() == 0 ? now_ms_ : row.answered_ms()) >= answer_by_ms);
    if (row.post() == actor_.post() || IsAuditors(looked_)) {
      shown.set_obligation_id(model::ObligationId::FromBytes(row.obligation_id())->Text());
    }
    return shown;
  }

  void ShowWhatItSaid(const AskedForInformationRow& row, v1::AskedForInformation& shown) const {
    shown.set_outcome(row.outcome());
    shown.set_answer_event_id(EventIfNamed(row.answer_event_id(), looked_, actor_, view_));
  }

  const Looked& looked_;
  const Actor& actor_;
  const state::Reader& view_;
  std::int64_t now_ms_;
};

/// Whether a post is to look at somebody's refusal, or has: not if it is kept from it meanwhile.
bool LooksAtSome(const std::string& post, const std::string& id, const state::Reader& view) {
  const auto row = view.Find<InformationRequestRow>(machine::InformationRequestKey(id));
  TEARLINE_INVARIANT(row.has_value(), "a request that is found has its row");
  return std::any_of(row->asked().begin(), row->asked().end(), [&](const auto& asked) {
    return machine::LooksAtRefusal(post, id, *row, asked, view);
  });
}

/// Adds ids of requests in which a post looks at a refusal, after `after`: enough for a page and
/// one more.
void AddLookedAt(const std::string& post, RequestState state, const std::string& after,
                 const state::Reader& view, std::set<std::string>& ids) {
  const state::Key all = machine::RequestsOf(post, Part::kLooksAtRefusal, state);
  std::size_t added = 0;
  state::ForEachRow(view, all, state::Key(all).Fixed(after),
                    [&](const std::string& key, const std::string&) {
                      std::string id = key.substr(all.bytes().size());
                      if (id == after || !LooksAtSome(post, id, view)) return true;
                      ids.insert(std::move(id));
                      return ++added <= kRequestsOfPageMax;
                    });
}

/// Adds ids below a key after `after`: enough for a page and one more.
void AddIds(const state::Key& all, const std::string& after, const state::Reader& view,
            std::set<std::string>& ids) {
  for (const auto& [key, nothing] :
       view.Scan(all, state::Key(all).Fixed(after), kRequestsOfPageMax + 2)) {
    std::string id = key.substr(all.bytes().size());
    if (id > after) ids.insert(std::move(id));
  }
}

std::set<std::string> IdsOf(const std::string& case_id, const std::string& post, RequestState state,
                            const std::string& after, const state::Reader& view) {
  std::set<std::string> ids;
  if (!case_id.empty()) {
    AddIds(machine::RequestsOfCase(case_id, state), after, view, ids);
    return ids;
  }
  for (const Part part : {Part::kMade, Part::kAsked}) {
    AddIds(machine::RequestsOf(post, part, state), after, view, ids);
  }
  AddLookedAt(post, state, after, view, ids);
  return ids;
}

/// The question: about a case, or about what is the post's own.
Result<Looked> Ask(const std::string& case_id, const Actor& actor, const state::Reader& view,
                   std::int64_t now_ms) {
  if (!case_id.empty()) return AskAboutCase(case_id, actor, view, now_ms);
  Looked looked;
  looked.consulted.set_kind(stored::v1::CONSULTATION_KIND_INFORMATION_REQUESTS);
  return looked;
}

}  // namespace

Result<Looked> LookAtRequests(const v1::ListInformationRequestsRequest& request, const Actor& actor,
                              const state::Reader& view, std::int64_t now_ms,
                              v1::ListInformationRequestsResponse& response) {
  const auto case_id = ReadOptionalId<model::CaseId>(request.case_id(), "case_id");
  if (!case_id.ok()) return case_id.status();
  const auto after = ReadOptionalId<model::InformationRequestId>(
      request.after_information_request_id(), "after_information_request_id");
  if (!after.ok()) return after.status();
  Result<Looked> looked = Ask(*case_id, actor, view, now_ms);
  if (!looked.ok()) return looked;

  const Showing showing(*looked, actor, view, now_ms);
  const RequestState state = request.closed() ? RequestState::kClosed : RequestState::kOpen;
  std::set<std::string> about;
  for (const std::string& id : IdsOf(*case_id, actor.post(), state, *after, view)) {
    if (static_cast<std::size_t>(response.requests_size()) == kRequestsOfPageMax) {
      response.set_after_information_request_id(
          response.requests(response.requests_size() - 1).information_request_id());
      break;
    }
    const auto row = view.Find<InformationRequestRow>(machine::InformationRequestKey(id));
    TEARLINE_INVARIANT(row.has_value(), "a request that is found has its row");
    *response.add_requests() = showing.Shown(id, *row);
    about.insert(row->nominal_id());
  }
  if (!machine::SaysWhomItIsAbout(looked->consulted.kind())) return looked;
  for (const std::string& nominal_id : about) looked->consulted.add_nominal_ids(nominal_id);
  return looked;
}

}  // namespace tearline::rpc
