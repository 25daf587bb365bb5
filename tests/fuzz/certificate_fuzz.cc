#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include "broker/identity/authority.h"
#include "broker/identity/certificate.h"
#include "broker/model/name.h"
#include "broker/status/invariant.h"
#include "tests/fuzz/refusal.h"

namespace {

using namespace tearline;

std::string SeedText(const char* name) {
  std::ifstream file(
      std::filesystem::path(TEARLINE_SOURCE_DIR) / "tests/fuzz/seeds/certificate" / name,
      std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// Nobody but the authority of the seeds, whose key was thrown away, speaks in its name.
void ExpectNotForged(const identity::Certificate& read) {
  static const identity::Authority authority =
      identity::Authority::Read(SeedText("authority.pem")).value();
  static const identity::Certificate issued =
      identity::ReadCertificate(SeedText("member.pem")).value();
  const Status status = authority.Verify(read, issued.not_before_ms);
  if (!status.ok()) return fuzz::ExpectGoodRefusal(status, read.der);
  TEARLINE_INVARIANT(read.agency == issued.agency && read.member == issued.member &&
                         read.trust_domain == issued.trust_domain &&
                         read.serial_hex == issued.serial_hex,
                     "that an authority speaks only for what it signed");
}

}  // namespace

/// Whatever is shown as a certificate: it is refused with a reason, or it names one holder in good
/// form, reads the same from its own DER, and verifies only if it was issued.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(bytes), size);
  if (const auto authority = identity::Authority::Read(text); !authority.ok()) {
    fuzz::ExpectGoodRefusal(authority.status(), text);
  }
  const auto certificate = identity::ReadCertificate(text);
  if (!certificate.ok()) {
    fuzz::ExpectGoodRefusal(certificate.status(), text);
    TEARLINE_INVARIANT(ReasonOf(certificate.status()) == v1::ERROR_REASON_CERTIFICATE_INVALID,
                       "that a bad certificate has one reason");
    return 0;
  }
  TEARLINE_INVARIANT(model::CheckName(certificate->agency, "agency").ok() &&
                         model::CheckName(certificate->member, "member").ok(),
                     "that a holder's names are names");
  const auto again = identity::ReadCertificate(certificate->der);
  TEARLINE_INVARIANT(again.ok() && again->agency == certificate->agency &&
                         again->member == certificate->member &&
                         again->fingerprint == certificate->fingerprint,
                     "that a certificate reads the same from its own DER");
  ExpectNotForged(*certificate);
  return 0;
}
