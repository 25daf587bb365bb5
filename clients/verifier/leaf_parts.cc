#include "clients/verifier/leaf_parts.h"

#include <algorithm>
#include <cstddef>
#include <string>

namespace tearline::verifier {

void LeafParts::Lay(const LeafEntry& entry) {
  std::size_t size = 1 + entry.leaf.size();
  for (const std::string& detail : entry.details) size += 1 + detail.size();
  if (bytes.size() < size) bytes.resize(size);
  char* to = bytes.data();
  const auto lay = [&to](const std::string& text) {
    const char* const from = to;
    *to++ = kLeafPrefix;
    to = std::copy(text.begin(), text.end(), to);
    return PrefixedEntry({from, 1 + text.size()});
  };
  index = entry.index;
  leaf = lay(entry.leaf);
  details.clear();
  for (const std::string& detail : entry.details) details.push_back(lay(detail));
  slots.assign(entry.slots.begin(), entry.slots.end());
  padding_hashes.assign(entry.padding_hashes.begin(), entry.padding_hashes.end());
  beside_hashes.assign(entry.beside_hashes.begin(), entry.beside_hashes.end());
}

LeafEntry LeafParts::Entry() const {
  LeafEntry entry;
  entry.index = index;
  entry.leaf = leaf.Bytes();
  for (const PrefixedEntry& detail : details) entry.details.emplace_back(detail.Bytes());
  entry.slots = slots;
  entry.padding_hashes.assign(padding_hashes.begin(), padding_hashes.end());
  entry.beside_hashes.assign(beside_hashes.begin(), beside_hashes.end());
  return entry;
}

}  // namespace tearline::verifier
