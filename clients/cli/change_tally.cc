#include "clients/cli/change_tally.h"

#include <iostream>

#include <nlohmann/json.hpp>

#include "clients/cli/output.h"

namespace tearline::cli {
namespace {

std::string Counts(const std::map<std::string, std::uint64_t>& counts) {
  std::string text;
  for (const auto& [what, count] : counts) {
    text += (text.empty() ? "" : ", ") + what + " " + std::to_string(count);
  }
  return text;
}

}  // namespace

std::uint64_t ChangeTally::Refused() const {
  std::uint64_t sum = 0;
  for (const auto& [reason, count] : refused_) sum += count;
  return sum;
}

void ChangeTally::Report(const Invocation& invocation, const std::string& head,
                         const std::string& key) const {
  if (outcomes_.empty() && refused_.empty()) return;
  if (invocation.json) {
    return PrintJson(
        nlohmann::json{{key, {{"outcomes", outcomes_}, {"refused_by_reason", refused_}}}});
  }
  std::cout << head << Counts(outcomes_);
  if (!refused_.empty()) {
    std::cout << (outcomes_.empty() ? "" : ", ") << "refused " << Refused() << "  ("
              << Counts(refused_) << ')';
  }
  std::cout << std::endl;
}

void SayChange(const Invocation& invocation, const std::string& key, const std::string& kind,
               const std::string& request_id, const std::string& outcome,
               const std::string& sentence) {
  if (invocation.json) {
    nlohmann::json said{{"request_id", request_id}, {"kind", kind}, {"outcome", outcome}};
    if (!sentence.empty()) said["sentence"] = sentence;
    return PrintJson(nlohmann::json{{key, said}});
  }
  std::cout << kind << "  " << outcome << "  request " << request_id << '\n';
  if (!sentence.empty()) std::cout << "  " << sentence << '\n';
}

}  // namespace tearline::cli
