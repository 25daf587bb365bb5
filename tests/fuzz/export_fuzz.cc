#include <cstddef>
#include <cstdint>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "broker/status/invariant.h"
#include "clients/verifier/export_file.h"
#include "clients/verifier/log_check.h"
#include "tests/fuzz/refusal.h"

namespace {

using namespace tearline;

bool Same(const verifier::LeafEntry& one, const verifier::LeafEntry& other) {
  return one.index == other.index && one.leaf == other.leaf && one.details == other.details &&
         one.padding_hashes == other.padding_hashes && one.slots == other.slots &&
         one.beside_hashes == other.beside_hashes;
}

std::vector<verifier::LeafEntry> EntriesOf(const std::string& text, absl::Status& outcome,
                                           std::string& head_line) {
  std::istringstream file(text);
  std::vector<verifier::LeafEntry> entries;
  const auto head = verifier::ReadExport(file, [&](const verifier::LeafParts& leaf) {
    entries.push_back(leaf.Entry());
    return absl::OkStatus();
  });
  outcome = head.status();
  if (head.ok()) head_line = verifier::HeadLine(*head);
  return entries;
}

}  // namespace

/// Whatever somebody hands over as a log: it is refused with a sentence that quotes nothing, or it
/// reads, is written back, and reads the same; and a check of it never falls over.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(bytes), size);
  absl::Status outcome;
  std::string again;
  const std::vector<verifier::LeafEntry> entries = EntriesOf(text, outcome, again);
  verifier::LogCheck check;
  for (const verifier::LeafEntry& entry : entries) {
    const absl::Status status = check.Add(entry);
    if (status.ok()) continue;
    fuzz::ExpectQuotesNothing(SentenceOf(status), text);
    break;
  }
  if (!outcome.ok()) {
    fuzz::ExpectQuotesNothing(SentenceOf(outcome), text);
    return 0;
  }
  for (const verifier::LeafEntry& entry : entries) again += verifier::LeafLine(entry);
  std::string head;
  const std::vector<verifier::LeafEntry> second = EntriesOf(again, outcome, head);
  TEARLINE_INVARIANT(outcome.ok() && second.size() == entries.size(),
                     "that what reads is written so that it reads");
  for (std::size_t i = 0; i < second.size(); ++i) {
    TEARLINE_INVARIANT(Same(entries[i], second[i]), "that an export means the same when copied");
  }
  return 0;
}
