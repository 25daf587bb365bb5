#include "tests/doubles/memory_vault.h"

#include "broker/crypto/random.h"
#include "broker/crypto/seal.h"

namespace tearline::doubles {

MemoryVault::MemoryVault() : index_key_(crypto::RandomBytes(crypto::kSealKeyBytes)) {}

Result<std::vector<model::SubjectKeyId>> MemoryVault::Make(std::size_t count) {
  ++syncs_;
  std::vector<model::SubjectKeyId> ids;
  for (std::size_t i = 0; i < count; ++i) {
    ids.push_back(
        *model::SubjectKeyId::FromBytes(crypto::RandomBytes(model::SubjectKeyId::kBytes)));
    keys_[ids.back()] = crypto::RandomBytes(crypto::kSealKeyBytes);
  }
  return ids;
}

Status MemoryVault::Keep(const std::vector<vault::Successor>& successors) {
  ++syncs_;
  for (const vault::Successor& each : successors) {
    keys_[each.id] = std::string(each.key.View());
    for (const vault::Rewrap& wrap : each.wraps) wraps_[each.id][wrap.recorded] = wrap.anew;
  }
  return {};
}

Result<std::optional<std::string>> MemoryVault::FindRewrap(const model::SubjectKeyId& id,
                                                           const std::string& recorded) const {
  const auto under = wraps_.find(id);
  if (under == wraps_.end()) return std::optional<std::string>();
  const auto found = under->second.find(recorded);
  if (found == under->second.end()) return std::optional<std::string>();
  return std::optional<std::string>(found->second);
}

Result<crypto::Secret> MemoryVault::Find(const model::SubjectKeyId& id) const {
  const auto found = keys_.find(id);
  if (found == keys_.end()) {
    return Refuse(v1::ERROR_REASON_KEY_MISSING, "a subject key is not in the vault");
  }
  return crypto::Secret(found->second);
}

Result<std::vector<model::SubjectKeyId>> MemoryVault::List(
    const std::optional<model::SubjectKeyId>& after, std::size_t count) const {
  std::vector<model::SubjectKeyId> ids;
  for (auto key = after ? keys_.upper_bound(*after) : keys_.begin();
       key != keys_.end() && ids.size() < count; ++key) {
    ids.push_back(key->first);
  }
  return ids;
}

Status MemoryVault::Destroy(const std::vector<model::SubjectKeyId>& ids) {
  for (const model::SubjectKeyId& id : ids) {
    keys_.erase(id);
    wraps_.erase(id);
  }
  return {};
}

}  // namespace tearline::doubles
