#include "broker/sequencer/check_publish.h"

#include <google/protobuf/unknown_field_set.h>

#include <algorithm>
#include <set>
#include <string>

#include "broker/model/event_type.h"
#include "broker/model/ids.h"
#include "broker/model/label_check.h"
#include "broker/model/limits.h"
#include "broker/model/name.h"

namespace tearline::sequencer {
namespace {

using google::protobuf::Timestamp;

/// Years 1900 to 9999: what a record of a living person may speak of, and protobuf may write.
constexpr std::int64_t kSecondsMin = -2'208'988'800;
constexpr std::int64_t kSecondsMax = 253'402'300'799;
constexpr std::int32_t kNanosMax = 999'999'999;
constexpr int kAlsoKnownByMax = 8;

Status Field(const std::string& sentence) {
  return Refuse(v1::ERROR_REASON_FIELD_INVALID, sentence);
}

Status Passed(const std::string& path, std::size_t is, const char* unit, std::size_t at_most) {
  return Refuse(v1::ERROR_REASON_LIMIT_PASSED, "`" + path + "` is " + std::to_string(is) + " " +
                                                   unit + "; at most " + std::to_string(at_most));
}

Status CheckTime(const Timestamp& time, std::int64_t now_ms, const std::string& path) {
  TEARLINE_RETURN_IF_REFUSED(CheckYears(time, path));
  if (MillisecondsOf(time) > now_ms + std::chrono::milliseconds(model::kFutureMax).count()) {
    return Refuse(v1::ERROR_REASON_TIME_INVALID,
                  "`" + path + "` is more than 10 minutes ahead of the broker's clock");
  }
  return {};
}

Status CheckTimes(const v1::Event& event, std::int64_t now_ms) {
  if (!event.has_occurred_at()) {
    return Refuse(v1::ERROR_REASON_TIME_INVALID, "`event.occurred_at` is required");
  }
  TEARLINE_RETURN_IF_REFUSED(CheckTime(event.occurred_at(), now_ms, "event.occurred_at"));
  if (event.has_published_at()) {
    TEARLINE_RETURN_IF_REFUSED(CheckTime(event.published_at(), now_ms, "event.published_at"));
  }
  if (!v1::TimeQuality_IsValid(event.occurred_quality())) {
    return Field("`event.occurred_quality` must be a known value");
  }
  return {};
}

Status CheckNominals(const v1::Event& event) {
  if (event.nominals_size() > static_cast<int>(model::kEventNominalsMax)) {
    return Passed("event.nominals", static_cast<std::size_t>(event.nominals_size()), "entries",
                  model::kEventNominalsMax);
  }
  for (int i = 0; i < event.nominals_size(); ++i) {
    const v1::NominalReference& nominal = event.nominals(i);
    const std::string path = "event.nominals[" + std::to_string(i) + "]";
    switch (nominal.reference_case()) {
      case v1::NominalReference::kNominalId:
        if (!model::NominalId::Parse(nominal.nominal_id()).ok()) {
          return Field("`" + path + ".nominal_id` must be `nom_` and 32 digits of 0-9 and a-f");
        }
        if (nominal.also_known_by_size() > 0) {
          return Field("`" + path + ".also_known_by` goes only beside an identifier");
        }
        break;
      case v1::NominalReference::kIdentifier:
        if (nominal.also_known_by_size() > kAlsoKnownByMax) {
          return Passed(path + ".also_known_by",
                        static_cast<std::size_t>(nominal.also_known_by_size()), "entries",
                        kAlsoKnownByMax);
        }
        break;
      case v1::NominalReference::REFERENCE_NOT_SET:
        return Field("`" + path + "` needs a nominal id or an identifier");
    }
  }
  return {};
}

/// Facts lie in the clear and are shown with the content: a value not known here is only a number,
/// a field not known here could carry words.
Status CheckFacts(const v1::Facts& facts) {
  if (facts.GetReflection()->GetUnknownFields(facts).empty()) return {};
  return Field("`event.facts` must hold only fields this broker knows");
}

/// A media type lies in the clear: it is held to its own alphabet, so that it can carry no text.
bool IsMediaType(const std::string& text) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("!#$&-^_.+/;= ").find(c) != std::string_view::npos;
  };
  const std::size_t slash = text.find('/');
  return slash != std::string::npos && slash != 0 && slash + 1 != text.size() &&
         text.size() <= model::kMediaTypeBytesMax && std::all_of(text.begin(), text.end(), fits);
}

Status CheckSegment(const v1::Segment& segment, const v1::Event& event, const std::string& path) {
  if (segment.content().empty()) return Field("`" + path + ".content` must be at least 1 byte");
  if (segment.content().size() > model::kSegmentBytesMax) {
    return Passed(path + ".content", segment.content().size(), "bytes", model::kSegmentBytesMax);
  }
  if (!IsMediaType(segment.media_type())) {
    return Field("`" + path + ".media_type` must be a media type of at most " +
                 std::to_string(model::kMediaTypeBytesMax) + " bytes, `text/plain` for example");
  }
  std::set<std::uint32_t> indexes;
  for (const std::uint32_t index : segment.nominal_indexes()) {
    if (index >= static_cast<std::uint32_t>(event.nominals_size()) ||
        !indexes.insert(index).second) {
      return Field("`" + path + ".nominal_indexes` must be places in `event.nominals`, each once");
    }
  }
  std::set<int> flags;
  for (const int flag : segment.flags()) {
    if (!v1::ContentFlag_IsValid(flag) || flag == v1::CONTENT_FLAG_UNSPECIFIED ||
        !flags.insert(flag).second) {
      return Refuse(v1::ERROR_REASON_LABEL_INVALID,
                    "`" + path + ".flags` must be known content flags, each once");
    }
  }
  if (!segment.has_grading()) return {};
  return model::CheckSegmentGrading(segment.grading(), event.label().grading(), path + ".grading");
}

Status CheckContent(const v1::Event& event) {
  if (event.segments().empty()) return Field("`event.segments` must be at least 1");
  if (event.segments_size() > static_cast<int>(model::kEventSegmentsMax)) {
    return Passed("event.segments", static_cast<std::size_t>(event.segments_size()), "entries",
                  model::kEventSegmentsMax);
  }
  std::size_t bytes = 0;
  for (int i = 0; i < event.segments_size(); ++i) {
    TEARLINE_RETURN_IF_REFUSED(
        CheckSegment(event.segments(i), event, "event.segments[" + std::to_string(i) + "]"));
    bytes += event.segments(i).content().size();
  }
  if (bytes > model::kEventBytesMax) {
    return Passed("event.segments", bytes, "bytes together", model::kEventBytesMax);
  }
  if (event.tear_lines_size() > static_cast<int>(model::kTearLinesMax)) {
    return Passed("event.tear_lines", static_cast<std::size_t>(event.tear_lines_size()), "entries",
                  model::kTearLinesMax);
  }
  for (int i = 0; i < event.tear_lines_size(); ++i) {
    TEARLINE_RETURN_IF_REFUSED(model::CheckTearLine(event.tear_lines(i), event.label().marking(),
                                                    "event.tear_lines[" + std::to_string(i) + "]"));
  }
  return {};
}

}  // namespace

Status CheckYears(const Timestamp& time, const std::string& path) {
  if (time.seconds() >= kSecondsMin && time.seconds() <= kSecondsMax && time.nanos() >= 0 &&
      time.nanos() <= kNanosMax) {
    return {};
  }
  return Refuse(v1::ERROR_REASON_TIME_INVALID, "`" + path + "` must be of the years 1900 to 9999");
}

std::int64_t MillisecondsOf(const Timestamp& time) {
  return time.seconds() * 1000 + time.nanos() / 1'000'000;
}

Status CheckPublish(const v1::PublishItem& item, std::int64_t now_ms) {
  if (item.request_id().empty()) return Field("`request_id` is required");
  if (item.request_id().size() > model::kRequestIdBytesMax) {
    return Passed("request_id", item.request_id().size(), "bytes", model::kRequestIdBytesMax);
  }
  if (!item.originating_agency().empty()) {
    TEARLINE_RETURN_IF_REFUSED(model::CheckName(item.originating_agency(), "originating_agency"));
  }
  if (!item.has_event()) return Field("`event` is required");
  const v1::Event& event = item.event();
  const Result<model::EventType> type = model::EventType::Parse(event.event_type());
  if (!type.ok()) return type.status();
  TEARLINE_RETURN_IF_REFUSED(CheckTimes(event, now_ms));
  if (!v1::Urgency_IsValid(event.urgency()) || event.urgency() == v1::URGENCY_UNSPECIFIED) {
    return Field("`event.urgency` must be immediate, urgent or routine");
  }
  if (!event.has_label()) {
    return Refuse(v1::ERROR_REASON_LABEL_INVALID, "`event.label` is required");
  }
  TEARLINE_RETURN_IF_REFUSED(model::CheckLabel(event.label(), "event.label"));
  TEARLINE_RETURN_IF_REFUSED(CheckFacts(event.facts()));
  TEARLINE_RETURN_IF_REFUSED(CheckNominals(event));
  return CheckContent(event);
}

}  // namespace tearline::sequencer
