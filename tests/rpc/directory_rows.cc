#include "tests/rpc/directory_rows.h"

#include <stdexcept>

#include "broker/identity/authority.h"
#include "broker/machine/rows.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::rpc {

DirectoryRows::DirectoryRows()
    : probation_(identity::SelfIssued(identity::AuthorityOrder("probation authority"))),
      police_(identity::SelfIssued(identity::AuthorityOrder("police authority"))),
      database_(state::Database::Open(home_.path() / "state").value()) {
  Change([](state::Batch& batch) {
    stored::v1::LedgerRow ledger;
    ledger.set_trust_domain("tearline.example");
    batch.PutRow(state::Key(state::Table::kLedger), ledger);
  });
  SetAgency("probation", probation_, false);
  SetAgency("police", police_, false);
  SetMember("probation", "offender-managers", false);
  SetMember("police", "panel-system", false);
  SetPost("probation/supervisor", "offender-managers", {v1::POST_ROLE_OFFENDER_MANAGER});
}

void DirectoryRows::SetAgency(const std::string& name, const identity::Issued& authority,
                              bool suspended, const std::string& area) {
  stored::v1::AgencyRow row;
  row.mutable_agency()->set_agency(name);
  row.mutable_agency()->set_area(area);
  row.mutable_agency()->set_authority_certificate(authority.der);
  row.mutable_agency()->set_authority_spki_digest(
      identity::Authority::Read(authority.der).value().SpkiDigest().Bytes());
  row.set_suspended(suspended);
  Change([&](state::Batch& batch) { batch.PutRow(machine::AgencyKey(name), row); });
}

void DirectoryRows::SetMember(const std::string& agency, const std::string& name, bool suspended) {
  stored::v1::MemberRow row;
  row.mutable_member()->set_agency(agency);
  row.mutable_member()->set_member(name);
  row.set_suspended(suspended);
  Change([&](state::Batch& batch) { batch.PutRow(machine::MemberKey(agency, name), row); });
}

void DirectoryRows::SetPost(const std::string& post, const std::string& holder,
                            const std::vector<v1::PostRole>& roles) {
  stored::v1::PostRow row;
  row.mutable_post()->set_post(post);
  row.mutable_post()->set_holder(holder);
  for (const v1::PostRole role : roles) row.mutable_post()->add_roles(role);
  Change([&](state::Batch& batch) { batch.PutRow(machine::PostKey(post), row); });
}

}  // namespace tearline::rpc
