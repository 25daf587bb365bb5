#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "broker/vault/vault.h"

namespace tearline::doubles {

/// The vault in memory: the same promises, where "a crash" leaves it standing, since a key is
/// durable before Make returns.
///
/// Threads: one.
class MemoryVault final : public vault::Vault {
 public:
  MemoryVault();

  Result<std::vector<model::SubjectKeyId>> Make(std::size_t count) override;
  Status Keep(const std::vector<vault::Successor>& successors) override;
  Result<std::optional<std::string>> FindRewrap(const model::SubjectKeyId& id,
                                                const std::string& recorded) const override;
  Result<crypto::Secret> Find(const model::SubjectKeyId& id) const override;
  Result<std::vector<model::SubjectKeyId>> List(const std::optional<model::SubjectKeyId>& after,
                                                std::size_t count) const override;
  Status Destroy(const std::vector<model::SubjectKeyId>& ids) override;
  const crypto::Secret& IndexKey() const override { return index_key_; }

  /// How often keys were made: a vault on a disk would have synced so often.
  int syncs() const { return syncs_; }

 private:
  const crypto::Secret index_key_;
  std::map<model::SubjectKeyId, std::string> keys_;
  std::map<model::SubjectKeyId, std::map<std::string, std::string>> wraps_;  ///< As recorded, anew.
  int syncs_ = 0;
};

}  // namespace tearline::doubles
