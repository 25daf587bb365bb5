#include "tests/end_to_end/public_form.h"

#include <google/protobuf/duration.pb.h>
#include <google/protobuf/timestamp.pb.h>
#include <google/protobuf/util/time_util.h>

#include <map>
#include <stdexcept>

#include "broker/model/ids.h"

namespace tearline::end_to_end {
namespace {

using google::protobuf::Duration;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using google::protobuf::Timestamp;
using google::protobuf::util::TimeUtil;

template <typename Id>
std::string TextOf(const std::string& bytes) {
  return bytes.empty() ? "" : Id::FromBytes(bytes)->Text();
}

/// The text form of the 16 bytes in a field of this name.
std::string IdText(const std::string& field, const std::string& bytes) {
  static const std::map<std::string, std::string (*)(const std::string&)> kKinds = {
      {"nominal_id", &TextOf<model::NominalId>},
      {"removed_id", &TextOf<model::NominalId>},
      {"surviving_id", &TextOf<model::NominalId>},
      {"case_id", &TextOf<model::CaseId>},
      {"event_id", &TextOf<model::EventId>},
      {"answer_event_id", &TextOf<model::EventId>},
      {"about_event_id", &TextOf<model::EventId>},
      {"evidence_event_id", &TextOf<model::EventId>},
      {"action_id", &TextOf<model::ActionId>},
      {"work_id", &TextOf<model::ActionId>},
      {"proposal_id", &TextOf<model::ProposalId>},
      {"information_request_id", &TextOf<model::InformationRequestId>},
      {"meeting_id", &TextOf<model::MeetingId>},
      {"obligation_id", &TextOf<model::ObligationId>}};
  const auto kind = kKinds.find(field);
  if (kind == kKinds.end()) throw std::logic_error("no kind of id is known for " + field);
  return kind->second(bytes);
}

/// The field that says in `to` what `field` says.
const FieldDescriptor* Counterpart(const FieldDescriptor& field, const Message& to) {
  const auto* fields = to.GetDescriptor();
  const std::string name(field.name());
  if (const auto* same = fields->FindFieldByName(name)) return same;
  if (name.ends_with("_ms")) {
    const std::string bare = name.substr(0, name.size() - 3);
    const auto* at = fields->FindFieldByName(bare + "_at");
    return at != nullptr ? at : fields->FindFieldByName(bare);
  }
  const std::string bare = name.ends_with("_at") ? name.substr(0, name.size() - 3) : name;
  return fields->FindFieldByName(bare + "_ms");
}

/// One value from a field into another; `index` is its place in a repeated field, else -1. False if
/// the two cannot mean the same.
class OneValue {
 public:
  OneValue(const Message& from, const FieldDescriptor& source, int index, Message& to,
           const FieldDescriptor& target)
      : from_(from), source_(source), index_(index), to_(to), target_(target) {}

  bool Copy() {
    using Type = FieldDescriptor::CppType;
    const Type source = source_.cpp_type();
    const Type target = target_.cpp_type();
    if (source == Type::CPPTYPE_INT64 && target == Type::CPPTYPE_MESSAGE) return MsToTime();
    if (source == Type::CPPTYPE_MESSAGE && target == Type::CPPTYPE_INT64) return TimeToMs();
    if (source != target) return false;
    switch (source) {
      case Type::CPPTYPE_MESSAGE:
        return CopyMessage();
      case Type::CPPTYPE_STRING:
        Set(&Reflection::SetString, &Reflection::AddString, Text());
        return true;
      case Type::CPPTYPE_ENUM:
        Set(&Reflection::SetEnumValue, &Reflection::AddEnumValue,
            Value(&Reflection::GetEnumValue, &Reflection::GetRepeatedEnumValue));
        return true;
      case Type::CPPTYPE_BOOL:
        Set(&Reflection::SetBool, &Reflection::AddBool,
            Value(&Reflection::GetBool, &Reflection::GetRepeatedBool));
        return true;
      case Type::CPPTYPE_INT32:
        Set(&Reflection::SetInt32, &Reflection::AddInt32,
            Value(&Reflection::GetInt32, &Reflection::GetRepeatedInt32));
        return true;
      case Type::CPPTYPE_UINT32:
        Set(&Reflection::SetUInt32, &Reflection::AddUInt32,
            Value(&Reflection::GetUInt32, &Reflection::GetRepeatedUInt32));
        return true;
      case Type::CPPTYPE_UINT64:
        Set(&Reflection::SetUInt64, &Reflection::AddUInt64,
            Value(&Reflection::GetUInt64, &Reflection::GetRepeatedUInt64));
        return true;
      default:
        return false;
    }
  }

 private:
  template <typename T>
  T Value(T (Reflection::*one)(const Message&, const FieldDescriptor*) const,
          T (Reflection::*of_many)(const Message&, const FieldDescriptor*, int) const) const {
    const Reflection& reflection = *from_.GetReflection();
    return index_ < 0 ? (reflection.*one)(from_, &source_)
                      : (reflection.*of_many)(from_, &source_, index_);
  }
  template <typename T, typename Given>
  void Set(void (Reflection::*one)(Message*, const FieldDescriptor*, T) const,
           void (Reflection::*of_many)(Message*, const FieldDescriptor*, T) const, Given value) {
    (to_.GetReflection()->*(index_ < 0 ? one : of_many))(&to_, &target_, std::move(value));
  }

  /// As it is; or an id in the other's form.
  std::string Text() const {
    const std::string text = Value(&Reflection::GetString, &Reflection::GetRepeatedString);
    if (source_.type() == target_.type()) return text;
    if (source_.type() == FieldDescriptor::TYPE_STRING) return IdBytes(text);
    const std::string& name = source_.name();
    return IdText(source_.is_repeated() ? name.substr(0, name.size() - 1) : name, text);
  }
  bool CopyMessage() {
    const Reflection& reflection = *from_.GetReflection();
    const Message& source = index_ < 0 ? reflection.GetMessage(from_, &source_)
                                       : reflection.GetRepeatedMessage(from_, &source_, index_);
    Message& target = index_ < 0 ? *to_.GetReflection()->MutableMessage(&to_, &target_)
                                 : *to_.GetReflection()->AddMessage(&to_, &target_);
    if (source.GetDescriptor() == target.GetDescriptor()) {
      target.CopyFrom(source);
      return true;
    }
    return Translate(source, target).empty();
  }
  bool MsToTime() {
    const std::int64_t ms = from_.GetReflection()->GetInt64(from_, &source_);
    Message& target = *to_.GetReflection()->MutableMessage(&to_, &target_);
    if (target.GetDescriptor() == Timestamp::descriptor()) {
      target.CopyFrom(TimeUtil::MillisecondsToTimestamp(ms));
    } else if (target.GetDescriptor() == Duration::descriptor()) {
      target.CopyFrom(TimeUtil::MillisecondsToDuration(ms));
    } else {
      return false;
    }
    return true;
  }
  bool TimeToMs() {
    const Message& source = from_.GetReflection()->GetMessage(from_, &source_);
    if (source.GetDescriptor() != Timestamp::descriptor()) return false;
    Timestamp time;
    time.CopyFrom(source);
    to_.GetReflection()->SetInt64(&to_, &target_, TimeUtil::TimestampToMilliseconds(time));
    return true;
  }

  const Message& from_;
  const FieldDescriptor& source_;
  const int index_;
  Message& to_;
  const FieldDescriptor& target_;
};

}  // namespace

std::string IdBytes(const std::string& text) {
  const std::size_t hex = text.find('_') + 1;
  std::string bytes;
  for (std::size_t i = hex; i + 1 < text.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(text.substr(i, 2), nullptr, 16));
  }
  return bytes;
}

std::vector<std::string> Translate(const Message& from, Message& to) {
  std::vector<std::string> left;
  std::vector<const FieldDescriptor*> fields;
  from.GetReflection()->ListFields(from, &fields);
  for (const FieldDescriptor* field : fields) {
    const FieldDescriptor* target = Counterpart(*field, to);
    bool copied = target != nullptr && target->is_repeated() == field->is_repeated();
    if (copied && !field->is_repeated()) copied = OneValue(from, *field, -1, to, *target).Copy();
    if (copied && field->is_repeated()) {
      const int count = from.GetReflection()->FieldSize(from, field);
      for (int i = 0; i < count; ++i) {
        copied = OneValue(from, *field, i, to, *target).Copy() && copied;
      }
    }
    if (!copied) left.emplace_back(field->name());
  }
  return left;
}

}  // namespace tearline::end_to_end
