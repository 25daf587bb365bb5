#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "broker/model/ids.h"
#include "broker/status/status.h"
#include "broker/vault/vault.h"
#include "tearline/stored/v1/command.pb.h"

namespace tearline::vault {

/// Where a sealed value belongs. Bound into the seal as associated data, so that a value cut from
/// one place does not open in another.
struct Place {
  model::LedgerId ledger_id;
  std::string owner;        ///< 16 bytes: the event id, or the id the record's seed gives.
  std::uint8_t kind = 0;    ///< stored.v1.ContentClass.
  std::uint32_t index = 0;  ///< Segment, tear-line or identifier number.
};

/// A sealed value: its ciphertext, and the content key wrapped under each subject key.
struct Sealed {
  std::string ciphertext;  ///< AES-256-GCM, tag last; the key is used once, the nonce is zero.
  std::vector<stored::v1::WrappedKey> keys;
};

/// Seals `plain` under a fresh key, wrapped once under each of `subject_keys`.
///
/// Requires: `subject_keys` is not empty.
/// Refuses:  KEY_MISSING.
[[nodiscard]] Result<Sealed> Seal(const Vault& vault, const Place& place,
                                  const std::vector<model::SubjectKeyId>& subject_keys,
                                  std::string_view plain);

/// Opens with the first of the wrapped keys whose subject key is still there.
///
/// Refuses: KEY_MISSING  every subject key is gone: the content is erased;
///          SEAL_BROKEN  damaged, or sealed for another place.
[[nodiscard]] Result<std::string> Open(
    const Vault& vault, const Place& place, std::string_view ciphertext,
    const google::protobuf::RepeatedPtrField<stored::v1::WrappedKey>& keys);

}  // namespace tearline::vault
