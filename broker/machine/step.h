#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "broker/crypto/digest.h"
#include "broker/ledger/record.h"
#include "broker/machine/machine.h"
#include "broker/machine/rows.h"
#include "broker/model/limits.h"
#include "broker/policy/hearing.h"
#include "broker/state/batch.h"
#include "tearline/stored/v1/command.pb.h"
#include "tearline/stored/v1/leaf.pb.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::machine {

/// One record being applied: all an apply function may know, and all it may touch.
struct Step {
  const ledger::Header& header;
  state::Batch& batch;

  stored::v1::Actor actor;            ///< Who asked; for a second hand's command, its first hand.
  stored::v1::LedgerRow ledger;       ///< The broker's own row; written back after the command.
  policy::Hearing* policy = nullptr;  ///< In force at this position; null before genesis.
  Watch* watch = nullptr;             ///< Null if nobody watches.
  bool confirmed = false;             ///< A second hand has been given.

  std::vector<stored::v1::Detail> details{};  ///< What the leaf will remember.
  Applied applied{};                          ///< What the caller will be told.
  std::set<std::string> to_release{};  ///< Feeds whose releases are looked at when it is done.
  std::set<std::string> trail{};  ///< Events this record speaks of, beyond those its details name.
  /// What the command asked about: counted against the actor's quota even if it is refused, because
  /// a refusal is an answer, too.
  std::uint32_t asked_about = 0;
  QuotaKind asked_kind = QuotaKind::kResolve;
  std::optional<std::uint64_t> heard{};  ///< Position of the event that `policy` hears.
  /// The event this record publishes, judged once for each post: no row of it lies below.
  std::string published{};
  bool made_composite = false;  ///< One record makes one event at most.
  std::uint32_t ids_made = 0;
  std::uint32_t tellings_kept = 0;             ///< TellingRows this record has written.
  int rows_left = model::kReleaseRowsMax;      ///< Rows this record may still judge and let go.
  int offers_left = model::kOffersMax;         ///< Subscriptions it may still judge a publish for.
  int looks_left = model::kLookedAtRowsMax;    ///< Rows it may still look at and leave as they are.
  int tell_left = model::kOriginatorsToldMax;  ///< Rows it may still look at to tell originators.

  std::int64_t now_ms() const { return header.stamp_ms; }
  RecordedAs as() const { return {header.behaviour_version, header.stamp_ms}; }

  /// The next id this record makes: SHA-256("tearline id", prefix, seed, count) cut to 16 bytes.
  template <typename Id, typename Tag>
  Id MakeId(Tag) {
    const std::uint32_t count = ids_made++;
    const char number[4] = {static_cast<char>(count >> 24), static_cast<char>(count >> 16),
                            static_cast<char>(count >> 8), static_cast<char>(count)};
    const crypto::Digest digest = crypto::Sha256(
        {"tearline id", Tag::kPrefix, header.seed, std::string_view(number, sizeof number)});
    return *Id::FromBytes(digest.View().substr(0, Id::kBytes));
  }

  /// A detail of the leaf, to be filled in.
  stored::v1::Detail& AddDetail() { return details.emplace_back(); }

  /// A detail that says something changed.
  void AddChanged(std::string_view what, std::string_view name, std::string_view other = {}) {
    stored::v1::ChangedDetail& changed = *AddDetail().mutable_changed();
    changed.set_what(std::string(what));
    changed.set_name(std::string(name));
    changed.set_other(std::string(other));
  }
};

}  // namespace tearline::machine
