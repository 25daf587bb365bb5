#include "broker/machine/newest.h"

#include <cstdint>

#include "broker/state/key.h"

namespace tearline::machine {

std::vector<std::pair<std::string, std::string>> NewestEventsOf(const std::string& nominal_id,
                                                                std::size_t least,
                                                                std::size_t most,
                                                                const state::Reader& reader) {
  const state::Key index = state::Key(state::Table::kEventOfNominal).Fixed(nominal_id);
  const auto from = [&](std::uint64_t position) {
    return reader.Scan(index, state::Key(index).U64(position), most);
  };
  std::uint64_t low = 0;
  std::uint64_t high = std::uint64_t{1} << 62;
  auto rows = from(low);
  while (rows.size() == most && high - low > 1) {
    const std::uint64_t middle = low + (high - low) / 2;
    const auto newer = from(middle);
    if (newer.size() < least) {
      high = middle;
    } else {
      low = middle;
      rows = newer;
    }
  }
  return rows;
}

}  // namespace tearline::machine
