#include "broker/crypto/digest.h"

#include <openssl/evp.h>

#include <algorithm>

#include "broker/status/invariant.h"

namespace tearline::crypto {
namespace {

/// Fetched once: looking the algorithm up by name costs more than hashing a small record.
const EVP_MD* Algorithm() {
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  TEARLINE_INVARIANT(algorithm != nullptr, "the library offers SHA-256");
  return algorithm;
}

void Begin(EVP_MD_CTX* context) {
  TEARLINE_INVARIANT(EVP_DigestInit_ex2(context, Algorithm(), nullptr) == 1, "a digest begins");
}

/// One context per thread, kept between digests.
Sha256Stream& StreamOfThisThread() {
  thread_local Sha256Stream stream;
  return stream;
}

}  // namespace

Result<Digest> Digest::FromBytes(std::string_view bytes) {
  if (bytes.size() != kBytes) {
    return Refuse(v1::ERROR_REASON_FIELD_INVALID,
                  "a digest is " + std::to_string(bytes.size()) + " bytes; it must be 32");
  }
  Digest digest;
  std::copy(bytes.begin(), bytes.end(), digest.octets.begin());
  return digest;
}

std::string Digest::Hex() const {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  text.reserve(2 * kBytes);
  for (const std::uint8_t octet : octets) {
    text += kDigits[octet / 16];
    text += kDigits[octet % 16];
  }
  return text;
}

Digest Sha256(std::string_view bytes) {
  Sha256Stream& stream = StreamOfThisThread();
  stream.Update(bytes);
  return stream.Finish();
}

Digest Sha256(std::initializer_list<std::string_view> parts) {
  Sha256Stream& stream = StreamOfThisThread();
  for (const std::string_view part : parts) stream.Update(part);
  return stream.Finish();
}

Sha256Stream::Sha256Stream() : context_(EVP_MD_CTX_new()) {
  TEARLINE_INVARIANT(context_ != nullptr, "there is memory for a digest");
  Begin(context_.get());
}

Sha256Stream::~Sha256Stream() = default;
Sha256Stream::Sha256Stream(Sha256Stream&&) noexcept = default;
Sha256Stream& Sha256Stream::operator=(Sha256Stream&&) noexcept = default;

void Sha256Stream::Update(std::string_view bytes) {
  TEARLINE_INVARIANT(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1,
                     "a digest takes bytes");
}

Digest Sha256Stream::Finish() {
  Digest digest;
  TEARLINE_INVARIANT(EVP_DigestFinal_ex(context_.get(), digest.octets.data(), nullptr) == 1,
                     "a digest ends");
  Begin(context_.get());
  return digest;
}

void Sha256Stream::Free::operator()(evp_md_ctx_st* context) const { EVP_MD_CTX_free(context); }

}  // namespace tearline::crypto
