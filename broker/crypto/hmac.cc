#include "broker/crypto/hmac.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "broker/crypto/secret.h"

namespace tearline::crypto {
namespace {

constexpr std::size_t kBlockBytes = 64;
constexpr char kInner = 0x36;
constexpr char kOuter = 0x5c;

using Block = std::array<char, kBlockBytes>;

/// One per thread, kept between uses: making one costs more than a short HMAC.
Sha256Stream& StreamOfThisThread() {
  thread_local Sha256Stream stream;
  return stream;
}

}  // namespace

// Two digests, as RFC 2104 says, and not the library's HMAC: setting that up for a key costs three
// times what it then computes, and a leaf's salts take sixteen keys a record.
Digest HmacSha256(std::string_view key, std::initializer_list<std::string_view> parts) {
  const Digest short_key = key.size() > kBlockBytes ? Sha256(key) : Digest();
  if (key.size() > kBlockBytes) key = short_key.View();
  Block pad{};
  std::copy(key.begin(), key.end(), pad.begin());
  for (char& octet : pad) octet ^= kInner;
  Sha256Stream& stream = StreamOfThisThread();
  stream.Update({pad.data(), pad.size()});
  for (const std::string_view part : parts) stream.Update(part);
  const Digest inner = stream.Finish();
  for (char& octet : pad) octet ^= kInner ^ kOuter;
  stream.Update({pad.data(), pad.size()});
  stream.Update(inner.View());
  WipeBytes(pad);
  return stream.Finish();
}

}  // namespace tearline::crypto
