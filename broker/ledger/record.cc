#include "broker/ledger/record.h"

#include <cstddef>
#include <limits>

#include "broker/model/limits.h"
#include "broker/status/invariant.h"

namespace tearline::ledger {
namespace {

constexpr std::string_view kMagic = "TLR1";
constexpr std::size_t kSeedBytes = 32;

class Writer {
 public:
  void Number(std::uint64_t number, int width) {
    for (int shift = 8 * (width - 1); shift >= 0; shift -= 8) {
      bytes_.push_back(static_cast<char>((number >> shift) & 0xff));
    }
  }
  void Bytes(std::string_view bytes) { bytes_.append(bytes); }
  std::string Take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

/// Reads from the front. Once there was too little, everything read is empty and `whole` is false.
class Parts {
 public:
  explicit Parts(std::string_view bytes) : rest_(bytes) {}

  std::string_view Bytes(std::size_t count) {
    if (count > rest_.size()) {
      whole_ = false;
      rest_ = {};
    }
    const std::string_view part = rest_.substr(0, count);
    rest_.remove_prefix(part.size());
    return part;
  }
  std::uint64_t Number(std::size_t width) {
    std::uint64_t number = 0;
    for (const char byte : Bytes(width)) number = number << 8 | static_cast<unsigned char>(byte);
    return number;
  }
  bool whole() const { return whole_; }
  bool empty() const { return rest_.empty(); }

 private:
  std::string_view rest_;
  bool whole_ = true;
};

Status Corrupt(const std::string& sentence) {
  return Refuse(v1::ERROR_REASON_LEDGER_CORRUPT, sentence);
}

}  // namespace

std::string EncodeHeader(const Header& header) {
  TEARLINE_INVARIANT(header.seed.size() == kSeedBytes, "a record's seed is 32 bytes");
  TEARLINE_INVARIANT(header.actor.size() <= model::kPolicyHeaderBytesMax &&
                         header.command_bytes.size() <= model::kPolicyHeaderBytesMax,
                     "a record's header is at most kPolicyHeaderBytesMax");
  Writer out;
  out.Bytes(kMagic);
  out.Number(kRecordFormatVersion, 2);
  out.Number(header.behaviour_version, 2);
  out.Bytes(header.ledger_id.Bytes());
  out.Number(header.term, 8);
  out.Number(header.position, 8);
  out.Bytes(header.previous.View());
  out.Number(static_cast<std::uint64_t>(header.stamp_ms), 8);
  out.Bytes(header.seed);
  out.Number(header.command, 2);
  out.Number(header.segments, 2);
  out.Number(header.actor.size(), 4);
  out.Number(header.command_bytes.size(), 4);
  out.Bytes(header.actor);
  out.Bytes(header.command_bytes);
  std::string bytes = out.Take();
  TEARLINE_INVARIANT(bytes.size() <= model::kPolicyHeaderBytesMax,
                     "a record's header is at most kPolicyHeaderBytesMax");
  return bytes;
}

Result<Header> DecodeHeader(std::string_view bytes) {
  if (bytes.size() > model::kPolicyHeaderBytesMax) {
    return Corrupt("a record header is " + std::to_string(bytes.size()) + " bytes; at most " +
                   std::to_string(model::kPolicyHeaderBytesMax));
  }
  Parts in(bytes);
  if (in.Bytes(kMagic.size()) != kMagic) return Corrupt("a record header must begin with `TLR1`");
  if (const std::uint64_t version = in.Number(2); in.whole() && version != kRecordFormatVersion) {
    return Corrupt("a record header is of format version " + std::to_string(version) +
                   "; this build reads version " + std::to_string(kRecordFormatVersion));
  }
  Header header;
  header.behaviour_version = static_cast<std::uint16_t>(in.Number(2));
  const std::string_view ledger_id = in.Bytes(model::LedgerId::kBytes);
  header.term = in.Number(8);
  header.position = in.Number(8);
  const std::string_view previous = in.Bytes(crypto::Digest::kBytes);
  header.stamp_ms = static_cast<std::int64_t>(in.Number(8));
  header.seed = in.Bytes(kSeedBytes);
  header.command = static_cast<std::uint16_t>(in.Number(2));
  header.segments = static_cast<std::uint16_t>(in.Number(2));
  const std::size_t actor_bytes = in.Number(4);
  const std::size_t command_bytes = in.Number(4);
  header.actor = in.Bytes(actor_bytes);
  header.command_bytes = in.Bytes(command_bytes);
  if (!in.whole()) return Corrupt("a record header ends too early");
  if (!in.empty()) return Corrupt("a record header has bytes after its end");
  header.ledger_id = *model::LedgerId::FromBytes(ledger_id);
  header.previous = *crypto::Digest::FromBytes(previous);
  return header;
}

}  // namespace tearline::ledger
