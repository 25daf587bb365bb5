#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <gtest/gtest.h>

#include <string>

#include "clients/cli/case_pack.h"

namespace tearline::cli {
namespace {

using google::protobuf::FieldDescriptor;
using testing::HasSubstr;
using testing::Not;

/// What would leave its place on the page, by whichever way.
constexpr char kHostile[] =
    "</td></title></style><script>alert(1)</script>\"' onload=x <img "
    "src=http://x.invalid/>&\x07\xc2\x9b";

/// Puts the text into every string of a message, however deep, one of each list.
void Poison(google::protobuf::Message& message) {
  const auto* reflection = message.GetReflection();
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* field = message.GetDescriptor()->field(i);
    if (field->type() == FieldDescriptor::TYPE_STRING) {
      field->is_repeated() ? reflection->AddString(&message, field, kHostile)
                           : reflection->SetString(&message, field, kHostile);
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
               field->message_type()->name() != "Timestamp") {
      Poison(field->is_repeated() ? *reflection->AddMessage(&message, field)
                                  : *reflection->MutableMessage(&message, field));
    }
  }
}

CasePack Poisoned() {
  CasePack pack;
  pack.now_ms = 1000;
  pack.post = pack.since_what = kHostile;
  Poison(pack.about);
  Poison(pack.proposals.emplace_back());
  pack.proposals[0].set_unanswered(1);
  pack.proposals[0].mutable_asked(0)->clear_left_at();
  Poison(pack.obligations.emplace_back());
  pack.obligations[0].set_type(v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW);
  Poison(pack.actions.emplace_back());
  for (const v1::Level level : {v1::LEVEL_FULL, v1::LEVEL_TEAR_LINE, v1::LEVEL_POINTER}) {
    Poison(pack.entries.emplace_back());
    pack.entries.back().mutable_event()->set_level(level);
    pack.entries.back().mutable_panel(0)->mutable_read_at()->set_seconds(1);
  }
  Poison(pack.entries.emplace_back());
  pack.entries.back().mutable_taken_back_at()->set_seconds(1);
  return pack;
}

/// Whoever wrote what is shown, none of it is read as markup.
TEST(PackHtml, EscapesEveryString) {
  const std::string html = PackHtml(Poisoned());
  EXPECT_THAT(html, HasSubstr("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39; onload=x"));
  EXPECT_THAT(html, HasSubstr("&amp;[U+0007][U+009B]")) << "no control characters";
  EXPECT_THAT(html, Not(HasSubstr("<script")));
  EXPECT_THAT(html, Not(HasSubstr("<img")));
  EXPECT_THAT(html, Not(HasSubstr("\x07")));
  // Outside of tags, nothing but what was escaped; so no tag is one of theirs.
  CasePack clean;
  clean.now_ms = 1000;
  std::string tags;
  for (std::size_t at = html.find('<'); at != std::string::npos; at = html.find('<', at + 1)) {
    const std::string tag = html.substr(at + 1, html.find_first_of(" >", at) - at - 1);
    EXPECT_THAT(tag, testing::AnyOf("!doctype", "html", "/html", "head", "/head", "meta", "title",
                                    "/title", "style", "/style", "body", "/body", "header",
                                    "/header", "main", "/main", "h1", "/h1", "h2", "/h2", "p", "/p",
                                    "section", "/section", "table", "/table", "thead", "/thead",
                                    "tbody", "/tbody", "tr", "/tr", "th", "/th", "td", "/td",
                                    "strong", "/strong", "div", "/div", "footer", "/footer"));
  }
}

/// It needs nothing else, says its language, and is laid out for A4 with its marking on every
/// sheet.
TEST(PackHtml, StandsAloneAndPrints) {
  CasePack pack;
  const std::string html = PackHtml(pack);
  EXPECT_THAT(html, testing::StartsWith("<!doctype html>\n<html lang=\"en-GB\">"));
  EXPECT_THAT(html, HasSubstr("default-src 'none'"));
  EXPECT_THAT(html, HasSubstr("@page { size: A4;"));
  EXPECT_THAT(html, HasSubstr("@media print"));
  EXPECT_THAT(html, HasSubstr("<header class=\"marking\">OFFICIAL-SENSITIVE</header>"));
  EXPECT_THAT(html, HasSubstr("<footer class=\"marking\">OFFICIAL-SENSITIVE</footer>"));
  for (const char* outside : {"http:", "https:", "src=", "href=", "url(", "@import"}) {
    EXPECT_THAT(html, Not(HasSubstr(outside))) << outside;
  }
}

/// Heads of columns, a named part for each head, and what presses in words, not in colour alone.
TEST(PackHtml, CanBeHeardAsWellAsSeen) {
  CasePack pack;
  pack.now_ms = 1000;
  pack.actions.emplace_back().set_action_id("act_1");
  const std::string html = PackHtml(pack);
  EXPECT_THAT(html, HasSubstr("<th scope=\"col\">owner</th>"));
  EXPECT_THAT(html, HasSubstr("<section aria-labelledby=\"part-1\">\n<h2 id=\"part-1\">"));
  EXPECT_THAT(html, HasSubstr("<strong>pressing:</strong>"));
}

}  // namespace
}  // namespace tearline::cli
