#include "broker/model/vocabulary.h"

#include <google/protobuf/unknown_field_set.h>
#include <gtest/gtest.h>

#include <string>

#include "tearline/v1/event.pb.h"

namespace tearline::model {
namespace {

Status Check(const google::protobuf::Message& message) {
  return CheckVocabulary(message, "event", v1::ERROR_REASON_LABEL_INVALID);
}

void AddUnknownField(google::protobuf::Message& message) {
  message.GetReflection()->MutableUnknownFields(&message)->AddVarint(900, 1);
}

TEST(Vocabulary, EmptyAndKnownValuesAreGood) {
  v1::Event event;
  EXPECT_TRUE(Check(event).ok());
  event.set_urgency(v1::URGENCY_ROUTINE);
  event.mutable_label()->mutable_marking()->add_caveats(v1::CAVEAT_UK_EYES_ONLY);
  event.add_segments()->add_flags(v1::CONTENT_FLAG_WITNESS);
  EXPECT_TRUE(Check(event).ok());
}

TEST(Vocabulary, AnUnknownFieldIsRefusedAtAnyDepth) {
  v1::Event event;
  AddUnknownField(event);
  EXPECT_EQ(SentenceOf(Check(event)), "`event` holds a field this broker does not know");
  event.Clear();
  event.add_tear_lines();
  AddUnknownField(*event.add_tear_lines()->mutable_marking());
  EXPECT_EQ(SentenceOf(Check(event)),
            "`event.tear_lines[1].marking` holds a field this broker does not know");
}

TEST(Vocabulary, AnUnknownValueIsRefusedByPlace) {
  v1::Event event;
  event.set_urgency(static_cast<v1::Urgency>(4));
  EXPECT_EQ(SentenceOf(Check(event)), "`event.urgency` is not a value this broker knows");
  EXPECT_EQ(ReasonOf(Check(event)), v1::ERROR_REASON_LABEL_INVALID);
  event.set_urgency(static_cast<v1::Urgency>(-1));
  EXPECT_FALSE(Check(event).ok());
}

TEST(Vocabulary, ZeroIsAbsentAloneAndWrongInAList) {
  v1::Event event;
  event.set_urgency(v1::URGENCY_UNSPECIFIED);
  EXPECT_TRUE(Check(event).ok());
  event.add_segments()->add_flags(v1::CONTENT_FLAG_UNSPECIFIED);
  EXPECT_EQ(SentenceOf(Check(event)),
            "`event.segments[0].flags[0]` is not a value this broker knows");
}

TEST(Vocabulary, SaysACodeInSmallLetters) {
  EXPECT_EQ(CodeOf("ACTION_KIND_HOME_VISIT", "ACTION_KIND_"), "home-visit");
  EXPECT_EQ(CodeOf("OTHER", "ACTION_KIND_"), "other");
}

}  // namespace
}  // namespace tearline::model
