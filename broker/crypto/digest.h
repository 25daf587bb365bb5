#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

#include "broker/status/status.h"

struct evp_md_ctx_st;

namespace tearline::crypto {

/// A SHA-256 value, 32 bytes; all zero until something is assigned.
struct Digest {
  static constexpr std::size_t kBytes = 32;

  /// From exactly 32 bytes, as they lie in stored messages.
  ///
  /// Refuses: FIELD_INVALID for any other length.
  static Result<Digest> FromBytes(std::string_view bytes);

  /// The 32 bytes, copied.
  std::string Bytes() const { return std::string(View()); }
  /// The 32 bytes, in place.
  std::string_view View() const {
    return {reinterpret_cast<const char*>(octets.data()), octets.size()};
  }
  /// 64 lower-case hexadecimal digits.
  std::string Hex() const;

  friend bool operator==(const Digest&, const Digest&) = default;
  /// Orders as the bytes do. Not constant-time: for public values, not for secrets.
  friend std::strong_ordering operator<=>(const Digest&, const Digest&) = default;

  std::array<std::uint8_t, kBytes> octets{};
};

/// SHA-256 of `bytes`.
///
/// Source: FIPS 180-4.
/// Threads: any.
[[nodiscard]] Digest Sha256(std::string_view bytes);

/// SHA-256 of the parts joined end to end. Nothing marks where one part ends: a caller whose parts
/// vary in length writes the lengths too.
[[nodiscard]] Digest Sha256(std::initializer_list<std::string_view> parts);

/// SHA-256 of bytes that come in pieces.
///
/// Threads: one at a time.
class Sha256Stream {
 public:
  Sha256Stream();
  ~Sha256Stream();
  Sha256Stream(Sha256Stream&&) noexcept;
  Sha256Stream& operator=(Sha256Stream&&) noexcept;

  /// Adds `bytes` at the end.
  void Update(std::string_view bytes);

  /// The digest of all that was added. The stream is then empty and may be used again.
  [[nodiscard]] Digest Finish();

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const;
  };
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

}  // namespace tearline::crypto
