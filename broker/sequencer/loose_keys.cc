#include "broker/sequencer/loose_keys.h"

#include <optional>

#include "broker/state/key.h"

namespace tearline::sequencer {
namespace {

constexpr std::size_t kPage = 4096;

}  // namespace

bool IsKnown(const model::SubjectKeyId& id, const state::Reader& reader) {
  return reader.Get(state::Key(state::Table::kSubjectKey).Fixed(id.Bytes())).has_value();
}

Result<LooseKeys> FindLooseKeys(const vault::Vault& vault, const state::Reader& reader) {
  LooseKeys found;
  std::optional<model::SubjectKeyId> last;
  while (true) {
    const Result<std::vector<model::SubjectKeyId>> page = vault.List(last, kPage);
    if (!page.ok()) return page.status();
    for (const model::SubjectKeyId& id : *page) {
      if (IsKnown(id, reader)) {
        found.any_known = true;
      } else if (found.ids.size() <= kLooseKeysMax) {
        found.ids.push_back(id);
      }
    }
    if (page->size() < kPage) return found;
    last = page->back();
  }
}

}  // namespace tearline::sequencer
