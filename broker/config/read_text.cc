#include "broker/config/read_text.h"

#include <optional>

#include "broker/model/strict_text.h"

namespace tearline::config {
namespace {

/// No message of the settings lies deeper.
constexpr int kMessageDepthMax = 16;

constexpr model::FaultWords kKinds[] = {
    {"has no field named", "there is no setting of this name here"},
    {"Unknown enumeration value", "there is no value of this name"},
    {"is specified multiple times", "this setting is given twice"},
    {"specified along with", "only one of these settings may be given"},
    {"out of range", "this number is out of range"},
    {"Invalid value for boolean", "this must be true or false"},
    {"Expected string", "this must be a text in quotes"},
    {"Expected integer", "this must be a whole number, or the name of a value"},
    {"Expected \"{\"", "this must be a block in braces"},
};

}  // namespace

Status ReadText(const std::string& text, google::protobuf::Message& message) {
  const std::optional<std::string> fault =
      model::ReadStrictText(text, kMessageDepthMax, kKinds, message);
  return fault ? Refuse(v1::ERROR_REASON_CONFIG_INVALID, *fault) : Status();
}

}  // namespace tearline::config
