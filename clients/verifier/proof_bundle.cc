#include "clients/verifier/proof_bundle.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <system_error>

#include "clients/verifier/base64.h"

namespace tearline::verifier {
namespace {

constexpr std::string_view kTitle = "c2sp.org/tlog-proof@v1";
constexpr std::string_view kExtra = "extra ";
constexpr std::string_view kIndex = "index ";
/// No tree is higher.
constexpr std::size_t kProofMax = 64;

absl::Status Broken(const char* sentence) {
  return absl::DataLossError(std::string("the proof bundle: ") + sentence);
}

/// Takes one line, without its newline, from the front of `text`; the rest if it has no newline.
std::string_view TakeLine(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

std::optional<std::uint64_t> Number(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (fault != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (text.size() > 1 && text.front() == '0') return std::nullopt;
  return number;
}

}  // namespace

absl::StatusOr<ProofBundle> ReadProofBundle(std::string_view text) {
  if (TakeLine(text) != kTitle) return Broken("it must begin with c2sp.org/tlog-proof@v1");
  ProofBundle bundle;
  std::string_view line = TakeLine(text);
  if (line.starts_with(kExtra)) {
    const std::optional<std::string> extra = FromBase64(line.substr(kExtra.size()));
    if (!extra || extra->empty()) return Broken("its extra line must be base64");
    bundle.extra = *extra;
    line = TakeLine(text);
  }
  const std::optional<std::uint64_t> index =
      line.starts_with(kIndex) ? Number(line.substr(kIndex.size())) : std::nullopt;
  if (!index) return Broken("its index must be a decimal number without leading zeros");
  bundle.index = *index;
  for (line = TakeLine(text); !line.empty(); line = TakeLine(text)) {
    const std::optional<std::string> hash = FromBase64(line);
    if (!hash || hash->size() != 32)
      return Broken("each line of its proof must be a hash in base64");
    if (bundle.proof.size() == kProofMax)
      return Broken("its proof is longer than any tree is high");
    bundle.proof.push_back(HashFrom(*hash));
  }
  if (text.empty()) return Broken("an empty line and a checkpoint must follow its proof");
  bundle.signed_note = std::string(text);
  return bundle;
}

std::string Text(const ProofBundle& bundle) {
  std::string text(kTitle);
  text += '\n';
  if (!bundle.extra.empty()) text += std::string(kExtra) + Base64(bundle.extra) + '\n';
  text += std::string(kIndex) + std::to_string(bundle.index) + '\n';
  for (const Hash& hash : bundle.proof) text += Base64(Bytes(hash)) + '\n';
  return text + '\n' + bundle.signed_note;
}

}  // namespace tearline::verifier
