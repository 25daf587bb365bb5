#include "broker/machine/who_asked.h"

namespace tearline::machine {

stored::v1::Detail ActorDetailOf(const stored::v1::Actor& actor, std::uint16_t behaviour_version) {
  stored::v1::Detail detail;
  stored::v1::ActorDetail& who = *detail.mutable_actor();
  who.set_agency(actor.agency());
  who.set_member(actor.member());
  who.set_certificate_digest(actor.certificate_digest());
  who.set_post(actor.post());
  who.set_on_behalf_of_user(actor.on_behalf_of_user());
  who.set_on_behalf_of_issuer(actor.on_behalf_of_issuer());
  who.set_on_behalf_of_digest(actor.on_behalf_of_digest());
  who.set_purpose(actor.purpose());
  who.set_legal_basis(actor.legal_basis());
  if (behaviour_version >= kCorrelatedFrom) who.set_correlation_id(actor.correlation_id());
  return detail;
}

}  // namespace tearline::machine
