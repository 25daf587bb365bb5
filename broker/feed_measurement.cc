#include "broker/feed_measurement.h"

#include <array>
#include <cstdint>
#include <string>
#include <utility>

#include "broker/state/each_row.h"
#include "broker/status/invariant.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline {
namespace {

/// By lane's number.
using Counts = std::array<std::uint64_t, static_cast<std::size_t>(v1::Urgency_ARRAYSIZE)>;

constexpr std::array<std::pair<v1::Urgency, const char*>, 3> kLaneWords = {
    {{v1::URGENCY_IMMEDIATE, "immediate"},
     {v1::URGENCY_URGENT, "urgent"},
     {v1::URGENCY_ROUTINE, "routine"}}};

/// Calls `visit(key, value)` for each row of a table, at most `rows_max`.
template <typename Visit>
void ForEach(state::Table table, std::size_t rows_max, const state::Reader& reader, Visit visit) {
  std::size_t left = rows_max;
  state::ForEachRow(reader, state::Key(table), [&](const auto& key, const auto& value) {
    if (left == 0) return false;
    visit(key, value);
    return --left > 0;
  });
}

std::uint64_t& CountOf(char lane, Counts& counts) {
  return counts.at(static_cast<unsigned char>(lane));
}

void Expose(const char* name, const char* help, const Counts& counts,
            telemetry::Exposition& exposition) {
  exposition.Family(name, help, telemetry::FamilyKind::kGauge);
  for (const auto& [lane, word] : kLaneWords) {
    exposition.Sample(counts.at(static_cast<std::size_t>(lane)), {{"lane", word}});
  }
}

}  // namespace

void MeasureFeeds(const state::Reader& reader, telemetry::Exposition& exposition) {
  Counts outstanding{};
  ForEach(state::Table::kLane, SIZE_MAX, reader,
          [&outstanding](const std::string& key, const std::string& bytes) {
            stored::v1::LaneRow row;
            TEARLINE_INVARIANT(row.ParseFromString(bytes), "a lane's row parses");
            CountOf(key.back(), outstanding) += row.outstanding();
          });
  Counts waiting{};
  ForEach(state::Table::kWaiting, kWaitingCountedMax, reader,
          [&waiting](const std::string& key, const std::string&) {
            ++CountOf(key[key.size() - 9], waiting);  // the lane stands before the place
          });
  Expose("tearline_items_outstanding", "Items let go and not settled, of all feeds.", outstanding,
         exposition);
  Expose("tearline_items_waiting", "Items that wait to be let go, of all feeds; at least.", waiting,
         exposition);
}

}  // namespace tearline
