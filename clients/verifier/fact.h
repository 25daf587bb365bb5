#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "tearline/stored/v1/leaf.pb.h"

namespace tearline::verifier {

/// What one detail says. Lasts until the next is read, and as long as the detail's bytes.
class Fact {
 public:
  /// The field of Detail that it stands in; 0 if it does not read, or says nothing.
  [[nodiscard]] int Number() const { return number_; }

  /// Its single fields below kFieldsMax, by their numbers; as protobuf has it, what is absent is
  /// empty, or 0. A number is as it stands in the bytes: whoever wants an enum cuts it to 32 bits.
  ///
  /// Requires: the field is a string or bytes, or a whole number, an enum or a bool.
  [[nodiscard]] std::string_view TextOf(std::size_t field) const {
    return Has(field) ? texts_[field] : std::string_view();
  }
  [[nodiscard]] std::uint64_t NumberOf(std::size_t field) const {
    return Has(field) ? numbers_[field] : 0;
  }

  static constexpr std::size_t kFieldsMax = 32;

 private:
  friend class FactReader;

  [[nodiscard]] bool Has(std::size_t field) const { return (fields_ >> field & 1) != 0; }
  void Set(std::size_t field, std::uint64_t number, std::string_view text) {
    if (field >= kFieldsMax) return;
    fields_ |= 1U << field;
    numbers_[field] = number;
    texts_[field] = text;
  }

  int number_ = 0;
  std::uint32_t fields_ = 0;  // Which are there, a bit each.
  std::array<std::uint64_t, kFieldsMax> numbers_;
  std::array<std::string_view, kFieldsMax> texts_;
};

/// Reads details exactly as protobuf reads Detail. Of what is written plainly, as a log's own details
/// are, it makes no messages: it walks the bytes beside the descriptor, and takes nothing there that
/// protobuf would not take, or would take for something else. All other bytes protobuf reads.
class FactReader {
 public:
  /// The fact of a detail, salt and bytes.
  const Fact& Read(std::string_view salted);

 private:
  bool Walk(std::string_view bytes);
  void ReadAsMessage(std::string_view bytes);

  stored::v1::Detail whole_;
  Fact fact_;
};

}  // namespace tearline::verifier
