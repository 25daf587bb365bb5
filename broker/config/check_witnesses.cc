#include "broker/config/check_witnesses.h"

#include <set>
#include <string>

#include "broker/audit/cosignature.h"
#include "broker/cosign/exchange.h"
#include "broker/model/limits.h"
#include "broker/model/name.h"

namespace tearline::config {
namespace {

constexpr std::uint32_t kGapAfterS = 60;
constexpr std::uint32_t kGapAfterMaxS = 86'400;

Status Invalid(const std::string& sentence) {
  return Refuse(v1::ERROR_REASON_CONFIG_INVALID, sentence);
}

/// Each witness reads, and is named once: one key under two names would count twice.
Status CheckEach(const settings::v1::AuditConfig& audit) {
  std::set<std::string> keys;
  for (int i = 0; i < audit.witnesses_size(); ++i) {
    const std::string setting = "`audit.witnesses[" + std::to_string(i) + "]`: ";
    const Result<audit::WitnessKey> key = audit::ReadWitnessKey(audit.witnesses(i).verifier_key());
    if (!key.ok()) return Invalid(setting + SentenceOf(key.status()));
    if (!keys.insert(key->public_key).second) return Invalid(setting + "its key is named twice");
    const Status address = cosign::MakeExchange(audit.witnesses(i).address()).status();
    if (!address.ok()) return Invalid(setting + SentenceOf(address));
  }
  return {};
}

}  // namespace

Status CheckWitnesses(settings::v1::AuditConfig& audit) {
  if (audit.witnesses_size() > static_cast<int>(model::kWitnessesMax)) {
    return Invalid("`audit.witnesses` must be at most 16");
  }
  TEARLINE_RETURN_IF_REFUSED(CheckEach(audit));
  const auto count = static_cast<std::uint32_t>(audit.witnesses_size());
  if (audit.witness_quorum() == 0) audit.set_witness_quorum(count);
  if (audit.witness_quorum() > count) {
    return Invalid("`audit.witness_quorum` must be at most the number of `audit.witnesses`");
  }
  if (!audit.witness_post().empty()) {
    const Status post = model::CheckPostName(audit.witness_post(), "audit.witness_post");
    if (!post.ok()) return Invalid(SentenceOf(post));
  }
  if (audit.witness_gap_after_s() == 0) audit.set_witness_gap_after_s(kGapAfterS);
  if (audit.witness_gap_after_s() > kGapAfterMaxS) {
    return Invalid("`audit.witness_gap_after_s` must be 1 to 86400");
  }
  return {};
}

}  // namespace tearline::config
