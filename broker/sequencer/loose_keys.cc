#include "broker/sequencer/loose_keys.h"

#include <optional>

#include "broker/state/key.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::sequencer {
namespace {

constexpr std::size_t kPage = 4096;

std::optional<stored::v1::SubjectKeyRow> RowOf(const model::SubjectKeyId& id,
                                               const state::Reader& reader) {
  return reader.Find<stored::v1::SubjectKeyRow>(
      state::Key(state::Table::kSubjectKey).Fixed(id.Bytes()));
}

}  // namespace

bool IsInUse(const model::SubjectKeyId& id, const state::Reader& reader) {
  const auto row = RowOf(id, reader);
  return row && row->erased_position() == 0;
}

Result<LooseKeys> FindLooseKeys(const vault::Vault& vault, const state::Reader& reader) {
  LooseKeys found;
  std::optional<model::SubjectKeyId> last;
  while (true) {
    const Result<std::vector<model::SubjectKeyId>> page = vault.List(last, kPage);
    if (!page.ok()) return page.status();
    for (const model::SubjectKeyId& id : *page) {
      const auto row = RowOf(id, reader);
      found.any_known = found.any_known || row.has_value();
      if (!row && found.ids.size() <= kLooseKeysMax) found.ids.push_back(id);
      const bool erased = row && row->erased_position() != 0;
      if (erased && found.erased.size() < kLooseKeysMax) found.erased.push_back(id);
    }
    if (page->size() < kPage) return found;
    last = page->back();
  }
}

}  // namespace tearline::sequencer
