#include "clients/cli/show_case_feed.h"

#include <google/protobuf/util/time_util.h>

#include <vector>

#include "clients/cli/output.h"
#include "clients/cli/show_delivery.h"
#include "clients/cli/words.h"

namespace tearline::cli {
namespace {

constexpr std::int64_t kHourMs = 3'600'000;

std::int64_t Ms(const google::protobuf::Timestamp& time) {
  return google::protobuf::util::TimeUtil::TimestampToMilliseconds(time);
}

/// The number-th character of `characters`, from 1; "?" beyond.
char CodeAt(const char* characters, int number) {
  const std::string all = characters;
  return number > 0 && number <= static_cast<int>(all.size())
             ? all[static_cast<std::size_t>(number) - 1]
             : '?';
}

std::string Coloured(const std::string& text, const char* colour, bool colours) {
  return colours && !text.empty() ? std::string("\x1b[") + colour + "m" + text + "\x1b[0m" : text;
}

const char* ColourOf(v1::Level level) {
  switch (level) {
    case v1::LEVEL_FULL:
      return "32";
    case v1::LEVEL_TEAR_LINE:
      return "36";
    case v1::LEVEL_POINTER:
      return "33";
    default:
      return "31";
  }
}

std::string Joined(const std::vector<std::string>& parts, const char* between) {
  std::string text;
  for (const std::string& part : parts) {
    if (part.empty()) continue;
    text += (text.empty() ? "" : between) + part;
  }
  return text;
}

std::string Timed(const char* word, const google::protobuf::Timestamp& time) {
  return Ms(time) == 0 ? "" : word + (" " + TimeText(time));
}

/// Who said it, or whom to ask.
std::string FromText(const v1::DeliveredEvent& event) {
  std::string text;
  if (!event.originating_agency().empty()) text = "from " + event.originating_agency();
  if (!event.originating_post().empty()) text = "from " + event.originating_post();
  if (!event.ask_post().empty()) {
    text = Joined({"something is held", text, "ask " + event.ask_post()}, ", ");
  }
  return text;
}

}  // namespace

std::string LongText(std::int64_t ms) {
  const std::int64_t hours = ms / kHourMs;
  if (hours < 1) return "less than an hour";
  const std::int64_t count = hours < 48 ? hours : hours / 24;
  return std::to_string(count) + (hours < 48 ? " hour" : " day") + (count == 1 ? "" : "s");
}

std::string GradeText(const v1::Grading& grading) {
  if (grading.has_five_by_five()) {
    const v1::FiveByFiveGrade& old = grading.five_by_five();
    return std::string("5x5x5 ") + CodeAt("ABCDE", old.source()) +
           CodeAt("12345", old.information()) + ' ' + CodeAt("12345", old.handling());
  }
  if (grading.source() == v1::SOURCE_GRADE_UNSPECIFIED) return "";
  std::string text = {CodeAt("123", grading.source()), CodeAt("ABCDE", grading.information()),
                      CodeAt("PC", grading.handling())};
  if (grading.action() != v1::ACTION_CODE_UNSPECIFIED) {
    text += std::string(" A") + CodeAt("123", grading.action());
  }
  if (grading.sanitisation() != v1::SANITISATION_CODE_UNSPECIFIED) {
    text += std::string(" S") + CodeAt("12", grading.sanitisation());
  }
  return text;
}

std::string LatenessText(const v1::CaseFeedEntry& entry) {
  std::vector<std::string> parts;
  if (entry.event().has_occurred_at() && entry.event().has_accepted_at()) {
    const std::int64_t behind_ms =
        Ms(entry.event().accepted_at()) - Ms(entry.event().occurred_at());
    if (behind_ms >= kHourMs)
      parts.push_back("recorded " + LongText(behind_ms) + " after it occurred");
  }
  if (entry.event().late()) {
    std::string came = "came late";
    if (entry.event().has_accepted_at()) {
      came += ", " + LongText(Ms(entry.released_at()) - Ms(entry.event().accepted_at())) +
              " after it was recorded";
    }
    parts.push_back(came);
  }
  return Joined(parts, "; ");
}

std::string PanelText(const v1::CaseFeedEntry& entry) {
  if (entry.panel().empty()) return "";
  int received = 0;
  int read = 0;
  std::string readers;
  for (const v1::PanelWord& word : entry.panel()) {
    if (word.has_acknowledged_at()) ++received;
    if (!word.has_read_at()) continue;
    ++read;
    readers += (readers.empty() ? ": " : ", ") + word.post();
  }
  return "received by " + std::to_string(received) + ", read by " + std::to_string(read) + readers;
}

std::string EntryLine(const v1::CaseFeedEntry& entry, bool colours) {
  const v1::DeliveredEvent& event = entry.event();
  if (entry.has_taken_back_at()) {
    return TimeText(entry.taken_back_at()) + "  " + Coloured("taken back", "31", colours) +
           "  to be taken out of use  " + WithoutControls(event.event_id());
  }
  const std::string level = Word(event.level());
  std::string line = TimeText(entry.released_at()) + "  " +
                     Coloured(level, ColourOf(event.level()), colours) +
                     std::string(level.size() < 9 ? 9 - level.size() : 0, ' ');
  const std::string urgency =
      entry.urgency() == v1::URGENCY_IMMEDIATE ? Coloured("IMMEDIATE", "1;31", colours)
      : entry.urgency() == v1::URGENCY_URGENT  ? Coloured("urgent", "1", colours)
                                               : "";
  const std::string label = Joined(
      {event.has_marking() ? MarkingText(event.marking()) : "", GradeText(event.grading())}, " ");
  const std::string times =
      Joined({Timed("occurred", event.occurred_at()), Timed("sent", entry.published_at()),
              Timed("recorded", event.accepted_at())},
             ", ");
  const std::string own =
      Joined({Timed("received", entry.acknowledged_at()), Timed("read", entry.read_at())}, ", ");
  const std::string panel = PanelText(entry);
  return line + "  " +
         Joined({urgency, WithoutControls(label), WithoutControls(event.event_type()),
                 WithoutControls(FromText(event)), times,
                 Coloured(LatenessText(entry), "33", colours), own.empty() ? "not received" : own,
                 panel.empty() ? "" : "panel: " + WithoutControls(panel),
                 WithoutControls(event.event_id())},
                "  ");
}

}  // namespace tearline::cli
