#include "broker/machine/information_request.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "broker/machine/answer_owed.h"
#include "broker/machine/capability.h"
#include "broker/machine/case_row.h"
#include "broker/machine/identity.h"
#include "broker/machine/judge.h"
#include "broker/machine/obligation.h"
#include "broker/machine/obligation_row.h"
#include "broker/machine/rows.h"
#include "broker/machine/silence.h"
#include "broker/machine/supervisor.h"
#include "broker/model/ids.h"
#include "broker/model/limits.h"
#include "broker/model/name.h"

namespace tearline::machine {
namespace {

using state::Key;
using state::Table;
using stored::v1::AskedForInformationRow;
using stored::v1::CaseRow;
using stored::v1::InformationRequestRow;
using stored::v1::ObligationRow;

/// The post above looks within a week, then a step a day.
constexpr policy::OpenedObligation kLookAtRefusal = {v1::OBLIGATION_TYPE_REVIEW_INFORMATION_REFUSAL,
                                                     model::kRefusalReviewedWithin.count(),
                                                     24 * kHourMs};

std::string TextOf(const std::string& request_id) {
  return model::InformationRequestId::FromBytes(request_id)->Text();
}

/// The line above a post, nearest first.
std::vector<std::string> LineAbove(const std::string& post, const state::Reader& reader) {
  std::vector<std::string> line;
  std::string next = post;
  for (std::uint32_t steps = 0; steps < kStagesMax; ++steps) {
    const auto row = reader.See<stored::v1::PostRow>(PostKey(next));
    next = row ? row->post().escalates_to() : std::string();
    if (next.empty() || next == post) break;
    line.push_back(next);
  }
  return line;
}

/// A request is found by a post among what is open or closed of a part of it, and not among both.
void File(const std::string& post, Part part, RequestState state, const std::string& request_id,
          Step& step) {
  const RequestState other =
      state == RequestState::kOpen ? RequestState::kClosed : RequestState::kOpen;
  const Key from = RequestsOf(post, part, other).Fixed(request_id);
  if (step.batch.Get(from)) step.batch.Erase(from);
  step.batch.Put(RequestsOf(post, part, state).Fixed(request_id), "");
}

/// What a post owes for a request.
ObligationRow Owed(v1::ObligationType type, v1::RuleReason reason, const std::string& debtor,
                   const std::string& request_id, const InformationRequestRow& row) {
  ObligationRow owed;
  owed.set_type(type);
  owed.set_reason(reason);
  owed.set_nominal_id(row.nominal_id());
  owed.set_case_id(row.case_id());
  owed.set_debtor_post(debtor);
  owed.set_information_request_id(request_id);
  return owed;
}

/// What `above` owes where a post below it declined, by what it is found by.
ObligationRow ReviewBy(const std::string& above, const std::string& request_id,
                       const InformationRequestRow& row) {
  return Owed(v1::OBLIGATION_TYPE_REVIEW_INFORMATION_REFUSAL, v1::RULE_REASON_INFORMATION_REFUSED,
              above, request_id, row);
}

/// Whether an obligation, by the time it opened, is about this refusal: one post may look at a
/// refusal, and later at another of the same request.
bool IsOf(const ObligationRow& owed, const AskedForInformationRow& asked) {
  return asked.reviewed_by() == owed.debtor_post() && asked.answered_ms() >= owed.opened_ms();
}

/// Whether it is for `post` to look at a refusal that nobody has looked at yet.
bool IsToLookAt(const std::string& post, const std::string& request_id,
                const InformationRequestRow& row, const AskedForInformationRow& asked,
                const state::Reader& reader) {
  if (asked.reviewed_by().empty()) return false;
  const auto id = reader.Get(OpenKey(ReviewBy(asked.reviewed_by(), request_id, row)));
  if (!id) return false;
  const auto owed = reader.See<ObligationRow>(ObligationKey(*id));
  return IsOf(*owed, asked) && Concerns(*owed, post) && MayHearOf(*id, *owed, post, reader);
}

/// Has a post find a request by the refusals it is to look at, else by those it has looked at.
void FileRefusals(const std::string& post, const std::string& request_id, Step& step) {
  const auto row = step.batch.See<InformationRequestRow>(InformationRequestKey(request_id));
  bool looks = false;
  bool has_looked = false;
  for (const AskedForInformationRow& asked : row->asked()) {
    looks = looks || IsToLookAt(post, request_id, *row, asked, step.batch);
    has_looked = has_looked || asked.reviewed_by() == post;
  }
  if (looks || has_looked) {
    File(post, Part::kLooksAtRefusal, looks ? RequestState::kOpen : RequestState::kClosed,
         request_id, step);
    return;
  }
  const Key open = RequestsOf(post, Part::kLooksAtRefusal, RequestState::kOpen).Fixed(request_id);
  if (step.batch.Get(open)) step.batch.Erase(open);
}

/// A post that is asked by its name: one that answers for something, or that works on the case.
bool MayBeAsked(const std::string& post, const CaseRow* its_case, const state::Reader& reader) {
  if (its_case != nullptr && PostsOfCase(*its_case).contains(post)) return true;
  return AnswersForSomething(post, reader);
}

Status CheckForm(const v1::Addressee& addressee, const std::string& path) {
  if (!addressee.post().empty()) {
    if (!addressee.agency().empty() || addressee.capability() != v1::CAPABILITY_UNSPECIFIED) {
      return Refuse(v1::ERROR_REASON_FIELD_INVALID,
                    "`" + path + "` must name a post alone, or an agency, a capability or both");
    }
    return model::CheckPostName(addressee.post(), path + ".post");
  }
  if (!v1::Capability_IsValid(addressee.capability())) {
    return Refuse(v1::ERROR_REASON_FIELD_INVALID,
                  "`" + path + ".capability` must be a known capability");
  }
  if (!addressee.agency().empty()) {
    return model::CheckName(addressee.agency(), path + ".agency");
  }
  if (addressee.capability() != v1::CAPABILITY_UNSPECIFIED) return {};
  return Refuse(v1::ERROR_REASON_FIELD_INVALID,
                "`" + path + "` must name a post, an agency or a capability");
}

/// What an addressee leads to, whoever may be asked.
Result<std::set<std::string>> LeadsTo(const v1::Addressee& addressee, const std::string& area,
                                      const CaseRow* its_case, const state::Reader& reader) {
  if (!addressee.post().empty()) {
    if (!MayBeAsked(addressee.post(), its_case, reader)) return std::set<std::string>();
    return std::set<std::string>{addressee.post()};
  }
  const v1::Capability capability = addressee.capability() == v1::CAPABILITY_UNSPECIFIED
                                        ? v1::CAPABILITY_ENQUIRIES
                                        : addressee.capability();
  return PostsThatAnswerFor(capability, {addressee.agency(), area}, reader);
}

/// Those named; for a domestic-abuse check that names nobody, whoever does such checks in the area.
std::vector<v1::Addressee> AddresseesOf(const stored::v1::AskForInformation& command) {
  std::vector<v1::Addressee> all(command.ask().begin(), command.ask().end());
  if (all.empty() && command.kind() == v1::INFORMATION_REQUEST_KIND_DOMESTIC_ABUSE_CHECK) {
    all.emplace_back().set_capability(v1::CAPABILITY_DOMESTIC_ABUSE_CHECKS);
  }
  return all;
}

/// The area that a capability is asked in: the one named, else the case's, else the asker's; where
/// nothing gives one, whoever works nationally is asked.
std::string AreaOf(const stored::v1::AskForInformation& command, const CaseRow* its_case,
                   const Step& step) {
  if (!command.area().empty()) return command.area();
  if (its_case != nullptr && !its_case->case_().area().empty()) return its_case->case_().area();
  const auto agency = step.batch.See<stored::v1::AgencyRow>(AgencyKey(step.actor.agency()));
  return agency ? agency->agency().area() : std::string();
}

Status CheckAddressees(const std::vector<v1::Addressee>& addressees) {
  if (addressees.empty()) {
    return Refuse(v1::ERROR_REASON_FIELD_INVALID,
                  "`ask` must name whom to ask; only a domestic-abuse check may leave it out");
  }
  if (addressees.size() > static_cast<std::size_t>(model::kAddresseesMax)) {
    return Refuse(v1::ERROR_REASON_LIMIT_PASSED, "`ask` has at most 16");
  }
  for (std::size_t i = 0; i < addressees.size(); ++i) {
    TEARLINE_RETURN_IF_REFUSED(CheckForm(addressees[i], "ask[" + std::to_string(i) + "]"));
  }
  return {};
}

}  // namespace

Key InformationRequestKey(const std::string& request_id) {
  return Key(Table::kInformationRequest).Fixed(request_id);
}

Key RequestsOf(const std::string& post, Part part, RequestState state) {
  return Key(Table::kInformationRequestOf)
      .Name(post)
      .U8(static_cast<std::uint8_t>(part))
      .U8(static_cast<std::uint8_t>(state));
}

Key RequestsOfCase(const std::string& case_id, RequestState state) {
  return Key(Table::kInformationRequestOfCase).Fixed(case_id).U8(static_cast<std::uint8_t>(state));
}

bool HasToDoWith(const std::string& nominal_id, const stored::v1::Actor& actor,
                 const state::Reader& reader) {
  const std::string& post = actor.post();
  if (!reader.Get(NominalKey(nominal_id)) || IsKeptOutOfPerson(post, nominal_id, reader)) {
    return false;
  }
  if (const auto its_case = CaseOfNominal(nominal_id, reader)) {
    if (PostsOfCase(*its_case).contains(post) ||
        IsCoordinatorOf(its_case->case_(), actor, reader)) {
      return true;
    }
  }
  if (SupervisesWithoutCase(post, nominal_id, reader)) return true;
  const std::vector<std::string> person = SamePerson(nominal_id, reader);
  return std::any_of(person.begin(), person.end(), [&](const std::string& id) {
    return reader.Get(OriginatorOfKey(id, post)).has_value();
  });
}

Result<std::set<std::string>> WhomToAsk(const stored::v1::AskForInformation& command,
                                        const std::string& nominal_id, const CaseRow* its_case,
                                        const Step& step) {
  const std::vector<v1::Addressee> addressees = AddresseesOf(command);
  const std::string area = AreaOf(command, its_case, step);
  TEARLINE_RETURN_IF_REFUSED(CheckAddressees(addressees));
  std::set<std::string> all;
  std::set<std::string> looked_up;
  for (std::size_t i = 0; i < addressees.size(); ++i) {
    const v1::Addressee& each = addressees[i];
    const std::string what = std::to_string(each.capability()) + " " + each.agency();
    if (!looked_up.insert(each.post().empty() ? what : each.post()).second) continue;
    Result<std::set<std::string>> led = LeadsTo(each, area, its_case, step.batch);
    if (!led.ok()) return led.status();
    std::set<std::string> posts = *std::move(led);
    posts.erase(step.actor.post());
    std::erase_if(posts, [&](const std::string& post) {
      return IsKeptOutOfPerson(post, nominal_id, step.batch);
    });
    if (posts.empty()) {
      return Refuse(v1::ERROR_REASON_NOBODY_TO_ASK,
                    "`ask[" + std::to_string(i) +
                        "]` must lead to a post that the directory says answers for it, other "
                        "than the one that asks");
    }
    all.merge(posts);
  }
  if (all.size() > model::kAskedPostsMax) {
    return Refuse(v1::ERROR_REASON_LIMIT_PASSED, "`ask` must lead to at most 64 posts");
  }
  return all;
}

void AskEach(const std::string& request_id, InformationRequestRow& row,
             const std::set<std::string>& posts, Step& step) {
  for (const std::string& post : posts) {
    ObligationRow owed = Owed(v1::OBLIGATION_TYPE_ANSWER_INFORMATION_REQUEST,
                              v1::RULE_REASON_INFORMATION_ASKED, post, request_id, row);
    AskedForInformationRow& asked = *row.add_asked();
    asked.set_post(post);
    asked.set_obligation_id(OweAnswer(std::move(owed), row.answer_by_ms(), step));
    File(post, Part::kAsked, RequestState::kOpen, request_id, step);
    step.AddChanged("information-asked", TextOf(request_id), post);
  }
  File(row.asked_by().post(), Part::kMade, RequestState::kOpen, request_id, step);
  if (!row.case_id().empty()) {
    step.batch.Put(RequestsOfCase(row.case_id(), RequestState::kOpen).Fixed(request_id), "");
  }
  step.batch.PutRow(InformationRequestKey(request_id), row);
}

AskedForInformationRow* PartOf(const std::string& post, InformationRequestRow& row) {
  auto& all = *row.mutable_asked();
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&post](const auto& each) { return each.post() == post; });
  return found == all.end() ? nullptr : &*found;
}

void HaveRefusalLookedAt(const std::string& request_id, const InformationRequestRow& row,
                         AskedForInformationRow& asked, Step& step) {
  for (const std::string& above : LineAbove(asked.post(), step.batch)) {
    // Why is not for whoever asked, though it stands above.
    if (above == row.asked_by().post()) continue;
    if (IsKeptOutOfPerson(above, row.nominal_id(), step.batch)) continue;
    ObligationRow owed = ReviewBy(above, request_id, row);
    const Key open_key = OpenKey(owed);
    OpenOrJoin(std::move(owed), kLookAtRefusal, step);
    const std::string id = *step.batch.Get(open_key);
    KeepFrom(id, row.asked_by().post(), step);
    KeepFrom(id, asked.post(), step);  // which a line that goes in a circle leads back to
    asked.set_reviewed_by(above);
    // One that was joined may have climbed, past whoever may not hear of it any more.
    const std::string told = step.batch.See<ObligationRow>(ObligationKey(id))->told_post();
    for (const std::string& post : {above, told}) {
      File(post, Part::kLooksAtRefusal, RequestState::kOpen, request_id, step);
    }
    return;
  }
}

void WriteAnswered(const std::string& request_id, const std::string& post,
                   InformationRequestRow& row, Step& step) {
  File(post, Part::kAsked, RequestState::kClosed, request_id, step);
  const auto& all = row.asked();
  const bool waits = std::any_of(all.begin(), all.end(), [](const AskedForInformationRow& each) {
    return each.outcome() == v1::INFORMATION_OUTCOME_UNSPECIFIED;
  });
  if (!waits) {
    row.set_closed_ms(step.now_ms());
    step.AddChanged("information-closed", TextOf(request_id), row.asked_by().post());
    File(row.asked_by().post(), Part::kMade, RequestState::kClosed, request_id, step);
    if (!row.case_id().empty()) {
      step.batch.Erase(RequestsOfCase(row.case_id(), RequestState::kOpen).Fixed(request_id));
      step.batch.Put(RequestsOfCase(row.case_id(), RequestState::kClosed).Fixed(request_id), "");
    }
  }
  step.batch.PutRow(InformationRequestKey(request_id), row);
}

bool LooksAtRefusal(const std::string& post, const std::string& request_id,
                    const InformationRequestRow& row, const AskedForInformationRow& asked,
                    const state::Reader& reader) {
  return asked.post() != post && !IsKeptOutOfPerson(post, row.nominal_id(), reader) &&
         (asked.reviewed_by() == post || IsToLookAt(post, request_id, row, asked, reader));
}

void NoteRefusalClimbed(const ObligationRow& owed, const std::string& before, Step& step) {
  if (owed.type() != v1::OBLIGATION_TYPE_REVIEW_INFORMATION_REFUSAL) return;
  FileRefusals(before, owed.information_request_id(), step);
  FileRefusals(owed.told_post(), owed.information_request_id(), step);
}

void NoteRefusalLookedAt(const ObligationRow& owed, Step& step) {
  const std::string& request_id = owed.information_request_id();
  auto row = step.batch.Find<InformationRequestRow>(InformationRequestKey(request_id));
  for (AskedForInformationRow& asked : *row->mutable_asked()) {
    if (IsOf(owed, asked)) asked.set_reviewed_by(step.actor.post());
  }
  step.batch.PutRow(InformationRequestKey(request_id), *std::move(row));
  for (const std::string& post : {owed.debtor_post(), owed.told_post(), step.actor.post()}) {
    FileRefusals(post, request_id, step);
  }
}

}  // namespace tearline::machine
