#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <string_view>

#include "broker/crypto/digest.h"
#include "broker/state/tables.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::state {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;

/// SHA-256 of what ShapeText says, for every shape that states have had. The last is today's: if it
/// changes, raise kShape and add a line. Never edit one.
struct Shape {
  std::uint32_t shape;
  const char* digest;
};
constexpr Shape kShapes[] = {
    {2, "fb9a54f944f8711f32b02b4575ae49f1b05f904e9f0f629bb9966b16b5f6973d"},
    {3, "2e3ac6662542311c2dc6172a293da9a840458cde54e46e333d01cd0212c47ee0"},
    {4, "e5c5abaa57ff97004c183852320afa44a7d7fddc3dca24c3e4bfa5dcf4a13790"},
    {5, "a9fb0383a370f65ec1cbbce809363fa9ae18111d881e85a2663e22e6bef8a35c"},
    {6, "23544bbb151e40f2842e9a561e98f64baa25043d2e8193fbe5a824760318fc48"},
    {7, "a94a73e8ca6e44cba91e03d872d912e07eb38440a3798373da9a6584581a3a35"},
    {8, "2f290ffbd2456686057e702abc84a90a6bfe2cce8b44411144b79990f95b26d2"},
};

/// What a message's fields are, and of those it holds, by full name.
void Tell(const Descriptor& message, std::map<std::string, std::string>& told) {
  std::string& text = told[std::string(message.full_name())];
  if (!text.empty()) return;
  text.append("message ").append(message.full_name()).append("\n");
  std::map<int, const FieldDescriptor*> fields;
  for (int i = 0; i < message.field_count(); ++i)
    fields[message.field(i)->number()] = message.field(i);
  for (const auto& [number, field] : fields) {
    text.append(std::to_string(number)).append(" ").append(field->name()).append(" ");
    text.append(field->type_name()).append(field->is_repeated() ? " repeated" : "");
    text.append(field->has_presence() ? " optional" : "");
    if (field->message_type() != nullptr)
      text.append(" ").append(field->message_type()->full_name());
    text += "\n";
  }
  for (const auto& [number, field] : fields) {
    if (field->message_type() != nullptr) Tell(*field->message_type(), told);
  }
}

/// Every message that lies in a row, and every table with its key as docs/on-disk.md tells it.
std::string ShapeText() {
  std::map<std::string, std::string> told;
  const FileDescriptor& file = *stored::v1::LedgerRow::descriptor()->file();
  for (int i = 0; i < file.message_type_count(); ++i) Tell(*file.message_type(i), told);
  std::string text;
  for (const auto& [name, message] : told) text += message;

  std::ifstream docs(std::string(TEARLINE_SOURCE_DIR) + "/docs/on-disk.md");
  const std::regex table(R"(\| (\d+) \| ([A-Z]\w+) \| ([^|]*) \|.*)");
  for (std::string line; std::getline(docs, line);) {
    std::smatch parts;
    if (!std::regex_match(line, parts, table)) continue;
    text += "table " + parts[1].str() + " " + parts[2].str() + ": " + parts[3].str() + "\n";
  }
  return text;
}

/// Whoever changes a row or a key without raising kShape lets the next build read rows that were
/// written otherwise.
TEST(Shape, IsRaisedWithEveryChangeOfARowOrKey) {
  const std::string text = ShapeText();
  ASSERT_NE(text.find("message tearline.stored.v1.ObligationRow\n"), std::string::npos);
  ASSERT_NE(text.find("message tearline.stored.v1.Publish\n"), std::string::npos)
      << "held by a row";
  ASSERT_NE(text.find("table 60 Obligation: obligation id\n"), std::string::npos);
  const Shape& today = *std::rbegin(kShapes);
  EXPECT_EQ(crypto::Sha256(text).Hex(), today.digest)
      << "rows or keys changed: raise state::kShape, and add its digest here as a new line";
  EXPECT_EQ(today.shape, kShape);
}

TEST(Shape, IsANumberOfItsOwnForEachDigest) {
  std::set<std::uint32_t> shapes;
  std::set<std::string_view> digests;
  for (const Shape& each : kShapes) {
    EXPECT_TRUE(shapes.insert(each.shape).second) << each.shape;
    EXPECT_TRUE(digests.insert(each.digest).second) << each.shape;
  }
}

}  // namespace
}  // namespace tearline::state
