#include "broker/model/label_check.h"

#include <google/protobuf/repeated_field.h>

#include "broker/model/limits.h"
#include "broker/model/marking.h"
#include "broker/model/name.h"
#include "broker/model/utf8.h"
#include "broker/model/vocabulary.h"

namespace tearline::model {
namespace {

Status Contradiction(const std::string& sentence) {
  return Refuse(v1::ERROR_REASON_LABEL_INVALID, sentence);
}

Status CheckPosts(const google::protobuf::RepeatedPtrField<std::string>& posts,
                  const std::string& path) {
  if (static_cast<std::size_t>(posts.size()) > kReleasedToMax) {
    return Refuse(v1::ERROR_REASON_LIMIT_PASSED,
                  "`" + path + "` has " + std::to_string(posts.size()) + " entries; at most " +
                      std::to_string(kReleasedToMax));
  }
  for (int i = 0; i < posts.size(); ++i) {
    TEARLINE_RETURN_IF_REFUSED(CheckPostName(posts[i], path + "[" + std::to_string(i) + "]"));
  }
  return {};
}

Status CheckFiveByFive(const v1::Grading& grading, const std::string& path) {
  const v1::FiveByFiveGrade& grade = grading.five_by_five();
  if (grade.source() == v1::FIVE_BY_FIVE_SOURCE_UNSPECIFIED ||
      grade.information() == v1::FIVE_BY_FIVE_INFORMATION_UNSPECIFIED ||
      grade.handling() == v1::FIVE_BY_FIVE_HANDLING_UNSPECIFIED) {
    return Contradiction("`" + path + ".five_by_five` needs source, information and handling");
  }
  if (grading.source() != v1::SOURCE_GRADE_UNSPECIFIED ||
      grading.information() != v1::INFORMATION_GRADE_UNSPECIFIED ||
      grading.handling() != v1::HANDLING_CODE_UNSPECIFIED ||
      grading.action() != v1::ACTION_CODE_UNSPECIFIED ||
      grading.sanitisation() != v1::SANITISATION_CODE_UNSPECIFIED) {
    return Contradiction("`" + path +
                         "` is by 3x5x2 or by 5x5x5, never both: a grade is kept as it was made");
  }
  return {};
}

Status CheckGrading(const v1::Grading& grading, const std::string& path) {
  if (grading.has_five_by_five()) return CheckFiveByFive(grading, path);
  if (grading.source() == v1::SOURCE_GRADE_UNSPECIFIED ||
      grading.information() == v1::INFORMATION_GRADE_UNSPECIFIED ||
      grading.handling() == v1::HANDLING_CODE_UNSPECIFIED) {
    return Contradiction("`" + path + "` needs source, information and handling, or none at all");
  }
  const bool conditions = grading.handling() == v1::HANDLING_CODE_CONDITIONS;
  if (conditions != (grading.action() != v1::ACTION_CODE_UNSPECIFIED) ||
      conditions != (grading.sanitisation() != v1::SANITISATION_CODE_UNSPECIFIED)) {
    return Contradiction("`" + path +
                         "` needs an action and a sanitisation code under handling C, and neither "
                         "under handling P");
  }
  return {};
}

/// Under 3x5x2, how much a handling says must not be done: P below C, A3 below A2 below A1, S1
/// below S2.
bool IsHandledNoMoreStrictly(const v1::Grading& part, const v1::Grading& whole) {
  if (part.handling() != v1::HANDLING_CODE_CONDITIONS) return true;
  return whole.handling() == v1::HANDLING_CODE_CONDITIONS && part.action() >= whole.action() &&
         part.sanitisation() <= whole.sanitisation();
}

}  // namespace

Status CheckSegmentGrading(const v1::Grading& grading, const v1::Grading& label_grading,
                           const std::string& path) {
  TEARLINE_RETURN_IF_REFUSED(CheckVocabulary(grading, path, v1::ERROR_REASON_LABEL_INVALID));
  TEARLINE_RETURN_IF_REFUSED(CheckGrading(grading, path));
  const bool five_by_five = grading.has_five_by_five();
  const bool label_graded = five_by_five ? label_grading.has_five_by_five()
                                         : label_grading.source() != v1::SOURCE_GRADE_UNSPECIFIED;
  if (!label_graded) {
    return Contradiction("`" + path + "` needs a label graded by the same scheme");
  }
  const bool fits =
      five_by_five ? grading.five_by_five().handling() == label_grading.five_by_five().handling()
                   : IsHandledNoMoreStrictly(grading, label_grading);
  if (fits) return {};
  return Contradiction("`" + path + "` must not be handled more strictly than the label says" +
                       (five_by_five ? ": by 5x5x5, as the label is" : ""));
}

Status CheckLabel(const v1::Label& label, const std::string& path) {
  TEARLINE_RETURN_IF_REFUSED(CheckVocabulary(label, path, v1::ERROR_REASON_LABEL_INVALID));
  TEARLINE_RETURN_IF_REFUSED(CheckMarking(label.marking(), path + ".marking"));
  if (label.has_grading()) {
    TEARLINE_RETURN_IF_REFUSED(CheckGrading(label.grading(), path + ".grading"));
  }
  TEARLINE_RETURN_IF_REFUSED(CheckPosts(label.released_to_posts(), path + ".released_to_posts"));
  if (!label.pointer_post().empty()) {
    TEARLINE_RETURN_IF_REFUSED(CheckPostName(label.pointer_post(), path + ".pointer_post"));
  } else if (label.existence_may_be_told()) {
    return Contradiction("`" + path + ".pointer_post` is required if existence may be told");
  }
  return {};
}

Status CheckAudience(const v1::Audience& audience, const std::string& path) {
  TEARLINE_RETURN_IF_REFUSED(CheckVocabulary(audience, path, v1::ERROR_REASON_LABEL_INVALID));
  return CheckPosts(audience.posts(), path + ".posts");
}

Status CheckTearLine(const v1::TearLine& tear_line, const v1::Marking& event_marking,
                     const std::string& path) {
  TEARLINE_RETURN_IF_REFUSED(CheckVocabulary(tear_line, path, v1::ERROR_REASON_LABEL_INVALID));
  if (tear_line.text().empty() || !IsUtf8(tear_line.text())) {
    return Refuse(v1::ERROR_REASON_FIELD_INVALID,
                  "`" + path + ".text` must be UTF-8, at least 1 byte");
  }
  if (tear_line.text().size() > kTearLineBytesMax) {
    return Refuse(v1::ERROR_REASON_LIMIT_PASSED,
                  "`" + path + ".text` is " + std::to_string(tear_line.text().size()) +
                      " bytes; at most " + std::to_string(kTearLineBytesMax));
  }
  TEARLINE_RETURN_IF_REFUSED(CheckMarking(tear_line.marking(), path + ".marking"));
  if (!Dominates(event_marking, tear_line.marking())) {
    return Contradiction("`" + path + ".marking` must not be above the event's");
  }
  return CheckAudience(tear_line.audience(), path + ".audience");
}

}  // namespace tearline::model
