#include "clients/cli/originators.h"

#include <chrono>
#include <utility>

#include <nlohmann/json.hpp>

#include "clients/cli/output.h"
#include "clients/cli/signing_keys.h"

namespace tearline::cli {
namespace {

constexpr std::size_t kKeyIdShown = 12;

const char* WordFor(verifier::Signed standing) {
  switch (standing) {
    case verifier::Signed::kNot:
      return "not-signed";
    case verifier::Signed::kVerified:
      return "verified";
    case verifier::Signed::kKeyUnknown:
      return "key-unknown";
    case verifier::Signed::kOtherwise:
      return "otherwise";
  }
  return "";
}

/// What whoever reads that it was verified must know of the key.
std::string OfItsEnd(const verifier::OriginatorCheck& check) {
  std::string text;
  if (check.compromised) text = "\n    this key was revoked since: others hold it";
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  if (!check.time_told && check.key_until_ms <= now / std::chrono::milliseconds(1)) {
    text += "\n    this key ended " + TimeText(check.key_until_ms) +
            ": nothing here shows that it signed before";
  }
  return text;
}

}  // namespace

Originators::Originators(const Invocation& invocation, const std::string& keys_file)
    : invocation_(invocation), pinned_(!keys_file.empty()) {
  if (pinned_) known_ = ReadSigningKeys(keys_file);
}

const verifier::OriginatorKeys& Originators::KeysOf(const std::string& agency) {
  const auto found = known_.find(agency);
  if (found != known_.end()) return found->second;
  verifier::OriginatorKeys keys;
  if (!pinned_) {
    const v1::ListSigningKeysResponse listed = AskSigningKeys(invocation_, agency);
    keys = {listed.log_origin(), {listed.keys().begin(), listed.keys().end()}};
  }
  return known_[agency] = std::move(keys);
}

template <typename Judge>
verifier::OriginatorCheck Originators::CheckBy(const std::string& agency, Judge judge) {
  const verifier::OriginatorCheck checked = judge(KeysOf(agency));
  if (pinned_ || checked.standing != verifier::Signed::kKeyUnknown) return checked;
  // A key may have been enrolled since the broker was asked.
  known_.erase(agency);
  return judge(KeysOf(agency));
}

verifier::OriginatorCheck Originators::Check(const v1::Delivery& delivery) {
  if (delivery.has_access_withdrawn()) return CheckNotice(delivery.access_withdrawn());
  if (!delivery.has_event()) return {};
  const v1::DeliveredEvent& event = delivery.event();
  // Where nothing is signed, the broker's own directory has nothing to say.
  if (!event.has_signature() && !pinned_) return verifier::CheckOriginator(event, {});
  return CheckBy(event.originating_agency(),
                 [&event](const auto& keys) { return verifier::CheckOriginator(event, keys); });
}

verifier::OriginatorCheck Originators::CheckNotice(const v1::DeliveredAccessWithdrawn& notice) {
  const std::string agency = verifier::WithdrawnBy(notice);
  if (agency.empty()) return verifier::CheckWithdrawn(notice, {});
  return CheckBy(agency,
                 [&notice](const auto& keys) { return verifier::CheckWithdrawn(notice, keys); });
}

std::string Originators::Text(const verifier::OriginatorCheck& check) const {
  if (!IsSound(check)) return "    NOT VERIFIED: " + check.sentence + '\n';
  if (check.standing == verifier::Signed::kNot) return "    not signed\n";
  return "    signed by  " + check.agency + ", verified  (key " +
         check.key_id.substr(0, kKeyIdShown) +
         (pinned_ ? ", of --signing-keys)" : ", as the broker's directory gives it)") +
         OfItsEnd(check) + '\n';
}

nlohmann::json Originators::Json(const verifier::OriginatorCheck& check) const {
  const bool verified = check.standing == verifier::Signed::kVerified;
  return {{"standing", WordFor(check.standing)},
          {"sound", IsSound(check)},
          {"agency", check.agency},
          {"key_id", check.key_id},
          {"key_pinned", pinned_},
          {"key_compromised", check.compromised},
          {"key_until", verified ? TimeText(check.key_until_ms) : ""},
          {"time_told", check.time_told},
          {"sentence", check.sentence}};
}

nlohmann::json DeliveryJson(const v1::Delivery& delivery, const Originators& originators,
                            const verifier::OriginatorCheck& check) {
  nlohmann::json object = nlohmann::json::parse(JsonText(delivery), nullptr, false);
  if (MayBeSigned(delivery)) object["originator_check"] = originators.Json(check);
  return object;
}

bool MayBeSigned(const v1::Delivery& delivery) {
  return delivery.has_event() ||
         (delivery.has_access_withdrawn() &&
          (delivery.access_withdrawn().has_signature() ||
           delivery.access_withdrawn().reason() != v1::WITHDRAWAL_REASON_UNSPECIFIED));
}

bool IsSound(const verifier::OriginatorCheck& check) {
  return check.standing == verifier::Signed::kVerified ||
         (check.standing == verifier::Signed::kNot && check.sentence.empty());
}

void StopIfUnsound(std::uint64_t unsound) {
  if (unsound == 0) return;
  StopUnverified(
      "items could not be verified as what their originator signed, and were not acknowledged: " +
      std::to_string(unsound));
}

}  // namespace tearline::cli
