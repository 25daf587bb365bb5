#include "broker/sequencer/record_chain.h"

#include <algorithm>
#include <utility>

#include "broker/crypto/random.h"
#include "broker/machine/machine.h"
#include "broker/model/limits.h"
#include "broker/status/invariant.h"

namespace tearline::sequencer {
namespace {

std::size_t HeaderBytesMaxOf(stored::v1::CommandNumber command) {
  const bool holds_policy = command == stored::v1::COMMAND_NUMBER_GENESIS ||
                            command == stored::v1::COMMAND_NUMBER_PROPOSE_POLICY;
  return holds_policy ? model::kPolicyHeaderBytesMax : model::kHeaderBytesMax;
}

}  // namespace

RecordChain::RecordChain(const stored::v1::LedgerRow& row, model::Position tip, std::uint64_t term)
    : term_(term), tip_(tip), last_stamp_ms_(row.last_stamp_ms()), clock_(row) {
  const Result<model::LedgerId> id = model::LedgerId::FromBytes(
      tip == 0 ? crypto::RandomBytes(model::LedgerId::kBytes) : row.ledger_id());
  TEARLINE_INVARIANT(id.ok(), "the ledger's row holds the ledger's id");
  ledger_id_ = *id;
  if (tip == 0) return;
  const Result<crypto::Digest> previous = crypto::Digest::FromBytes(row.last_header_digest());
  TEARLINE_INVARIANT(previous.ok(), "the ledger's row holds the last header's digest");
  previous_ = *previous;
}

std::int64_t RecordChain::StampAt(std::int64_t wall_ms) const {
  return std::max(last_stamp_ms_, clock_.TimeAt(wall_ms));
}

Written RecordChain::Write(Proposal& proposal, const std::string& actor_bytes,
                           std::int64_t wall_ms) {
  Written written;
  ledger::Header& header = written.stored.header;
  header.behaviour_version = machine::kBehaviourVersion;
  header.ledger_id = ledger_id_;
  header.term = term_;
  header.position = ++tip_;
  header.previous = previous_;
  header.stamp_ms = last_stamp_ms_ = StampAt(wall_ms);
  header.seed = std::move(proposal.seed);
  header.command = static_cast<std::uint16_t>(proposal.command);
  header.segments = static_cast<std::uint16_t>(proposal.segments.size());
  header.actor = actor_bytes;
  header.command_bytes = std::move(proposal.command_bytes);

  written.stored.bytes = ledger::EncodeHeader(header);
  written.stored.digest = previous_ = crypto::Sha256(written.stored.bytes);
  written.record.position = tip_;
  written.record.header = written.stored.bytes;
  written.record.segments = std::move(proposal.segments);
  return written;
}

std::size_t HeaderBytes(const Proposal& proposal, const std::string& actor_bytes) {
  return kHeaderFixedBytes + actor_bytes.size() + proposal.command_bytes.size();
}

std::size_t SegmentBytes(const Proposal& proposal) {
  std::size_t bytes = 0;
  for (const std::string& segment : proposal.segments) bytes += segment.size();
  return bytes;
}

Status CheckRecordSize(const Proposal& proposal, const std::string& actor_bytes) {
  const std::size_t header = HeaderBytes(proposal, actor_bytes);
  const std::size_t header_max = HeaderBytesMaxOf(proposal.command);
  if (header > header_max) {
    // Not how many: the number would tell which keys and identifiers were known already (P6).
    return Refuse(v1::ERROR_REASON_LIMIT_PASSED,
                  "the record's header would be over " + std::to_string(header_max) +
                      " bytes; send fewer tear-lines, nominals or names");
  }
  const std::size_t record = header + SegmentBytes(proposal);
  if (record > model::kRecordBytesMax) {
    return Refuse(v1::ERROR_REASON_LIMIT_PASSED, "the record would be over " +
                                                     std::to_string(model::kRecordBytesMax) +
                                                     " bytes; share larger papers by reference");
  }
  return {};
}

}  // namespace tearline::sequencer
