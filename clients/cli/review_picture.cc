#include "clients/cli/review_picture.h"

#include <algorithm>
#include <string>
#include <vector>

#include "clients/cli/html_text.h"
#include "clients/cli/output.h"
#include "clients/cli/words.h"

namespace tearline::cli {
namespace {

// In units of the picture's own grid, which is as wide as the page.
constexpr std::int64_t kWidth = 1000;
constexpr std::int64_t kLeft = 170;
constexpr std::int64_t kRight = 970;
constexpr std::int64_t kLaneHeight = 54;
constexpr std::int64_t kTop = 30;
constexpr int kTicks = 4;

enum class Mark { kPutIn, kLetGo, kAcknowledged, kRead, kNotTold, kDue };

std::string At(std::int64_t number) { return std::to_string(number); }

/// A shape for each mark: none is told apart by its colour alone.
std::string Shape(Mark mark, std::int64_t x, std::int64_t y) {
  const std::string middle = At(x) + " " + At(y);
  switch (mark) {
    case Mark::kPutIn:
      return "<path class=\"in\" d=\"M" + At(x) + " " + At(y - 7) + "l7 12h-14z\"";
    case Mark::kLetGo:
      return "<path class=\"go\" d=\"M" + At(x - 5) + " " + At(y - 5) + "h10v10h-10z\"";
    case Mark::kAcknowledged:
      return "<circle class=\"ack\" cx=\"" + At(x) + "\" cy=\"" + At(y) + "\" r=\"5\"";
    case Mark::kRead:
      return "<circle class=\"read\" cx=\"" + At(x) + "\" cy=\"" + At(y) + "\" r=\"5\"";
    case Mark::kNotTold:
      return "<path class=\"not\" d=\"M" + middle + "m-6 -6l12 12m0 -12l-12 12\"";
    case Mark::kDue:
      break;
  }
  return "<path class=\"due\" d=\"M" + middle + "m0 -7l6 7l-6 7l-6 -7z\"";
}

class Picture {
 public:
  Picture(const Story& story, std::int64_t now_ms) : story_(story), now_ms_(now_ms) {
    for (const StoryEvent& event : story.events) {
      Reach(event.put_in_ms);
      for (const StoryTold& told : event.told) {
        for (const std::int64_t ms :
             {told.decided_ms, told.let_go_ms, told.acknowledged_ms, told.read_ms}) {
          Reach(ms);
        }
        for (const StoryBefore& each : told.before) {
          for (const std::int64_t ms : {each.let_go_ms, each.acknowledged_ms, each.read_ms}) {
            Reach(ms);
          }
        }
        for (const StorySpan& late : LateOf(told, event)) Reach(late.until_ms);
      }
    }
    for (const StoryDuty& duty : story.duties) {
      for (const std::int64_t ms : {duty.opened_ms, duty.due_ms, EndOf(duty)}) Reach(ms);
    }
  }

  std::string Draw() {
    const std::int64_t lanes = static_cast<std::int64_t>(story_.agencies.size());
    const std::int64_t bottom = kTop + lanes * kLaneHeight;
    std::string svg = "<svg viewBox=\"0 0 " + At(kWidth) + " " + At(bottom + 40) +
                      "\" role=\"img\" aria-labelledby=\"picture-name picture-says\">\n"
                      "<title id=\"picture-name\">Timeline by agency</title>\n"
                      "<desc id=\"picture-says\">One lane for each agency, time from left to right "
                      "in UTC. Every mark and line is in a row of the tables here.</desc>\n";
    for (std::int64_t lane = 0; lane < lanes; ++lane) svg += Lane(lane);
    svg += Axis(bottom);
    for (const StoryDuty& duty : story_.duties) svg += LinesOf(duty);
    for (const StoryEvent& event : story_.events) svg += LinesOf(event);
    for (const StoryEvent& event : story_.events) svg += MarksOf(event);
    for (const StoryDuty& duty : story_.duties) {
      svg += Put(Mark::kDue, AgencyOf(duty.debtor), duty.due_ms,
                 "due from " + duty.debtor + ": " + Word(duty.type), 4);
    }
    return svg + "</svg>\n";
  }

 private:
  void Reach(std::int64_t ms) {
    if (ms == 0) return;
    first_ms_ = first_ms_ == 0 ? ms : std::min(first_ms_, ms);
    last_ms_ = std::max(last_ms_, ms);
  }

  std::vector<StorySpan> LateOf(const StoryTold& told, const StoryEvent& event) const {
    return LateAcknowledgements(told, event.urgency, now_ms_);
  }

  /// When it was done; or when this was asked.
  std::int64_t EndOf(const StoryDuty& duty) const {
    return duty.ended_ms == 0 ? now_ms_ : duty.ended_ms;
  }

  /// Whole numbers only: the same story gives the same picture everywhere.
  std::int64_t X(std::int64_t ms) const {
    const std::int64_t span_s = std::max<std::int64_t>((last_ms_ - first_ms_) / 1000, 1);
    const std::int64_t at_s = std::clamp<std::int64_t>((ms - first_ms_) / 1000, 0, span_s);
    return kLeft + (kRight - kLeft) * at_s / span_s;
  }

  std::string Lane(std::int64_t lane) const {
    const std::int64_t y = kTop + lane * kLaneHeight + kLaneHeight / 2;
    return "<text x=\"4\" y=\"" + At(y + 5) + "\">" +
           HtmlText(story_.agencies[static_cast<std::size_t>(lane)]) +
           "</text><path class=\"lane\" d=\"M" + At(kLeft) + " " + At(y) + "H" + At(kRight) +
           "\"/>\n";
  }

  std::string Axis(std::int64_t bottom) const {
    if (last_ms_ == 0) return "";
    std::string axis;
    for (int tick = 0; tick <= kTicks; ++tick) {
      const std::int64_t ms = first_ms_ + (last_ms_ - first_ms_) / kTicks * tick;
      const std::string x = At(X(ms));
      const std::string text = TimeText(ms / 1000 * 1000);
      const char* anchor = tick == 0 ? "start" : tick == kTicks ? "end" : "middle";
      axis += "<path class=\"tick\" d=\"M" + x + " " + At(kTop) + "V" + At(bottom) +
              "\"/><text class=\"small\" text-anchor=\"" + anchor + "\" x=\"" + x + "\" y=\"" +
              At(bottom + 16) + "\">" + text.substr(0, 10) + "</text><text class=\"small\" " +
              "text-anchor=\"" + anchor + "\" x=\"" + x + "\" y=\"" + At(bottom + 30) + "\">" +
              (text.size() > 11 ? text.substr(11) : "") + "</text>\n";
    }
    return axis;
  }

  /// The height of a row, 0 to 4, of an agency's lane; 0 for an agency that has none.
  std::int64_t Y(const std::string& agency, int row) const {
    const auto lane = std::find(story_.agencies.begin(), story_.agencies.end(), agency);
    if (lane == story_.agencies.end()) return 0;
    return kTop + (lane - story_.agencies.begin()) * kLaneHeight + 8 + std::int64_t{row} * 10;
  }

  /// A mark and what a pointer on it shows.
  std::string Put(Mark mark, const std::string& agency, std::int64_t ms, const std::string& says,
                  int row) const {
    const std::int64_t y = Y(agency, row);
    if (ms == 0 || y == 0) return "";
    return Shape(mark, X(ms), y) + "><title>" + HtmlText(TimeText(ms) + " " + says) + "</title></" +
           (mark == Mark::kAcknowledged || mark == Mark::kRead ? "circle" : "path") + ">\n";
  }

  /// A line from one time to another, with a stroke across its end if that is one.
  std::string Line(const char* kind, const std::string& agency, const StorySpan& time, bool is_end,
                   const std::string& says, int row) const {
    const std::int64_t y = Y(agency, row);
    if (time.from_ms == 0 || time.until_ms <= time.from_ms || y == 0) return "";
    return std::string("<path class=\"") + kind + "\" d=\"M" + At(X(time.from_ms)) + " " + At(y) +
           "H" + At(X(time.until_ms)) + (is_end ? "m0 -7v14" : "") + "\"><title>" +
           HtmlText(TimeText(time.from_ms) + " to " + TimeText(time.until_ms) + " " + says) +
           "</title></path>\n";
  }

  /// How long an obligation stood, and from when it was late.
  std::string LinesOf(const StoryDuty& duty) const {
    const std::string agency = AgencyOf(duty.debtor);
    const std::string what = duty.debtor + ": " + Word(duty.type);
    const std::int64_t end_ms = EndOf(duty), due_ms = LatestDueMs(duty);
    const bool is_done = duty.ended_ms != 0;
    return Line("owed", agency, {duty.opened_ms, end_ms}, is_done,
                (is_done ? "owed until done by " : "owed, and open, by ") + what, 4) +
           Line("late", agency, {due_ms, end_ms}, false, "late by " + what, 4);
  }

  /// For how long receipts were not acknowledged that should have been.
  std::string LinesOf(const StoryEvent& event) const {
    std::string lines;
    for (const StoryTold& told : event.told) {
      for (const StorySpan& late : LateOf(told, event)) {
        lines += Line("late", AgencyOf(told.post), late, false,
                      "late to acknowledge: " + event.type + ", " + told.post, 2);
      }
    }
    return lines;
  }

  std::string MarksOf(const StoryEvent& event) const {
    std::string marks =
        Put(Mark::kPutIn, event.agency, event.put_in_ms, event.agency + " put in " + event.type, 0);
    for (const StoryTold& told : event.told) {
      const std::string agency = AgencyOf(told.post);
      const std::string what = event.type + ", " + told.post;
      const auto put = [&](const auto& each) {
        const std::string level = each.given == 0 ? "" : " at " + Word(each.given);
        marks += Put(Mark::kLetGo, agency, each.let_go_ms, "let go" + level + ": " + what, 1);
        marks += Put(Mark::kAcknowledged, agency, each.acknowledged_ms, "acknowledged: " + what, 2);
        marks += Put(Mark::kRead, agency, each.read_ms, "read: " + what, 3);
      };
      for (const StoryBefore& each : told.before) put(each);
      put(told);
      if (GotTooLittle(told)) {
        marks += Put(Mark::kNotTold, agency, told.decided_ms,
                     "owed " + Word(told.duty) + ", not given: " + what, 1);
      }
    }
    return marks;
  }

  const Story& story_;
  const std::int64_t now_ms_;
  std::int64_t first_ms_ = 0;
  std::int64_t last_ms_ = 0;
};

}  // namespace

std::string ReviewPicture(const Story& story, std::int64_t now_ms) {
  return Picture(story, now_ms).Draw();
}

std::string LengthText(std::int64_t ms) {
  const std::int64_t s = ms / 1000;
  if (s < 1) return "under 1 s";
  const auto two = [](std::int64_t whole, const char* unit, std::int64_t part, const char* below) {
    std::string text = std::to_string(whole) + " " + unit;
    return part == 0 ? text : text + " " + std::to_string(part) + " " + below;
  };
  if (s < 60) return std::to_string(s) + " s";
  if (s < 3600) return two(s / 60, "min", s % 60, "s");
  if (s < 86400) return two(s / 3600, "h", s % 3600 / 60, "min");
  return two(s / 86400, "d", s % 86400 / 3600, "h");
}

}  // namespace tearline::cli
