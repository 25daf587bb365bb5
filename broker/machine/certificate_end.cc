#include "broker/machine/certificate_end.h"

#include "broker/machine/reach.h"
#include "broker/machine/rows.h"
#include "broker/model/limits.h"
#include "broker/status/invariant.h"

namespace tearline::machine {
namespace {

using stored::v1::MemberRow;

/// When a member counts as without a certificate, ms; 0 if never.
std::int64_t WithoutFromMs(const MemberRow& member) {
  const std::int64_t until_ms = member.certificate_until_ms();
  return until_ms == 0 ? 0 : until_ms + model::kCertificateWait.count();
}

/// The deadline's id: the member's key without its table.
std::string IdOf(const std::string& agency, const std::string& member) {
  return MemberKey(agency, member).bytes().substr(1);
}

state::Key DueAt(std::int64_t due_ms, const std::string& id) {
  return DeadlineKey(due_ms, DeadlineKind::kCertificate, id);
}

}  // namespace

bool IsUncertified(const MemberRow& member, std::int64_t now_ms) {
  const std::int64_t from_ms = WithoutFromMs(member);
  return from_ms != 0 && from_ms <= now_ms;
}

void NoteCertificate(std::int64_t until_ms, Step& step) {
  if (step.header.behaviour_version < kCertificatesEndFrom || until_ms <= step.now_ms()) return;
  const std::string& agency = step.actor.agency();
  const std::string& name = step.actor.member();
  auto member = step.batch.Find<MemberRow>(MemberKey(agency, name));
  TEARLINE_INVARIANT(member.has_value(), "whoever acts is in the directory");
  if (until_ms <= member->certificate_until_ms()) return;
  const std::string id = IdOf(agency, name);
  const bool was_without = IsUncertified(*member, step.now_ms());
  const std::int64_t stood_ms = WithoutFromMs(*member);
  if (stood_ms != 0 && step.batch.Get(DueAt(stood_ms, id))) step.batch.Erase(DueAt(stood_ms, id));
  member->set_certificate_until_ms(until_ms);
  step.batch.PutRow(MemberKey(agency, name), *member);
  step.batch.Put(DueAt(WithoutFromMs(*member), id), "");
  if (was_without) LookAtReachOfAgency(agency, name, step);
}

void EndCertificate(const std::string& id, std::int64_t due_ms, Step& step) {
  step.batch.Erase(DueAt(due_ms, id));
  const std::size_t agency_end = id.find('\0');
  const std::string agency = id.substr(0, agency_end);
  const std::string member = id.substr(agency_end + 1, id.size() - agency_end - 2);
  const std::uint64_t before = step.ledger.posts_out_of_reach();
  step.AddChanged("certificate-ended", agency + "/" + member);
  LookAtReachOfAgency(agency, member, step);
  if (step.ledger.posts_out_of_reach() != before) step.applied.access_changed = true;
}

}  // namespace tearline::machine
