#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "clients/verifier/export_file.h"
#include "clients/verifier/leaf.h"
#include "clients/verifier/note.h"
#include "tearline/stored/v1/leaf.pb.h"

namespace tearline::doubles {

/// A small audit log as a broker would keep it, written here from docs/on-disk.md and the public
/// formats: what the verifier is tried against. Every part may be bent before it is signed, or
/// after.
class InventedLog {
 public:
  /// Four records: a publication judged for two posts, its release to one, a refusal, a pulse.
  InventedLog();

  /// Adds a leaf with these facts. `stamp_ms` and `outcome` as they shall lie in the leaf.
  void Add(const std::vector<stored::v1::Detail>& facts, std::int64_t stamp_ms,
           std::uint16_t outcome = verifier::kApplied);

  /// Lays a leaf as behaviour version 2 does: its details at other places, under ten levels.
  void Scatter(std::size_t index);

  std::vector<verifier::LeafEntry>& Entries() { return entries_; }
  /// The signed note over what the leaves are now, or over the first `size` of them.
  [[nodiscard]] std::string Note() const { return Note(entries_.size()); }
  [[nodiscard]] std::string Note(std::size_t size) const;
  /// Any text, signed by the log's key.
  [[nodiscard]] static std::string SignedText(const std::string& text);
  [[nodiscard]] std::string VerifierKeyText() const;
  [[nodiscard]] verifier::VerifierKey Key() const;
  /// As `tearline audit replay --out` writes it, under this note.
  [[nodiscard]] std::string Export(const std::string& note) const;

 private:
  std::vector<verifier::LeafEntry> entries_;
};

/// Facts for leaves.
[[nodiscard]] stored::v1::Detail Decided(const std::string& event, const std::string& post,
                                         v1::Level level);
[[nodiscard]] stored::v1::Detail LetGo(const std::string& event, const std::string& feed,
                                       std::uint64_t sequence, v1::Level level);
[[nodiscard]] stored::v1::Detail LetGoAgain(const std::string& event, const std::string& feed,
                                            std::uint64_t sequence, v1::Level level);

/// The place of `details_root` in a leaf, and of its stamp and position.
inline constexpr std::size_t kPositionAt = 24;
inline constexpr std::size_t kStampAt = 64;
inline constexpr std::size_t kDetailsRootAt = 112;

}  // namespace tearline::doubles
