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

Status CheckGrading(const v1::Grading& grading, const std::string& path) {
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

}  // namespace

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
