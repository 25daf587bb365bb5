#include "tests/simulation/versioned_state.h"

#include <limits>

#include "broker/state/row_digest.h"
#include "broker/status/invariant.h"

namespace tearline::simulation {
namespace {

using Value = std::optional<std::string>;

}  // namespace

/// Rows by key, and each row's values by the number of the commit that wrote it, from 1. What was
/// lost is lost to views of it, too: whoever crashes has let go of them.
struct VersionedState::Versions {
  std::map<std::string, std::map<std::size_t, Value>> rows;
  std::vector<model::Position> positions{0};          ///< By commit; before the first: nothing.
  std::vector<std::vector<std::string>> written{{}};  ///< Keys, by commit.

  const std::string* Find(const std::map<std::size_t, Value>& row, std::size_t commit) const {
    auto after = row.upper_bound(commit);
    if (after == row.begin()) return nullptr;
    --after;
    return after->second ? &*after->second : nullptr;
  }
};

class VersionedState::VersionedView final : public state::View {
 public:
  explicit VersionedView(std::shared_ptr<const Versions> versions)
      : versions_(std::move(versions)), commit_(versions_->positions.size() - 1) {}

  model::Position position() const override { return versions_->positions[commit_]; }

  std::optional<std::string> Get(const state::Key& key) const override {
    const auto row = versions_->rows.find(key.bytes());
    if (row == versions_->rows.end()) return std::nullopt;
    const std::string* value = versions_->Find(row->second, commit_);
    return value == nullptr ? std::nullopt : std::optional(*value);
  }

  std::vector<std::pair<std::string, std::string>> Scan(const state::Key& prefix,
                                                        const state::Key& from,
                                                        std::size_t rows_max) const override {
    std::vector<std::pair<std::string, std::string>> found;
    for (auto row = versions_->rows.lower_bound(from.bytes());
         row != versions_->rows.end() && row->first.starts_with(prefix.bytes()) &&
         found.size() < rows_max;
         ++row) {
      const std::string* value = versions_->Find(row->second, commit_);
      if (value != nullptr) found.emplace_back(row->first, *value);
    }
    return found;
  }

 private:
  const std::shared_ptr<const Versions> versions_;
  const std::size_t commit_;
};

VersionedState::VersionedState() : versions_(std::make_shared<Versions>()) {}
VersionedState::~VersionedState() = default;

Status VersionedState::Commit(const state::Batch& batch, model::Position position) {
  TEARLINE_INVARIANT(position > Position(), "the state only moves forward");
  if (std::exchange(fail_next_, false)) {
    return Refuse(v1::ERROR_REASON_STORAGE_FAILED, "the state did not take a batch");
  }
  const std::size_t commit = versions_->positions.size();
  versions_->positions.push_back(position);
  std::vector<std::string>& written = versions_->written.emplace_back();
  const auto write = [&](const std::string& key, Value value) {
    versions_->rows[key][commit] = std::move(value);
    written.push_back(key);
  };
  batch.ForEachWrite([&](const std::string& key, const state::RowValue& value) {
    if (forgotten_.contains(key.front())) return;
    write(key, value.there() ? Value(value.Bytes()) : std::nullopt);
  });
  write(state::Key(state::Table::kPosition).bytes(),
        state::Key(state::Table::kPosition).U64(position).bytes().substr(1));
  return {};
}

std::shared_ptr<const state::View> VersionedState::Now() const {
  return std::make_shared<VersionedView>(versions_);
}

model::Position VersionedState::Position() const { return versions_->positions.back(); }

std::size_t VersionedState::Commits() const { return versions_->positions.size() - 1; }

crypto::Digest VersionedState::Digest() const {
  state::RowDigest digest;
  constexpr std::size_t kNow = std::numeric_limits<std::size_t>::max();
  for (const auto& [key, row] : versions_->rows) {
    const std::string* value = versions_->Find(row, kNow);
    if (value != nullptr) digest.Add(key, *value);
  }
  return digest.Finish();
}

Status VersionedState::Empty() {
  TEARLINE_INVARIANT(false, "a state with this build's shape is never emptied");
}

void VersionedState::LoseLast(std::size_t count) {
  TEARLINE_INVARIANT(count <= Commits(), "only what was committed can be lost");
  fail_next_ = false;
  for (; count > 0; --count) {
    const std::size_t commit = Commits();
    for (const std::string& key : versions_->written.back()) {
      const auto row = versions_->rows.find(key);
      row->second.erase(commit);
      if (row->second.empty()) versions_->rows.erase(row);
    }
    versions_->written.pop_back();
    versions_->positions.pop_back();
  }
}

}  // namespace tearline::simulation
