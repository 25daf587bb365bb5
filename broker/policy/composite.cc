#include "broker/policy/composite.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <optional>
#include <set>
#include <utility>

#include "broker/model/event_type.h"
#include "broker/model/limits.h"
#include "broker/model/name.h"
#include "broker/model/utf8.h"
#include "broker/model/vocabulary.h"
#include "broker/policy/duration.h"
#include "broker/status/invariant.h"

namespace tearline::policy {
namespace {

using Names = std::set<std::string_view>;

constexpr std::size_t kSaysBytesMax = 500;
constexpr std::size_t kTestNameBytesMax = 200;

Status Wrong(const std::string& sentence) {
  return Refuse(v1::ERROR_REASON_POLICY_INVALID, sentence);
}

Status CheckCount(int count, int most, const std::string& path) {
  if (count <= most) return {};
  return Wrong("`" + path + "` has " + std::to_string(count) + " entries; at most " +
               std::to_string(most));
}

/// Of a beginning, the word before its dot is a type, too.
bool IsTypeOrBeginning(std::string text) {
  if (text.ends_with('.')) text.pop_back();
  return model::EventType::Parse(std::move(text)).ok();
}

Status CheckTypes(const v1::CompositeRule& rule, const std::string& path) {
  const int types = rule.member_type_size();
  if (types == 0 || types > model::kCompositeTypesMax) {
    return Wrong("`" + path + ".member_type` has " + std::to_string(types) + " entries; 1 to " +
                 std::to_string(model::kCompositeTypesMax));
  }
  for (int i = 0; i < types; ++i) {
    if (!IsTypeOrBeginning(rule.member_type(i))) {
      return Wrong("`" + path +
                   ".member_type` must be words of a-z, 0-9 and -, joined by single dots; a "
                   "beginning ends in a dot");
    }
    v1::CompositeRule others = rule;
    others.mutable_member_type()->DeleteSubrange(i, 1);
    if (Counts(others, rule.member_type(i))) {
      return Wrong("`" + path + ".member_type` must not name what another of its entries counts");
    }
  }
  if (!model::EventType::Parse(rule.event_type()).ok()) {
    return Wrong("`" + path +
                 ".event_type` must be a whole type: words of a-z, 0-9 and -, joined "
                 "by single dots");
  }
  return {};
}

Status CheckRule(const v1::CompositeRule& rule, const std::string& path) {
  TEARLINE_RETURN_IF_REFUSED(model::CheckVocabulary(rule, path, v1::ERROR_REASON_POLICY_INVALID));
  if (!model::CheckName(rule.name(), path + ".name").ok()) {
    return Wrong("`" + path + ".name` must be words of a-z, 0-9 and -, at most " +
                 std::to_string(model::kNameBytesMax) + " bytes");
  }
  TEARLINE_RETURN_IF_REFUSED(CheckTypes(rule, path));
  if (rule.events() < 2 || rule.events() > static_cast<unsigned>(model::kCompositeMembersMax)) {
    return Wrong("`" + path + ".events` must be 2 to " +
                 std::to_string(model::kCompositeMembersMax));
  }
  if (rule.agencies() < 1 || rule.agencies() > rule.events()) {
    return Wrong("`" + path + ".agencies` must be 1 to `events`");
  }
  if (!ReadDuration(rule.within())) {
    return Wrong("`" + path +
                 ".within` must be a whole number above 0 and s, m, h or d, at most 366d");
  }
  if (rule.urgency() == v1::URGENCY_UNSPECIFIED) return Wrong("`" + path + ".urgency` is required");
  if (rule.says().size() > kSaysBytesMax || !model::IsUtf8(rule.says())) {
    return Wrong("`" + path + ".says` is " + std::to_string(rule.says().size()) +
                 " bytes; at most " + std::to_string(kSaysBytesMax) + ", of UTF-8");
  }
  return {};
}

/// A composite counts towards none, or what it is made of could not be told from what it is.
Status CheckApart(const v1::Policy& policy) {
  Names ids;
  for (const v1::Rule& rule : policy.rules()) ids.insert(rule.id());
  Names types;
  for (int i = 0; i < policy.composites_size(); ++i) {
    const v1::CompositeRule& rule = policy.composites(i);
    const std::string path = "composites " + std::to_string(i + 1);
    if (!ids.insert(rule.name()).second) {
      return Wrong("`" + path + ".name` was given to an earlier one, or is a rule's id");
    }
    if (!types.insert(rule.event_type()).second) {
      return Wrong("`" + path + ".event_type` was given to an earlier one");
    }
    for (const v1::CompositeRule& other : policy.composites()) {
      if (!Counts(other, rule.event_type())) continue;
      return Wrong("`" + path + ".event_type` must be a type that no composite rule counts");
    }
  }
  return {};
}

Status CheckTest(const v1::CompositeTest& test, const std::string& path, const Names& rules,
                 const Names& events) {
  if (test.name().empty() || test.name().size() > kTestNameBytesMax) {
    return Wrong("`" + path + ".name` must be 1 to " + std::to_string(kTestNameBytesMax) +
                 " bytes");
  }
  if (!rules.contains(test.composite())) {
    return Wrong("`" + path + ".composite` must be the name of a composite rule");
  }
  TEARLINE_RETURN_IF_REFUSED(
      CheckCount(test.events_size(), model::kCompositeMembersMax, path + ".events"));
  Names named;
  for (const std::string& event : test.events()) {
    if (!events.contains(event) || !named.insert(event).second) {
      return Wrong("`" + path + ".events` must be events of the samples, each once");
    }
  }
  return named.empty() ? Wrong("`" + path + ".events` needs at least one") : Status();
}

Status CheckTests(const v1::Policy& policy) {
  TEARLINE_RETURN_IF_REFUSED(
      CheckCount(policy.composite_tests_size(), model::kCompositeTestsMax, "composite_tests"));
  Names rules, events, names;
  for (const v1::CompositeRule& rule : policy.composites()) rules.insert(rule.name());
  for (const v1::SampleEvent& sample : policy.samples().events()) events.insert(sample.name());
  for (const v1::PolicyTest& test : policy.tests()) names.insert(test.name());
  for (int i = 0; i < policy.composite_tests_size(); ++i) {
    const v1::CompositeTest& test = policy.composite_tests(i);
    const std::string path = "composite_tests " + std::to_string(i + 1);
    TEARLINE_RETURN_IF_REFUSED(CheckTest(test, path, rules, events));
    if (!names.insert(test.name()).second) {
      return Wrong("`" + path + ".name` was given to an earlier test");
    }
  }
  return {};
}

}  // namespace

bool Counts(const v1::CompositeRule& rule, std::string_view event_type) {
  return std::any_of(
      rule.member_type().begin(), rule.member_type().end(), [event_type](const std::string& each) {
        return each.ends_with('.') ? event_type.starts_with(each) : event_type == each;
      });
}

std::vector<std::size_t> NewestRun(const CompositeTerms& terms,
                                   const std::vector<Occurrence>& occurrences) {
  std::vector<std::size_t> order(occurrences.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&occurrences](std::size_t a, std::size_t b) {
    return occurrences[a].occurred_ms < occurrences[b].occurred_ms;
  });
  std::map<std::string_view, std::uint32_t> agencies;  // within the time, and how often
  std::size_t first = 0;
  std::size_t run_first = 0;
  std::size_t run_end = 0;  // behind the newest run's last
  for (std::size_t last = 0; last < order.size(); ++last) {
    const Occurrence& newest = occurrences[order[last]];
    if (!newest.agency.empty()) ++agencies[newest.agency];
    for (; newest.occurred_ms - occurrences[order[first]].occurred_ms >= terms.within_ms; ++first) {
      const auto gone = agencies.find(occurrences[order[first]].agency);
      if (gone != agencies.end() && --gone->second == 0) agencies.erase(gone);
    }
    if (last - first + 1 < terms.events || agencies.size() < terms.agencies) continue;
    if (first >= run_end) run_first = first;
    run_end = last + 1;
  }
  std::vector<std::size_t> run(order.begin() + static_cast<std::ptrdiff_t>(run_first),
                               order.begin() + static_cast<std::ptrdiff_t>(run_end));
  std::sort(run.begin(), run.end());
  return run;
}

std::vector<std::size_t> RunThatFits(const CompositeTerms& terms,
                                     const std::vector<Occurrence>& occurrences, std::size_t most) {
  std::vector<std::size_t> kept(occurrences.size());
  std::iota(kept.begin(), kept.end(), std::size_t{0});
  for (std::size_t place = 0; kept.size() > most && place < kept.size();) {
    std::vector<std::size_t> rest = kept;
    rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(place));
    std::vector<Occurrence> left;
    for (const std::size_t each : rest) left.push_back(occurrences[each]);
    if (NewestRun(terms, left).empty()) {
      ++place;  // without it there is no run, whichever others go
    } else {
      kept = std::move(rest);
    }
  }
  return kept;
}

Status CheckComposites(const v1::Policy& policy) {
  TEARLINE_RETURN_IF_REFUSED(
      CheckCount(policy.composites_size(), model::kCompositeRulesMax, "composites"));
  for (int i = 0; i < policy.composites_size(); ++i) {
    TEARLINE_RETURN_IF_REFUSED(
        CheckRule(policy.composites(i), "composites " + std::to_string(i + 1)));
  }
  TEARLINE_RETURN_IF_REFUSED(CheckApart(policy));
  return CheckTests(policy);
}

std::vector<CompositeRule> ReadComposites(const v1::Policy& policy) {
  std::vector<CompositeRule> read;
  for (const v1::CompositeRule& rule : policy.composites()) {
    const std::optional<std::int64_t> within_ms = ReadDuration(rule.within());
    TEARLINE_INVARIANT(within_ms.has_value(), "a checked policy's times can be read");
    read.push_back({rule, {rule.events(), rule.agencies(), *within_ms}});
  }
  return read;
}

}  // namespace tearline::policy
