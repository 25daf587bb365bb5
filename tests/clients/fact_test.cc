#include "clients/verifier/fact.h"

#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "tests/clients/invented_log.h"

namespace tearline::verifier {
namespace {

using stored::v1::Detail;

const std::string kSalt(16, 's');

/// One of each kind that a log is full of, with fields of every sort.
std::vector<Detail> Details() {
  std::vector<Detail> details = {doubles::Decided("e1", "probation/chair", v1::LEVEL_TEAR_LINE),
                                 doubles::LetGo("e1", "probation/chair", 300, v1::LEVEL_FULL)};
  stored::v1::DecisionDetail& decision = *details[0].mutable_decision();
  decision.add_segments(1);
  decision.add_segments(700);
  decision.add_rules("duty-chair");
  decision.add_rules("cap \xc3\xa9");
  decision.set_tear_line(0);
  decision.add_members()->set_place(63);
  Detail& actor = details.emplace_back();
  actor.mutable_actor()->set_agency("police");
  actor.mutable_actor()->set_purpose("audit");
  Detail& obligation = details.emplace_back();
  obligation.mutable_obligation()->set_due_ms(-1);
  obligation.mutable_obligation()->set_told_post("probation/chair");
  Detail& published = details.emplace_back();
  published.mutable_published()->set_event_id(std::string("\xff\x00id", 4));
  published.mutable_published()->add_nominal_ids(std::string(16, '\x80'));
  details.emplace_back().mutable_composite();
  return details;
}

/// Every single field of a message is what the fact says it is.
void ExpectSays(const Fact& fact, const google::protobuf::Message& message) {
  using google::protobuf::FieldDescriptor;
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* field = message.GetDescriptor()->field(i);
    const auto number = static_cast<std::size_t>(field->number());
    if (field->is_repeated()) continue;
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING:
        EXPECT_EQ(fact.TextOf(number), reflection.GetString(message, field));
        break;
      case FieldDescriptor::CPPTYPE_BOOL:
        EXPECT_EQ(fact.NumberOf(number) != 0, reflection.GetBool(message, field));
        break;
      case FieldDescriptor::CPPTYPE_ENUM:
        EXPECT_EQ(static_cast<int>(fact.NumberOf(number)), reflection.GetEnumValue(message, field));
        break;
      case FieldDescriptor::CPPTYPE_UINT32:
        EXPECT_EQ(static_cast<std::uint32_t>(fact.NumberOf(number)),
                  reflection.GetUInt32(message, field));
        break;
      case FieldDescriptor::CPPTYPE_UINT64:
        EXPECT_EQ(fact.NumberOf(number), reflection.GetUInt64(message, field));
        break;
      case FieldDescriptor::CPPTYPE_INT64:
        EXPECT_EQ(static_cast<std::int64_t>(fact.NumberOf(number)),
                  reflection.GetInt64(message, field));
        break;
      default:
        break;
    }
  }
}

/// What protobuf makes of the same bytes.
void ExpectAsProtobufReads(const std::string& bytes, FactReader& reader) {
  Detail whole;
  const bool says = whole.ParseFromString(bytes) && whole.fact_case() != Detail::FACT_NOT_SET;
  const std::string salted = kSalt + bytes;
  const Fact& fact = reader.Read(salted);
  ASSERT_EQ(fact.Number(), says ? static_cast<int>(whole.fact_case()) : 0)
      << testing::PrintToString(bytes);
  if (!says) return;
  const auto* field = Detail::descriptor()->FindFieldByNumber(fact.Number());
  ExpectSays(fact, Detail::GetReflection()->GetMessage(whole, field));
}

TEST(FactReader, ReadsWhatProtobufReads) {
  FactReader reader;
  for (const Detail& detail : Details()) ExpectAsProtobufReads(detail.SerializeAsString(), reader);
  const std::string one = Details()[0].SerializeAsString();
  const std::string other = Details()[1].SerializeAsString();
  ExpectAsProtobufReads("", reader);
  ExpectAsProtobufReads(one + other, reader);  // the later counts
  ExpectAsProtobufReads(one + one, reader);    // both are one
  ExpectAsProtobufReads(std::string("\xba\x06\x00", 3), reader);     // a field 103, of nobody
  ExpectAsProtobufReads(std::string("\x9a\x80\x00\x00", 4), reader);  // a tag longer than it needs
  ExpectAsProtobufReads(std::string("\x1a\x81\x80\x80\x00\x50", 6), reader);  // a size, too
  ExpectAsProtobufReads("\x18\x01", reader);  // a decision that is a number
  ExpectAsProtobufReads("\x1a\x05\x18\xff\xff\xff\x7f", reader);  // a level that is none
  ExpectAsProtobufReads("\x1a\x0b\x18\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", reader);  // below 0
  ExpectAsProtobufReads("\x1a\x04\x18\x01\x18\x02", reader);  // a level twice
  ExpectAsProtobufReads("\x1a\x02\x20\x05", reader);  // a list of numbers of one
}

TEST(FactReader, ReadsBentBytesAsProtobufDoes) {
  std::mt19937_64 chance(20260301);
  const std::vector<Detail> details = Details();
  FactReader reader;  // What an earlier one left behind must not show.
  int read = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string bytes = details[chance() % details.size()].SerializeAsString();
    for (auto times = chance() % 3; times > 0 && !bytes.empty(); --times) {
      const std::size_t at = chance() % bytes.size();
      switch (chance() % 4) {
        case 0:
          bytes[at] = static_cast<char>(chance());
          break;
        case 1:
          bytes.erase(at, 1);
          break;
        case 2:
          bytes.insert(at, 1, static_cast<char>(chance() % 3));
          break;
        default:
          bytes.resize(at);
      }
    }
    ExpectAsProtobufReads(bytes, reader);
    if (HasFailure()) return;
    read += reader.Read(kSalt + bytes).Number() != 0;
  }
  EXPECT_GT(read, 5'000);
  EXPECT_LT(read, 18'000);
}

TEST(FactReader, ReadsNothingWithoutItsSalt) {
  FactReader reader;
  const std::string bytes = Details()[0].SerializeAsString();
  EXPECT_EQ(reader.Read(bytes.substr(0, 15)).Number(), 0);
  EXPECT_EQ(reader.Read(kSalt).Number(), 0);
  EXPECT_EQ(reader.Read(kSalt + bytes).Number(), Detail::kDecisionFieldNumber);
}

}  // namespace
}  // namespace tearline::verifier
