#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "broker/crypto/secret.h"
#include "broker/model/ids.h"
#include "broker/status/status.h"

namespace tearline::vault {

/// A content key that was recorded as wrapped under one subject key, and is wrapped anew under
/// another: 40 bytes each.
struct Rewrap {
  std::string recorded;
  std::string anew;
};

/// A subject key that takes another's place, and all that opens by it from then on.
struct Successor {
  model::SubjectKeyId id;
  crypto::Secret key;  ///< 32 random bytes.
  std::vector<Rewrap> wraps;
};

/// Subject keys, by random id, wrapped by a key-encryption key that lives elsewhere. Which nominal
/// a key belongs to is not known here: that is state.
///
/// A key is durable before Make returns, hence before the record that first uses it. A destroyed
/// key is gone from the files too, not only from the answers.
///
/// Threads: any.
class Vault {
 public:
  /// What an opened vault must hold. Refuses: whatever says what to restore.
  using Proof = std::function<Status(const Vault&)>;

  /// Opens or makes a vault. The first Open of an empty directory draws the index key.
  ///
  /// A write that power loss cut off may leave anything at the end of the log, and so may damage.
  /// Such a log is cut where it reads no more only if `proof` finds in what does read all that it
  /// must hold; until then nothing is changed. Without `proof` it is refused.
  ///
  /// Refuses: KEY_FILE_UNSAFE   the key-encryption key file is missing, readable by others, of
  ///                            another size than 32 bytes, or inside `directory`;
  ///          SEAL_BROKEN       the file holds another key than the vault was made with;
  ///          STORAGE_FAILED; what `proof` refuses.
  static Result<std::unique_ptr<Vault>> Open(const std::filesystem::path& directory,
                                             const std::filesystem::path& key_encryption_key_file,
                                             const Proof& proof = {});

  virtual ~Vault() = default;

  /// Makes `count` keys with one sync, and returns their ids.
  ///
  /// Refuses: STORAGE_FAILED: stop.
  virtual Result<std::vector<model::SubjectKeyId>> Make(std::size_t count) = 0;

  /// Keeps successors, all or none, with one sync: where the key is, all that was wrapped anew
  /// under it is, too, in every copy of the vault.
  ///
  /// Refuses: STORAGE_FAILED: stop.
  virtual Status Keep(const std::vector<Successor>& successors) = 0;

  /// How a content key that was recorded wrapped as `recorded` is wrapped under `id`, a successor;
  /// nothing if it was left out.
  ///
  /// Refuses: STORAGE_FAILED.
  virtual Result<std::optional<std::string>> FindRewrap(const model::SubjectKeyId& id,
                                                        const std::string& recorded) const = 0;

  /// The key. Refuses: KEY_MISSING.
  virtual Result<crypto::Secret> Find(const model::SubjectKeyId& id) const = 0;

  /// Whether every one of `ids` is there, whatever it wraps. One pass if they rise.
  ///
  /// Refuses: STORAGE_FAILED.
  virtual Result<bool> HoldsAll(const std::vector<model::SubjectKeyId>& ids) const;

  /// The ids of at most `count` keys, in order of id: from the first, or from the first above
  /// `after`.
  ///
  /// Refuses: STORAGE_FAILED.
  virtual Result<std::vector<model::SubjectKeyId>> List(
      const std::optional<model::SubjectKeyId>& after, std::size_t count) const = 0;

  /// Destroys keys, for ever, and what was wrapped anew under them: erased, compacted away, and
  /// looked for in the files that remain. Destroying one that is gone already changes nothing.
  ///
  /// Refuses: STORAGE_FAILED.
  virtual Status Destroy(const std::vector<model::SubjectKeyId>& ids) = 0;

  /// The key of the index HMACs (identifiers, request digests); the same for the ledger's life.
  virtual const crypto::Secret& IndexKey() const = 0;
};

}  // namespace tearline::vault
