#pragma once

#include <optional>
#include <string>
#include <vector>

#include "broker/ledger/ledger.h"
#include "broker/model/ids.h"
#include "broker/state/reader.h"
#include "broker/status/status.h"
#include "broker/vault/vault.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::sequencer {

/// A segment, opened.
struct OpenedSegment {
  std::string media_type;
  std::vector<v1::ContentFlag> flags;
  std::string content;
  std::optional<v1::Grading> grading{};  ///< Its own, if it was graded apart.
  std::string salt{};                    ///< Sealed with it, 16 bytes.
};

/// What a decision leaves of an event, opened.
struct OpenedContent {
  std::vector<OpenedSegment> segments;  ///< Those the decision leaves, in order; only at full.
  std::string tear_line;                ///< Only at tear-line.
  std::string tear_line_salt{};         ///< Sealed with it where it is signed, 16 bytes.
  bool erased = false;  ///< Keys were destroyed, and what they sealed is missing here.
};

/// Opens what `decision` allows of `event`: at full its segments, read from the ledger and checked
/// against their digests; at tear-line its one tear-line; below, nothing.
///
/// Content is erased only where `view` says so of every key it is sealed under. A key that is gone
/// otherwise is damage, and is said in the log.
///
/// Refuses: LEDGER_CORRUPT  a segment is missing or is not the one that was recorded;
///          SEAL_BROKEN     it does not open in its place;
///          STORAGE_FAILED  the vault lacks a key that nobody erased.
/// Threads: any.
[[nodiscard]] Result<OpenedContent> OpenContent(const stored::v1::EventRow& event,
                                                const stored::v1::ItemRow& decision,
                                                const model::LedgerId& ledger_id,
                                                const state::Reader& view,
                                                const ledger::Ledger& ledger,
                                                const vault::Vault& vault);

}  // namespace tearline::sequencer
