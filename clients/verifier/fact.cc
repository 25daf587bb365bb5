#include "clients/verifier/fact.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace tearline::verifier {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using stored::v1::Detail;

constexpr std::size_t kSaltBytes = 16;

/// How the bytes of a field are taken.
enum class Form { kNone, kNumber, kNumbers, kBytes, kText, kMessage };

struct Shape;
struct Field {
  Form form = Form::kNone;
  const Shape* message = nullptr;
};
/// What a message may hold, by tag: a field's number and, in the low three bits, how it is written.
/// What is not here is not walked over.
struct Shape {
  std::vector<Field> fields;
};
constexpr std::size_t kAsNumber = 0;
constexpr std::size_t kAsBytes = 2;

Form FormOf(const FieldDescriptor& field) {
  switch (field.type()) {
    case FieldDescriptor::TYPE_MESSAGE:
      return field.is_map() ? Form::kNone : Form::kMessage;
    case FieldDescriptor::TYPE_STRING:
      return Form::kText;
    case FieldDescriptor::TYPE_BYTES:
      return Form::kBytes;
    case FieldDescriptor::TYPE_BOOL:
    case FieldDescriptor::TYPE_ENUM:
    case FieldDescriptor::TYPE_INT64:
    case FieldDescriptor::TYPE_UINT32:
    case FieldDescriptor::TYPE_UINT64:
      return field.is_repeated() ? Form::kNumbers : Form::kNumber;
    default:
      return Form::kNone;
  }
}

/// The shapes of Detail and of all it may hold.
class Shapes {
 public:
  static const Shape& OfDetail() {
    static Shapes* const all = new Shapes;
    return *all->detail_;
  }

 private:
  Shapes() : detail_(Of(*Detail::descriptor())) {}

  const Shape* Of(const Descriptor& message) {
    const auto [place, is_new] = shapes_.try_emplace(&message);
    Shape& shape = place->second;
    if (!is_new) return &shape;
    for (int i = 0; i < message.field_count(); ++i) {
      const FieldDescriptor& field = *message.field(i);
      const Form form = FormOf(field);
      const std::size_t tag = static_cast<std::size_t>(field.number()) << 3 |
                              (form == Form::kNumber ? kAsNumber : kAsBytes);
      if (shape.fields.size() <= tag) shape.fields.resize(tag + 1);
      const Shape* inner = form == Form::kMessage ? Of(*field.message_type()) : nullptr;
      shape.fields[tag] = {form, inner};
    }
    return &shape;
  }

  std::map<const Descriptor*, Shape> shapes_;
  const Shape* detail_;
};

/// Takes what fields are made of from the front of a message's bytes.
class Taker {
 public:
  explicit Taker(std::string_view bytes) : at_(bytes.data()), end_(at_ + bytes.size()) {}

  [[nodiscard]] bool AtEnd() const { return at_ == end_; }

  /// A whole number, seven bits a byte; false if it is longer than `bytes_max`, or not there.
  bool Number(int bytes_max, std::uint64_t& number) {
    if (at_ != end_ && static_cast<unsigned char>(*at_) < 0x80) {  // Most are.
      number = static_cast<unsigned char>(*at_++);
      return true;
    }
    number = 0;
    for (int i = 0; i < bytes_max && at_ != end_; ++i) {
      const auto byte = static_cast<unsigned char>(*at_++);
      number |= std::uint64_t{byte & 0x7fU} << (7 * i);
      if (byte < 0x80) return true;
    }
    return false;
  }

  bool Bytes(std::string_view& bytes) {
    std::uint64_t size = 0;
    if (!Number(kSizeBytesMax, size) || size > static_cast<std::size_t>(end_ - at_)) return false;
    bytes = {at_, static_cast<std::size_t>(size)};
    at_ += size;
    return true;
  }

 private:
  static constexpr int kSizeBytesMax = 3;  // Of details, which are small.

  const char* at_;
  const char* const end_;
};

constexpr int kTagBytesMax = 2;
/// One less than protobuf takes: in the tenth stand bits that it may drop.
constexpr int kNumberBytesMax = 9;
/// No fact holds a message that holds another, and this is deeper; where it ends protobuf reads on.
constexpr int kDepthMax = 8;

/// Eight bytes at a time: half of what a log holds is texts.
bool IsAscii(std::string_view text) {
  std::uint64_t all = 0;
  std::uint64_t some = 0;
  for (; text.size() >= sizeof some; text.remove_prefix(sizeof some)) {
    std::memcpy(&some, text.data(), sizeof some);
    all |= some;
  }
  for (const char letter : text) all |= static_cast<unsigned char>(letter);
  return (all & 0x8080808080808080U) == 0;
}

bool AreNumbers(std::string_view bytes) {
  std::uint64_t number = 0;
  for (Taker taker(bytes); !taker.AtEnd();) {
    if (!taker.Number(kNumberBytesMax, number)) return false;
  }
  return true;
}

/// For what lies within a field of a fact: it only has to read.
struct Nowhere {
  void operator()(std::size_t, std::uint64_t, std::string_view) const {}
};

/// Hands each field to `set` with its number, or its text.
template <typename Set>
bool WalkFields(std::string_view bytes, const Shape& shape, int depth, Set set) {
  const std::span<const Field> fields = shape.fields;
  for (Taker taker(bytes); !taker.AtEnd();) {
    std::uint64_t tag = 0;
    if (!taker.Number(kTagBytesMax, tag)) return false;
    if (tag >= fields.size() || fields[tag].form == Form::kNone) return false;
    const auto& [form, inner] = fields[tag];
    std::uint64_t number = 0;
    std::string_view text;
    const bool read = form == Form::kNumber ? taker.Number(kNumberBytesMax, number)
                                            : taker.Bytes(text);
    if (!read) return false;
    if (form == Form::kText && !IsAscii(text)) return false;
    if (form == Form::kNumbers && !AreNumbers(text)) return false;
    if (form == Form::kMessage &&
        (depth == 0 || !WalkFields(text, *inner, depth - 1, Nowhere()))) {
      return false;
    }
    set(tag >> 3, number, text);
  }
  return true;
}

std::uint64_t NumberIn(const Message& message, const FieldDescriptor& field) {
  const Reflection& reflection = *message.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      return reflection.GetBool(message, &field) ? 1 : 0;
    case FieldDescriptor::CPPTYPE_ENUM:
      return static_cast<std::uint64_t>(reflection.GetEnumValue(message, &field));
    case FieldDescriptor::CPPTYPE_INT64:
      return static_cast<std::uint64_t>(reflection.GetInt64(message, &field));
    case FieldDescriptor::CPPTYPE_UINT32:
      return reflection.GetUInt32(message, &field);
    default:
      return reflection.GetUInt64(message, &field);
  }
}

}  // namespace

bool FactReader::Walk(std::string_view bytes) {
  // One field with all that follows.
  Taker taker(bytes);
  std::uint64_t tag = 0;
  std::string_view body;
  if (!taker.Number(kTagBytesMax, tag) || !taker.Bytes(body) || !taker.AtEnd()) return false;
  const std::vector<Field>& facts = Shapes::OfDetail().fields;
  if (tag >= facts.size() || facts[tag].form != Form::kMessage) return false;
  fact_.fields_ = 0;
  fact_.number_ = static_cast<int>(tag >> 3);
  return WalkFields(body, *facts[tag].message, kDepthMax,
                    [this](std::size_t at, std::uint64_t number, std::string_view text) {
                      fact_.Set(at, number, text);
                    });
}

void FactReader::ReadAsMessage(std::string_view bytes) {
  fact_.number_ = 0;
  fact_.fields_ = 0;
  if (!whole_.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return;
  const Reflection& reflection = *Detail::GetReflection();
  const FieldDescriptor* said = reflection.GetOneofFieldDescriptor(
      whole_, Detail::descriptor()->FindOneofByName("fact"));
  if (said == nullptr) return;
  fact_.number_ = said->number();
  const Message& message = reflection.GetMessage(whole_, said);
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor& field = *message.GetDescriptor()->field(i);
    const Form form = FormOf(field);
    const auto number = static_cast<std::size_t>(field.number());
    if (form == Form::kNumber) {
      fact_.Set(number, NumberIn(message, field), {});
    } else if ((form == Form::kText || form == Form::kBytes) && !field.is_repeated()) {
      std::string unused;  // The message holds it as a string.
      fact_.Set(number, 0, message.GetReflection()->GetStringReference(message, &field, &unused));
    }
  }
}

const Fact& FactReader::Read(std::string_view salted) {
  const std::string_view bytes = salted.substr(std::min(salted.size(), kSaltBytes));
  if (salted.size() < kSaltBytes || bytes.size() > INT32_MAX) {
    fact_.number_ = 0;
  } else if (!Walk(bytes)) {
    ReadAsMessage(bytes);
  }
  return fact_;
}

}  // namespace tearline::verifier
