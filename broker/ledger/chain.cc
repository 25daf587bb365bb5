#include "broker/ledger/chain.h"

#include <utility>

#include "broker/status/invariant.h"

namespace tearline::ledger {
namespace {

Result<StoredHeader> ReadAt(model::Position position, std::string bytes) {
  Result<Header> header = DecodeHeader(bytes);
  if (!header.ok()) return CorruptAt(position, SentenceOf(header.status()));
  if (header->position != position) {
    return CorruptAt(position, "its header says position " + std::to_string(header->position));
  }
  const crypto::Digest digest = crypto::Sha256(bytes);
  return StoredHeader{std::move(bytes), digest, *std::move(header)};
}

}  // namespace

Status CorruptAt(model::Position position, const std::string& sentence) {
  return Refuse(v1::ERROR_REASON_LEDGER_CORRUPT,
                "record " + std::to_string(position) + ": " + sentence);
}

Result<Chain> Chain::After(model::Position position, std::string bytes) {
  TEARLINE_INVARIANT(position != 0, "there is no record at position zero");
  const Result<StoredHeader> stored = ReadAt(position, std::move(bytes));
  if (!stored.ok()) return stored.status();
  Chain chain;
  chain.position_ = position;
  chain.digest_ = stored->digest;
  chain.term_ = stored->header.term;
  chain.ledger_id_ = stored->header.ledger_id;
  return chain;
}

Result<StoredHeader> Chain::Next(std::string bytes) {
  const model::Position position = position_ + 1;
  Result<StoredHeader> stored = ReadAt(position, std::move(bytes));
  if (!stored.ok()) return stored;
  const Header& header = stored->header;
  if (header.previous != digest_) {
    return CorruptAt(position, "its link is not the digest of the record before it");
  }
  if (ledger_id_ && header.ledger_id != *ledger_id_) {
    return CorruptAt(position, "it belongs to another ledger");
  }
  if (header.term < term_) return CorruptAt(position, "its term is below the one before it");
  position_ = position;
  digest_ = stored->digest;
  term_ = header.term;
  ledger_id_ = header.ledger_id;
  return stored;
}

}  // namespace tearline::ledger
