#pragma once

#include <string_view>

#include "broker/crypto/digest.h"

namespace tearline::state {

/// SHA-256 over rows in key order: each key and each value behind its length, 4 bytes big-endian.
///
/// Source: docs/on-disk.md, "State digest".
class RowDigest {
 public:
  /// Requires: `key`, table byte included, is above every key added before; both under 4 GiB.
  void Add(std::string_view key, std::string_view value);

  /// Requires: nothing is added afterwards.
  [[nodiscard]] crypto::Digest Finish();

 private:
  void AddPart(std::string_view bytes);

  crypto::Sha256Stream stream_;
};

}  // namespace tearline::state
