#include "clients/verifier/cosignature.h"

#include <algorithm>
#include <vector>

#include "clients/verifier/ed25519.h"

namespace tearline::verifier {
namespace {

constexpr std::size_t kTimeBytes = 8;
constexpr std::size_t kSignatureBytes = 64;

}  // namespace

std::string CosignedMessage(std::string_view text, std::uint64_t time_s) {
  return "cosignature/v1\ntime " + std::to_string(time_s) + '\n' + std::string(text);
}

std::string CosignatureLine(const VerifierKey& witness, std::uint64_t time_s,
                            std::string_view signature) {
  std::string stamped;
  for (int shift = 56; shift >= 0; shift -= 8) stamped += static_cast<char>(time_s >> shift & 0xff);
  stamped += signature;
  return Text(SignatureLine{witness.name, witness.id, stamped});
}

absl::StatusOr<std::optional<std::uint64_t>> CosignedAt(std::string_view note,
                                                        const VerifierKey& witness) {
  const absl::StatusOr<std::vector<SignatureLine>> lines = ReadSignatures(note);
  if (!lines.ok()) return lines.status();
  std::optional<std::uint64_t> newest;
  for (const SignatureLine& line : *lines) {
    if (line.name != witness.name || line.key_id != witness.id) continue;
    const absl::Status failed = absl::DataLossError("the cosignature of a witness does not verify");
    if (line.signature.size() != kTimeBytes + kSignatureBytes) return failed;
    std::uint64_t time_s = 0;
    for (std::size_t i = 0; i < kTimeBytes; ++i) {
      time_s = time_s << 8 | static_cast<unsigned char>(line.signature[i]);
    }
    const std::string message = CosignedMessage(NoteText(note), time_s);
    if (!SignedBy(witness.public_key, message, line.signature.substr(kTimeBytes))) return failed;
    if (time_s == 0) return absl::DataLossError("a witness's cosignature must state its time");
    newest = std::max(newest.value_or(0), time_s);
  }
  return newest;
}

}  // namespace tearline::verifier
