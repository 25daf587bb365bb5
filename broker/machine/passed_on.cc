#include "broker/machine/passed_on.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "broker/machine/answer_owed.h"
#include "broker/machine/capability.h"
#include "broker/machine/hand_over.h"
#include "broker/machine/identity.h"
#include "broker/machine/information_request.h"
#include "broker/machine/obligation.h"
#include "broker/machine/offer.h"
#include "broker/machine/rows.h"
#include "broker/machine/taken_up.h"
#include "broker/model/ids.h"
#include "broker/status/invariant.h"

namespace tearline::machine {
namespace {

using stored::v1::AskedForInformationRow;
using stored::v1::InformationRequestRow;
using stored::v1::ObligationRow;

constexpr std::int64_t kDayMs = 24 * kHourMs;

std::set<int> CapabilitiesOf(const v1::Post& post) {
  return {post.capabilities().begin(), post.capabilities().end()};
}

/// Dead addresses of the post's agency that answer for one of `taken_up`, and for nothing that the
/// post does not.
std::set<std::string> DeadBeside(const v1::Post& post, const std::set<int>& taken_up,
                                 const Step& step) {
  const std::set<int> its = CapabilitiesOf(post);
  std::set<std::string> dead;
  for (const int capability : taken_up) {
    const auto posts = PostsThatAnswerFor(static_cast<v1::Capability>(capability),
                                          {AgencyOfPost(post.post()), ""}, step.batch);
    if (!posts.ok()) continue;  // an agency with thousands of them wants no help from one more
    for (const std::string& other : *posts) {
      if (other == post.post() || !IsDeadAddress(other, step.batch)) continue;
      const auto row = step.batch.See<stored::v1::PostRow>(PostKey(other));
      const std::set<int> theirs = CapabilitiesOf(row->post());
      if (std::includes(its.begin(), its.end(), theirs.begin(), theirs.end())) dead.insert(other);
    }
  }
  return dead;
}

/// Whether nothing is owed for a part of a request any more: the person was erased.
bool IsEnded(const AskedForInformationRow& asked, const Step& step) {
  const auto owed = step.batch.See<ObligationRow>(ObligationKey(asked.obligation_id()));
  return owed && owed->ended_ms() != 0;
}

/// What is owed ends, and is owed by `to`.
std::string OweInstead(const std::string& obligation_id, const std::string& to,
                       std::int64_t answer_by_ms, Step& step) {
  const auto before = step.batch.See<ObligationRow>(ObligationKey(obligation_id));
  TEARLINE_INVARIANT(before != nullptr, "what is owed for a request has its row");
  ObligationRow owed;
  owed.set_type(before->type());
  owed.set_reason(before->reason());
  owed.set_nominal_id(before->nominal_id());
  owed.set_case_id(before->case_id());
  owed.set_debtor_post(to);
  owed.set_information_request_id(before->information_request_id());
  End(obligation_id, stored::v1::DISCHARGE_METHOD_OVERTAKEN, step);
  return OweAnswer(std::move(owed), std::max(answer_by_ms, step.now_ms() + kDayMs), step);
}

/// What says more is offered to who comes, as it was to who was asked first.
void OfferWords(const InformationRequestRow& row, const std::string& to, Step& step) {
  if (row.event_id().empty()) return;
  step.trail.insert(row.event_id());
  const auto event = step.batch.See<stored::v1::EventRow>(EventKey(row.event_id()));
  if (event->publish().originating_agency() == row.asked_by().agency()) {
    OfferAsked(to, *event, step);
  }
}

void PassOn(const std::string& request_id, const std::string& from, const std::string& to,
            Step& step) {
  auto row = step.batch.Find<InformationRequestRow>(InformationRequestKey(request_id));
  AskedForInformationRow* asked = PartOf(from, *row);
  if (IsEnded(*asked, step) || to == row->asked_by().post() || PartOf(to, *row) != nullptr ||
      IsKeptOutOfPerson(to, row->nominal_id(), step.batch)) {
    return;
  }
  asked->set_post(to);
  asked->set_obligation_id(OweInstead(asked->obligation_id(), to, row->answer_by_ms(), step));
  std::sort(row->mutable_asked()->begin(), row->mutable_asked()->end(),
            [](const auto& one, const auto& other) { return one.post() < other.post(); });
  step.batch.Erase(RequestsOf(from, Part::kAsked, RequestState::kOpen).Fixed(request_id));
  step.batch.Put(RequestsOf(to, Part::kAsked, RequestState::kOpen).Fixed(request_id), "");
  const std::string text = model::InformationRequestId::FromBytes(request_id)->Text();
  step.AddChanged("information-passed-on", text, from);
  step.AddChanged("information-asked", text, to);
  OfferWords(*row, to, step);
  step.batch.PutRow(InformationRequestKey(request_id), *std::move(row));
}

}  // namespace

void PassOnWork(const v1::Post& before, const v1::Post& after, Step& step) {
  std::set<int> taken_up = CapabilitiesOf(after);
  for (const int capability : before.capabilities()) taken_up.erase(capability);
  if (taken_up.empty() || IsDeadAddress(after.post(), step.batch)) return;
  const std::set<std::string> dead = DeadBeside(after, taken_up, step);
  for (const std::string& other : dead) TakeUpWork(other, after.post(), step);
  for (const std::string& other : dead) {
    if (step.rows_left <= 0) return;
    const state::Key open = RequestsOf(other, Part::kAsked, RequestState::kOpen);
    for (const auto& [key, nothing] :
         step.batch.Scan(open, static_cast<std::size_t>(step.rows_left))) {
      --step.rows_left;
      PassOn(key.substr(open.bytes().size()), other, after.post(), step);
    }
  }
}

}  // namespace tearline::machine
