#include "tests/scenarios/event_words.h"

namespace tearline::scenarios {

v1::Marking MarkingOf(const std::string& word, const Line& line) {
  v1::Marking marking;
  marking.set_tier(v1::TIER_OFFICIAL);
  if (word == "OFFICIAL-SENSITIVE") {
    marking.set_sensitive(true);
  } else if (word != "OFFICIAL") {
    Stop(line, "a marking is OFFICIAL or OFFICIAL-SENSITIVE");
  }
  return marking;
}

std::int64_t DaysOf(const std::string& word, const Line& line) {
  const bool days = word.size() > 1 && word.size() < 6 && word.back() == 'd' &&
                    word.find_first_not_of("0123456789") == word.size() - 1;
  if (!days) Stop(line, "how long ago is a number of days, such as 730d");
  return std::int64_t{24 * 3'600'000} * std::stoi(word);
}

namespace {

using namespace stored::v1;

/// "2CC" with "A1 S2", or "1BP".
void Grade(const std::string& grade, const Line& line, v1::Grading& grading) {
  if (grade.size() != 3) Stop(line, "a grade has three characters");
  grading.set_source(static_cast<v1::SourceGrade>(grade[0] - '0'));
  grading.set_information(static_cast<v1::InformationGrade>(grade[1] - 'A' + 1));
  grading.set_handling(grade[2] == 'P' ? v1::HANDLING_CODE_PERMITTED
                                       : v1::HANDLING_CODE_CONDITIONS);
  if (grade[2] == 'P') return;
  for (const std::string& code : line.words) {
    if (code.size() != 2) continue;
    if (code[0] == 'A') grading.set_action(static_cast<v1::ActionCode>(code[1] - '0'));
    if (code[0] == 'S') {
      grading.set_sanitisation(static_cast<v1::SanitisationCode>(code[1] - '0'));
    }
  }
}

void Label(const Line& line, stored::v1::Publish& event) {
  v1::Label& label = *event.mutable_label();
  *label.mutable_marking() = MarkingOf(line.words.empty() ? "" : line.words[0], line);
  label.set_originator_controlled(line.Has("controlled"));
  if (line.Has("graded")) Grade(line.WordAfter("graded"), line, *label.mutable_grading());
  if (const std::string ask = line.WordAfter("ask"); !ask.empty()) {
    label.set_existence_may_be_told(true);
    label.set_pointer_post(ask);
  }
  if (const std::string post = line.WordAfter("released-to"); !post.empty()) {
    label.add_released_to_posts(post);
  }
}

void Segment(const Line& line, stored::v1::Publish& event) {
  SealedSegment& segment = *event.add_segments();
  segment.set_media_type("text/plain");
  for (int i = 0; i < event.nominals_size(); ++i) {
    segment.add_nominal_indexes(static_cast<std::uint32_t>(i));
  }
  for (const std::string& flag : line.After("flags", {})) {
    segment.add_flags(Value<v1::ContentFlag>(flag, line));
  }
}

void TearLine(const Line& line, stored::v1::Publish& event) {
  SealedTearLine& tear_line = *event.add_tear_lines();
  *tear_line.mutable_marking() =
      MarkingOf(line.Has("marked") ? line.WordAfter("marked") : "OFFICIAL", line);
  v1::Audience& audience = *tear_line.mutable_audience();
  audience.set_panels(line.Has("panels"));
  if (line.Has("role")) {
    audience.add_post_roles(Value<v1::PostRole>(line.WordAfter("role"), line));
  }
  if (line.Has("kind")) {
    audience.add_agency_kinds(Value<v1::AgencyKind>(line.WordAfter("kind"), line));
  }
}

void Facts(const Line& line, stored::v1::Publish& event) {
  v1::Facts& facts = *event.mutable_facts();
  if (line.Has("risk")) facts.set_risk(Value<v1::Risk>(line.WordAfter("risk"), line));
  if (line.Has("custody")) {
    facts.set_custody_change(Value<v1::CustodyChange>(line.WordAfter("custody"), line));
  }
  facts.set_breach(line.Has("breach"));
}

}  // namespace

void AddPart(const Line& part, stored::v1::Publish& event) {
  if (part.verb == "label") {
    Label(part, event);
  } else if (part.verb == "segment") {
    Segment(part, event);
  } else if (part.verb == "tear-line") {
    TearLine(part, event);
  } else if (part.verb == "facts") {
    Facts(part, event);
  } else {
    Stop(part, "an event has label, facts, segment and tear-line");
  }
}

}  // namespace tearline::scenarios
