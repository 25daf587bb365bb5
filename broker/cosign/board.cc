#include "broker/cosign/board.h"

#include <algorithm>

namespace tearline::cosign {

Board::Board(const std::vector<audit::WitnessKey>& witnesses, std::size_t quorum)
    : quorum_(quorum) {
  for (const audit::WitnessKey& key : witnesses) {
    standings_.push_back({.verifier_key = key.text, .name = key.name});
  }
}

std::optional<std::string> Board::Add(std::size_t place, std::uint64_t size,
                                      const std::string& signed_note,
                                      const audit::Cosignature& cosignature) {
  const std::lock_guard<std::mutex> lock(mutex_);
  Standing& standing = standings_[place];
  standing.contradicts = false;
  if (size >= standing.tree_size) {
    standing.tree_size = size;
    standing.cosigned_s = cosignature.time_s;
  }
  auto found = std::find_if(gathered_.begin(), gathered_.end(),
                            [&](const Gathered& each) { return each.note == signed_note; });
  if (found == gathered_.end()) {
    if (gathered_.size() == kGatheredMax) gathered_.pop_front();
    gathered_.push_back({size, signed_note, {}});
    found = std::prev(gathered_.end());
  }
  found->lines[place] = cosignature.line;
  if (found->lines.size() < quorum_ || size < cosigned_size_) return std::nullopt;
  cosigned_size_ = size;
  std::string note = signed_note;
  for (const auto& [at, line] : found->lines) note += line;
  return note;
}

void Board::SetContradicts(std::size_t place, bool contradicts) {
  const std::lock_guard<std::mutex> lock(mutex_);
  standings_[place].contradicts = contradicts;
}

void Board::SetForgot(std::size_t place) {
  const std::lock_guard<std::mutex> lock(mutex_);
  standings_[place].forgot = true;
}

std::vector<Standing> Board::Standings() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return standings_;
}

std::uint64_t Board::CosignedSize() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return cosigned_size_;
}

}  // namespace tearline::cosign
