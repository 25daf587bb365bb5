#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "broker/crypto/digest.h"
#include "broker/model/ids.h"
#include "broker/status/status.h"

namespace tearline::ledger {

/// The record's layout, byte for byte, is told in docs/on-disk.md, "Record". It never changes;
/// a new layout is a new format version beside it.
inline constexpr std::uint16_t kRecordFormatVersion = 1;

/// A header, read: everything links, tree, policy and replay need. Numbers lie big-endian.
struct Header {
  std::uint16_t behaviour_version = 0;
  model::LedgerId ledger_id;
  std::uint64_t term = 0;
  model::Position position = 0;
  crypto::Digest previous;     ///< SHA-256 of the previous header's bytes; zero at position 1.
  std::int64_t stamp_ms = 0;   ///< Milliseconds since 1970; never below the previous record's.
  std::string seed;            ///< 32 random bytes; every id of the record derives from it.
  std::uint16_t command = 0;   ///< stored.v1.CommandNumber, also one this build does not know.
  std::uint16_t segments = 0;  ///< How many segments lie detached beside it.
  std::string actor;           ///< stored.v1.Actor.
  std::string command_bytes;   ///< The message of that number.
};

/// The header's bytes.
///
/// Requires: `seed` is 32 bytes; the whole is at most kPolicyHeaderBytesMax.
[[nodiscard]] std::string EncodeHeader(const Header& header);

/// Reads a header's bytes back, exactly: what is left over or missing is damage.
///
/// Refuses: LEDGER_CORRUPT.
[[nodiscard]] Result<Header> DecodeHeader(std::string_view bytes);

/// A record on its way into the ledger.
struct Record {
  model::Position position = 0;
  std::string header;                 ///< EncodeHeader's bytes.
  std::vector<std::string> segments;  ///< Sealed, in order.
};

/// A header as it came out.
struct StoredHeader {
  std::string bytes;
  crypto::Digest digest;  ///< SHA-256 of `bytes`.
  Header header;
};

}  // namespace tearline::ledger
