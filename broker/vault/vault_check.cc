#include "broker/vault/vault_check.h"

#include "broker/crypto/hmac.h"

namespace tearline::vault {

std::string CheckValueOf(const Vault& vault) {
  return crypto::HmacSha256(vault.IndexKey().View(), {"tearline vault check v1"}).Bytes();
}

}  // namespace tearline::vault
