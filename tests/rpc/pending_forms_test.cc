#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "broker/crypto/digest.h"
#include "broker/machine/command_table.h"
#include "broker/machine/rows.h"
#include "broker/rpc/look_at_pending.h"
#include "tests/doubles/hex.h"
#include "tests/machine/world.h"
#include "tests/rpc/stored_command.h"

// P10. A second hand is given by somebody who reads what they confirm: of every command that may
// wait, all that it says.

namespace tearline::rpc {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

/// What is not shown, and why.
const std::set<std::string>& LeftOut() {
  static const std::set<std::string> fields = {
      // Numbers of people and the keys of what is sealed: nobody reads them in a list.
      "tearline.stored.v1.LinkIdentifier.identifier", "tearline.stored.v1.LinkIdentifier.keys",
      "tearline.stored.v1.MoveBooking.keys",
      // What waits names people by their ids.
      "tearline.stored.v1.MergeNominals.removed", "tearline.stored.v1.MergeNominals.surviving",
      "tearline.stored.v1.UnmergeNominals.removed", "tearline.stored.v1.UnmergeNominals.surviving",
      "tearline.stored.v1.MoveBooking.from", "tearline.stored.v1.MoveBooking.to",
      // Told by its digest, and by its key's id.
      "tearline.v1.Agency.authority_certificate", "tearline.stored.v1.EnrolSigningKey.public_key",
      "tearline.stored.v1.EnrolSigningKey.proof",
      // The door says so of every command.
      "tearline.stored.v1.OpenCase.with_history", "tearline.stored.v1.SeatPost.with_history",
      "tearline.stored.v1.NameAccountable.with_history",
      // What takes something back, or says what is so already, waits for nobody.
      "tearline.stored.v1.SeatPost.leave", "tearline.stored.v1.NamePost.leave",
      "tearline.stored.v1.CommissionReport.end", "tearline.stored.v1.SetLevel.as_fact",
      "tearline.stored.v1.SetLevel.event_id", "tearline.stored.v1.SetLevel.event_types",
      "tearline.stored.v1.SetLevel.ending_types", "tearline.stored.v1.EndCase.as_fact",
      "tearline.stored.v1.EndCase.joined_into",
      // Why open work does not stand in the way of a lower level: that waits for nobody either.
      "tearline.stored.v1.SetLevel.overrides"};
  return fields;
}

/// A command that says something in each of its fields, and by which words that is seen again.
class Said {
 public:
  explicit Said(stored::v1::CommandNumber number) : message_(NewCommand(number)) {
    if (message_) Fill(*message_);
  }

  bool IsKnown() const { return message_ != nullptr; }
  std::string Bytes() const { return message_->SerializeAsString(); }
  /// A field, and what shows that it was shown: in words, or as its bytes.
  struct Word {
    std::string field;
    std::string text;
    std::string bytes;
  };
  const std::vector<Word>& words() const { return words_; }

 private:
  void Fill(Message& message) {
    for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
      const FieldDescriptor& field = *message.GetDescriptor()->field(i);
      if (LeftOut().contains(std::string(field.full_name())) || field.name() == "nanos") continue;
      const Reflection& reflection = *message.GetReflection();
      if (field.type() == FieldDescriptor::TYPE_MESSAGE) {
        Fill(field.is_repeated() ? *reflection.AddMessage(&message, &field)
                                 : *reflection.MutableMessage(&message, &field));
      } else {
        words_.push_back(Set(message, field));
      }
    }
  }

  Word Set(Message& message, const FieldDescriptor& field) {
    const Reflection& reflection = *message.GetReflection();
    const std::string name(field.full_name());
    const std::int64_t number = 1'000'001 + static_cast<std::int64_t>(words_.size());
    const std::string text = "word-" + std::to_string(number);
    switch (field.type()) {
      case FieldDescriptor::TYPE_STRING:
        field.is_repeated() ? reflection.AddString(&message, &field, text)
                            : reflection.SetString(&message, &field, text);
        return {name, text, text};
      case FieldDescriptor::TYPE_BYTES: {
        const std::string id = crypto::Sha256(text).Bytes().substr(0, 16);
        field.is_repeated() ? reflection.AddString(&message, &field, id)
                            : reflection.SetString(&message, &field, id);
        return {name, doubles::ToHex(id), id};
      }
      case FieldDescriptor::TYPE_ENUM: {
        const auto* last = field.enum_type()->value(field.enum_type()->value_count() - 1);
        field.is_repeated() ? reflection.AddEnum(&message, &field, last)
                            : reflection.SetEnum(&message, &field, last);
        return {name, std::string(last->name()), std::string(last->name())};
      }
      case FieldDescriptor::TYPE_BOOL:
        reflection.SetBool(&message, &field, true);
        return {name, std::string(field.name()) + ": true", text};
      case FieldDescriptor::TYPE_INT64:
        // A time: in ms, or the seconds of a Timestamp.
        reflection.SetInt64(&message, &field, field.name() == "seconds" ? number : number * 1000);
        return {name, std::to_string(number), text};
      default:
        return {name, "a field of a sort that this test does not know", text};
    }
  }

  std::unique_ptr<Message> message_;
  std::vector<Word> words_;
};

TEST(PendingForms, ShowAllThatIsSaidOfEveryCommandThatMayWait) {
  const std::vector<stored::v1::CommandNumber> all = machine::CommandsThatMayWait();
  ASSERT_GE(all.size(), 20u);
  const PageSeal seal;
  for (const stored::v1::CommandNumber number : all) {
    const std::string name = stored::v1::CommandNumber_Name(number);
    const Said said(number);
    ASSERT_TRUE(said.IsKnown()) << name << " has no message of that name";
    ASSERT_FALSE(said.words().empty()) << name;
    machine::World world;
    stored::v1::PendingRow row;
    row.set_command(number);
    row.set_command_bytes(said.Bytes());
    *row.mutable_author() = machine::World::System("police/coordinator");
    row.set_stamp_ms(world.now_ms);
    state::Batch batch(world.state);
    batch.PutRow(machine::PendingKey(std::string(16, 'p')), row);
    world.state.Commit(batch);
    v1::ListPendingResponse shown;
    ASSERT_TRUE(LookAtPending({}, row.author(), world.state, seal, shown).ok()) << name;
    ASSERT_EQ(shown.commands_size(), 1) << name;
    const v1::PendingCommand& command = shown.commands(0);
    EXPECT_NE(command.asks_case(), v1::PendingCommand::ASKS_NOT_SET)
        << name << " is confirmed blind: give it a form in directory_service.proto, fill it in "
        << "look_at_pending.cc and put it into words in clients/cli/show_pending.cc";
    std::string text;
    ASSERT_TRUE(google::protobuf::TextFormat::PrintToString(command, &text)) << name;
    for (const Said::Word& word : said.words()) {
      EXPECT_TRUE(text.find(word.text) != std::string::npos ||
                  command.SerializeAsString().find(word.bytes) != std::string::npos)
          << name << ": " << word.field << " is not shown";
    }
  }
}

}  // namespace
}  // namespace tearline::rpc
