#include "tests/benchmark/audit_share.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "broker/ledger/record.h"
#include "broker/machine/machine.h"
#include "broker/state/batch.h"
#include "broker/state/database.h"
#include "broker/state/key.h"
#include "tests/benchmark/cpu_of.h"
#include "tests/benchmark/durations.h"
#include "tests/benchmark/event_of.h"
#include "tests/benchmark/timings.h"

namespace tearline::benchmark {
namespace {

using state::Table;

/// Groups of kTogether events whose writes are committed again.
constexpr int kGroups = 10;

/// What one group of records writes: keys, and their rows' bytes; none erases.
using Writes = std::vector<std::pair<std::string, std::optional<std::string>>>;

bool IsAudits(Table table) {
  static constexpr Table kAudits[] = {Table::kLeaf,           Table::kTreeNode,
                                      Table::kFrontier,       Table::kLeafPosition,
                                      Table::kTrailOfNominal, Table::kEventTrail,
                                      Table::kObligationTrail};
  return std::find(std::begin(kAudits), std::end(kAudits), table) != std::end(kAudits);
}

Table TableOf(const std::string& key) { return static_cast<Table>(key.front()); }

/// What was found of records that were published in this process.
struct Published {
  std::vector<Writes> groups;
  std::size_t header_bytes_for_audit = 0;
  std::size_t records = 0;
};

void PublishGroup(Scene& scene, Growth& growth, Published& published) {
  const std::shared_ptr<const state::View> below = growth.View();
  const model::Position before = growth.Records();
  growth.AddEvents(scene.people, kTogether);
  machine::Machine machine;
  state::Batch batch(*below);
  growth.EachHeader(before, growth.Records() - before, [&](const ledger::StoredHeader& record) {
    (void)machine.Apply(record, batch);
    published.header_bytes_for_audit +=
        record.header.actor.size() + record.header.previous.View().size();
    ++published.records;
  });
  Writes& writes = published.groups.emplace_back();
  batch.ForEachWrite([&writes](const std::string& key, const state::RowValue& row) {
    writes.emplace_back(key, row.there() ? std::optional(row.Bytes()) : std::nullopt);
  });
}

/// A database of its own, that the groups are committed to one after the other.
class Committed {
 public:
  explicit Committed(const std::filesystem::path& directory) {
    std::filesystem::remove_all(directory);
    auto database = state::Database::Open(directory);
    if (!database.ok()) throw std::runtime_error("a state for the writes");
    database_ = *std::move(database);
  }

  /// Returns: what committing took, in microseconds.
  double Commit(const Writes& writes, bool with_audits) {
    const std::shared_ptr<const state::View> below = database_->Now();
    state::Batch batch(*below);
    for (const auto& [key, bytes] : writes) {
      if (!with_audits && IsAudits(TableOf(key))) continue;
      const state::Key place = state::Key(TableOf(key)).Fixed(std::string_view(key).substr(1));
      if (bytes) {
        batch.Put(place, *bytes);
      } else {
        batch.Erase(place);
      }
    }
    position_ += kTogether;
    bool committed = false;
    const double took = CpuOf([&] { committed = database_->Commit(batch, position_).ok(); });
    if (!committed) throw std::runtime_error("the writes are committed");
    return took;
  }

 private:
  std::unique_ptr<state::Database> database_;
  model::Position position_ = 0;
};

/// What audit's rows are of a commit.
double ShareOfRows(const std::vector<Writes>& groups, const std::filesystem::path& directory) {
  double with = 0;
  double without = 0;
  {
    Committed whole(directory / "with_audit");
    Committed rest(directory / "without_audit");
    for (const Writes& writes : groups) {
      with += whole.Commit(writes, true);
      without += rest.Commit(writes, false);
    }
  }
  std::filesystem::remove_all(directory / "with_audit");
  std::filesystem::remove_all(directory / "without_audit");
  return std::max(0.0, 1 - without / with);
}

}  // namespace

void ShowAuditShare(Scene& scene, int rounds, std::vector<Row>& rows) {
  Published published;
  scene.Stopped([&](Growth& growth) {
    for (int group = 0; group < kGroups; ++group) PublishGroup(scene, growth, published);
  });
  std::vector<double> leaf_shares;
  std::vector<double> row_shares;
  std::vector<double> append_shares;
  std::vector<double> shares;
  const double of_append = static_cast<double>(published.header_bytes_for_audit) /
                           static_cast<double>(published.records * kRecordBytes);
  for (int round = 0; round < rounds; ++round) {
    std::map<std::string, double> took = ReadTimings(scene.stage);
    for (auto& [name, seconds] : took) seconds = -seconds;
    (void)scene.Ours(kBatches);
    for (const auto& [name, seconds] : ReadTimings(scene.stage)) took[name] += seconds;
    double all = 0;
    for (const char* name : {"check", "seal", "append", "apply", "commit", "answer"}) {
      all += took.at(name);
    }
    leaf_shares.push_back(took.at("leaf") / all);
    row_shares.push_back(took.at("commit") / all *
                         ShareOfRows(published.groups, scene.stage.directory()));
    append_shares.push_back(took.at("append") / all * of_append);
    shares.push_back(leaf_shares.back() + row_shares.back() + append_shares.back());
  }
  const auto add = [&rows](const char* name, const char* says, const std::vector<double>& share) {
    rows.push_back({name, says, Median(share), false, ""});
  };
  add("audit_share_of_publish", "audit's share of publishing alone, 1,000 in flight: all of it",
      shares);
  add("audit_share_of_publish_leaf", "of that: making the leaf with its details", leaf_shares);
  add("audit_share_of_publish_rows", "of that: its rows of the state's batch", row_shares);
  add("audit_share_of_publish_append", "of that: its bytes of the ledger's append", append_shares);
}

}  // namespace tearline::benchmark
