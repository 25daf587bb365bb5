#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "broker/ledger/record.h"

namespace tearline::doubles {

/// Makes records that continue one another, each the same whenever it is made again.
///
/// Threads: one.
class RecordMaker {
 public:
  explicit RecordMaker(std::uint64_t term = 1) { next_.term = term; }

  /// A maker that goes on after `last`.
  RecordMaker(const ledger::StoredHeader& last, std::uint64_t term) : RecordMaker(term) {
    next_.position = last.header.position;
    next_.previous = last.digest;
    next_.stamp_ms = last.header.stamp_ms;
  }

  /// The next record, its command holding `command_bytes`.
  ledger::Record Next(std::string command_bytes, std::vector<std::string> segments = {}) {
    ++next_.position;
    next_.behaviour_version = 1;
    next_.ledger_id = *model::LedgerId::FromBytes(std::string(16, 'L'));
    next_.stamp_ms += 1000;
    next_.seed = crypto::Sha256(std::to_string(next_.position)).Bytes();
    next_.command = 1;
    next_.segments = static_cast<std::uint16_t>(segments.size());
    next_.actor = "actor";
    next_.command_bytes = std::move(command_bytes);
    ledger::Record record{next_.position, ledger::EncodeHeader(next_), std::move(segments)};
    next_.previous = crypto::Sha256(record.header);
    return record;
  }

  /// What the next record is made from; a test changes it to make one that does not continue.
  ledger::Header& next() { return next_; }

 private:
  ledger::Header next_;
};

}  // namespace tearline::doubles
