#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace tearline::crypto {

/// Bytes that must not outlive their use: wiped when destroyed, moved but never copied.
///
/// Threads: as a std::string.
class Secret {
 public:
  /// No bytes.
  Secret() = default;
  /// Takes `bytes` over; what the caller gave is wiped.
  explicit Secret(std::string bytes);
  /// `count` zero bytes, to be filled through MutableBytes.
  static Secret OfSize(std::size_t count);

  ~Secret();
  Secret(Secret&& other) noexcept;
  Secret& operator=(Secret&& other) noexcept;
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;

  /// The bytes, valid as long as this is neither destroyed nor assigned to.
  std::string_view View() const { return {octets_.get(), size_}; }
  std::span<char> MutableBytes() { return {octets_.get(), size_}; }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

 private:
  void Wipe();

  std::unique_ptr<char[]> octets_;
  std::size_t size_ = 0;
};

/// Overwrites `bytes` with zeros in a way the compiler may not leave out.
void WipeBytes(std::span<char> bytes);

/// Whether the two are equal, in time that depends on their lengths alone.
[[nodiscard]] bool EqualInConstantTime(std::string_view left, std::string_view right);

}  // namespace tearline::crypto
