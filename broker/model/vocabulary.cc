#include "broker/model/vocabulary.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/unknown_field_set.h>

#include <vector>

namespace tearline::model {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

std::string Place(const std::string& path, const FieldDescriptor& field, int index) {
  std::string place = path + ".";
  place += field.name();
  if (index >= 0) place += "[" + std::to_string(index) + "]";
  return place;
}

/// Index -1 means a field that is not a list.
Status CheckValue(const Message& message, const FieldDescriptor& field, int index,
                  const std::string& path, v1::ErrorReason reason) {
  const Reflection& reflection = *message.GetReflection();
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
    const int value = index < 0 ? reflection.GetEnumValue(message, &field)
                                : reflection.GetRepeatedEnumValue(message, &field, index);
    if (value == 0 || field.enum_type()->FindValueByNumber(value) == nullptr) {
      return Refuse(reason, "`" + Place(path, field, index) + "` is not a value this broker knows");
    }
  } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
    const Message& part = index < 0 ? reflection.GetMessage(message, &field)
                                    : reflection.GetRepeatedMessage(message, &field, index);
    return CheckVocabulary(part, Place(path, field, index), reason);
  }
  return {};
}

}  // namespace

Status CheckVocabulary(const Message& message, const std::string& path, v1::ErrorReason reason) {
  const Reflection& reflection = *message.GetReflection();
  if (!reflection.GetUnknownFields(message).empty()) {
    return Refuse(reason, "`" + path + "` holds a field this broker does not know");
  }
  std::vector<const FieldDescriptor*> present;  // Set, and not empty; in order of number.
  reflection.ListFields(message, &present);
  for (const FieldDescriptor* field : present) {
    if (!field->is_repeated()) {
      TEARLINE_RETURN_IF_REFUSED(CheckValue(message, *field, -1, path, reason));
      continue;
    }
    for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
      TEARLINE_RETURN_IF_REFUSED(CheckValue(message, *field, i, path, reason));
    }
  }
  return {};
}

std::string CodeOf(std::string_view name, std::string_view prefix) {
  std::string code(name.substr(name.starts_with(prefix) ? prefix.size() : 0));
  for (char& c : code) {
    if (c == '_') c = '-';
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return code;
}

}  // namespace tearline::model
