#pragma once

#include <memory>
#include <string>
#include <utility>

#include "broker/crypto/digest.h"
#include "broker/crypto/dsse.h"
#include "broker/crypto/signer.h"
#include "broker/machine/rows.h"
#include "broker/machine/signing_key.h"
#include "broker/model/ids.h"
#include "tearline/v1/manifest.pb.h"
#include "tests/machine/event_world.h"

namespace tearline::machine {

/// The events' world, in which ct-police has somebody who answers for its data:
/// ct-police/governance. Keys are made of a letter, or a number.
struct SigningWorld : EventWorld {
  static constexpr char kGovernance[] = "ct-police/governance";
  static constexpr std::int64_t kYearMs = std::int64_t{365} * 24 * 3600 * 1000;

  SigningWorld() {
    for (const auto& [name, kind] : {std::pair("governance-holder", v1::MEMBER_KIND_PERSON),
                                     std::pair("governance-system", v1::MEMBER_KIND_SERVICE)}) {
      stored::v1::AdmitMember admit;
      admit.mutable_member()->set_agency("ct-police");
      admit.mutable_member()->set_member(name);
      admit.mutable_member()->set_kind(kind);
      Say(System("desk/operator"), stored::v1::COMMAND_NUMBER_ADMIT_MEMBER, admit);
    }
    stored::v1::SetPost set;
    set.mutable_post()->set_post(kGovernance);
    set.mutable_post()->add_roles(v1::POST_ROLE_INFORMATION_GOVERNANCE);
    set.mutable_post()->set_holder("governance-holder");
    set.mutable_post()->add_services("governance-system");
    set.mutable_post()->mutable_clearance()->set_tier(v1::TIER_OFFICIAL);
    Confirm(Say(System("desk/operator"), stored::v1::COMMAND_NUMBER_SET_POST, set),
            "board/operator");
  }

  Applied Confirm(const Applied& first, const std::string& post) {
    stored::v1::SecondHand second;
    const auto id = model::PendingId::Parse(first.made_id);
    if (id.ok()) second.set_pending_id(id->Bytes());
    return Say(System(post), stored::v1::COMMAND_NUMBER_SECOND_HAND, second);
  }

  static std::unique_ptr<crypto::Signer> Signer(int letter) {
    std::string seed(crypto::kSignerSeedBytes, static_cast<char>(letter));
    seed[0] = static_cast<char>(letter >> 8);
    return crypto::MakeSignerFromSeed(seed);
  }
  static std::string KeyId(int letter) {
    return crypto::Sha256(Signer(letter)->PublicKey()).Bytes();
  }

  /// That the key is to be enrolled for ct-police for a year, by its own statement.
  stored::v1::EnrolSigningKey Enrolment(int letter) {
    v1::KeyEnrolment said;
    said.set_log_origin(
        state.Find<stored::v1::LedgerRow>(state::Key(state::Table::kLedger))->log_origin());
    said.set_agency("ct-police");
    said.set_public_key(Signer(letter)->PublicKey());
    stored::v1::EnrolSigningKey command;
    command.set_agency(said.agency());
    command.set_public_key(said.public_key());
    command.set_until_ms(now_ms + kYearMs);
    Prove(said, letter, command);
    return command;
  }
  static void Prove(const v1::KeyEnrolment& said, int letter,
                    stored::v1::EnrolSigningKey& command) {
    v1::Envelope& proof = *command.mutable_proof();
    proof.Clear();
    proof.set_payload(said.SerializeAsString());
    proof.set_payload_type(std::string(kEnrolmentType));
    proof.add_signatures()->set_sig(
        *Signer(letter)->Sign(crypto::PreAuthentication(kEnrolmentType, proof.payload())));
  }
  Applied Ask(const stored::v1::EnrolSigningKey& command, const std::string& post = kGovernance) {
    return Say(System(post), stored::v1::COMMAND_NUMBER_ENROL_SIGNING_KEY, command);
  }
  /// Both hands.
  Applied Enrol(int letter) { return Confirm(Ask(Enrolment(letter)), "desk/operator"); }

  Applied Revoke(int letter, v1::SigningKeyEnd because = v1::SIGNING_KEY_END_SUPERSEDED,
                 const std::string& post = kGovernance) {
    stored::v1::RevokeSigningKey command;
    command.set_agency("ct-police");
    command.set_key_id(KeyId(letter));
    command.set_because(because);
    return Say(System(post), stored::v1::COMMAND_NUMBER_REVOKE_SIGNING_KEY, command);
  }

  /// From now on what ct-police originates must be signed.
  void RequireSignatures() {
    stored::v1::AdmitAgency admit;
    *admit.mutable_agency() = state.Find<stored::v1::AgencyRow>(AgencyKey("ct-police"))->agency();
    admit.mutable_agency()->set_signatures_required(true);
    Confirm(Say(System("desk/operator"), stored::v1::COMMAND_NUMBER_ADMIT_AGENCY, admit),
            "board/operator");
  }

  static stored::v1::OriginatorSignature SignedBy(int letter, const std::string& payload) {
    stored::v1::OriginatorSignature signature;
    signature.set_payload(payload);
    signature.set_key_id(KeyId(letter));
    signature.set_signature(std::string(64, 's'));
    return signature;
  }
  static stored::v1::WithdrawEvent Withdrawing(
      const std::string& event_id, v1::WithdrawalReason reason = v1::WITHDRAWAL_REASON_INACCURATE) {
    stored::v1::WithdrawEvent command;
    command.set_event_id(event_id);
    command.set_reason(reason);
    return command;
  }
  /// A withdrawal or an amendment, as a key signed it just now.
  template <typename Command>
  Command SignedChange(Command command, int letter) const {
    *command.mutable_signature() = SignedBy(letter, "change");
    command.set_signed_ms(now_ms);
    return command;
  }
  /// What the newest leaf remembers of signed changes.
  std::vector<stored::v1::AcceptedChangeDetail> AcceptedChanges() const {
    std::vector<stored::v1::AcceptedChangeDetail> accepted;
    for (const stored::v1::Detail& detail : Details()) {
      if (detail.has_accepted_change()) accepted.push_back(detail.accepted_change());
    }
    return accepted;
  }

  /// An event whose manifest a key signed. What the signature is, was looked at before.
  stored::v1::Publish SignedEventBy(int letter) {
    stored::v1::Publish event = Event(nominal);
    *event.mutable_signed_event()->mutable_manifest() = SignedBy(letter, "manifest");
    event.mutable_signed_event()->set_salt(std::string(16, 'a'));
    return event;
  }
};

}  // namespace tearline::machine
