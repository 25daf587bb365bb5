#include <algorithm>
#include <set>
#include <string>
#include <string_view>

#include "broker/model/event_type.h"
#include "broker/model/label_check.h"
#include "broker/model/limits.h"
#include "broker/model/marking.h"
#include "broker/model/name.h"
#include "broker/model/vocabulary.h"
#include "broker/policy/sample_world.h"

namespace tearline::policy {
namespace {

using Names = std::set<std::string_view>;

constexpr std::size_t kTestNameBytesMax = 200;

Status Wrong(const std::string& sentence) {
  return Refuse(v1::ERROR_REASON_POLICY_INVALID, sentence);
}

/// What the model finds wrong with a sample is wrong with the policy.
Status AsPolicy(const Status& refusal) {
  return refusal.ok() ? refusal : Wrong(SentenceOf(refusal));
}

std::string Place(const std::string& list, int i) { return list + " " + std::to_string(i + 1); }

Status CheckCount(int count, int most, const std::string& path) {
  if (count <= most) return {};
  return Wrong("`" + path + "` has " + std::to_string(count) + " entries; at most " +
               std::to_string(most));
}

/// What the samples hold, by name, as it is checked.
struct Known {
  Names agencies, posts, nominals, events;
};

Status CheckAgencies(const v1::PolicySamples& samples, Known& known) {
  TEARLINE_RETURN_IF_REFUSED(
      CheckCount(samples.agencies_size(), model::kPolicySamplesMax, "samples.agencies"));
  for (int i = 0; i < samples.agencies_size(); ++i) {
    const v1::Agency& agency = samples.agencies(i);
    const std::string path = Place("samples.agencies", i);
    TEARLINE_RETURN_IF_REFUSED(AsPolicy(model::CheckName(agency.agency(), path + ".agency")));
    TEARLINE_RETURN_IF_REFUSED(
        model::CheckVocabulary(agency, path, v1::ERROR_REASON_POLICY_INVALID));
    if (!known.agencies.insert(agency.agency()).second) {
      return Wrong("`" + path + ".agency` was given before");
    }
  }
  return {};
}

Status CheckPosts(const v1::PolicySamples& samples, Known& known) {
  TEARLINE_RETURN_IF_REFUSED(
      CheckCount(samples.posts_size(), model::kPolicySamplesMax, "samples.posts"));
  for (int i = 0; i < samples.posts_size(); ++i) {
    const v1::Post& post = samples.posts(i);
    const std::string path = Place("samples.posts", i);
    TEARLINE_RETURN_IF_REFUSED(AsPolicy(model::CheckPostName(post.post(), path + ".post")));
    TEARLINE_RETURN_IF_REFUSED(model::CheckVocabulary(post, path, v1::ERROR_REASON_POLICY_INVALID));
    TEARLINE_RETURN_IF_REFUSED(
        AsPolicy(model::CheckClearance(post.clearance(), path + ".clearance")));
    if (!known.agencies.contains(std::string_view(post.post()).substr(0, post.post().find('/')))) {
      return Wrong("`" + path + ".post` must be of an agency of the samples");
    }
    if (!known.posts.insert(post.post()).second) {
      return Wrong("`" + path + ".post` was given before");
    }
  }
  return {};
}

Status CheckCase(const v1::Case& asked, const std::string& path, const Known& known) {
  TEARLINE_RETURN_IF_REFUSED(model::CheckVocabulary(asked, path, v1::ERROR_REASON_POLICY_INVALID));
  if (asked.category() == v1::MAPPA_CATEGORY_UNSPECIFIED ||
      asked.level() == v1::MAPPA_LEVEL_UNSPECIFIED) {
    return Wrong("`" + path + "` needs a category and a level");
  }
  if (!known.agencies.contains(asked.lead_agency())) {
    return Wrong("`" + path + ".lead_agency` must be an agency of the samples");
  }
  Names posts = {asked.supervising_post(), asked.accountable_post()};
  for (const v1::Seat& seat : asked.seats()) posts.insert(seat.post());
  for (const v1::CasePost& named : asked.named_posts()) {
    posts.insert(named.post());
    if (named.has_until() || named.has_occurred_from() || named.has_hearing_at()) {
      return Wrong("`" + path + ".named_posts` must name post and function alone: a commission is "
                   "in force there, and covers every event");
    }
  }
  posts.erase("");
  if (!std::includes(known.posts.begin(), known.posts.end(), posts.begin(), posts.end())) {
    return Wrong("`" + path + "` must name posts of the samples");
  }
  return {};
}

Status CheckCases(const v1::PolicySamples& samples, Known& known) {
  TEARLINE_RETURN_IF_REFUSED(
      CheckCount(samples.cases_size(), model::kPolicySamplesMax, "samples.cases"));
  for (int i = 0; i < samples.cases_size(); ++i) {
    const v1::Case& asked = samples.cases(i);
    const std::string path = Place("samples.cases", i);
    if (asked.nominal_id().empty() || !known.nominals.insert(asked.nominal_id()).second) {
      return Wrong("`" + path + ".nominal_id` must be a word that no case before has");
    }
    TEARLINE_RETURN_IF_REFUSED(CheckCase(asked, path, known));
  }
  return {};
}

Status CheckLimits(const v1::PolicySamples& samples, const Known& known) {
  TEARLINE_RETURN_IF_REFUSED(
      CheckCount(samples.limits_size(), model::kPolicySamplesMax, "samples.limits"));
  Names limited;
  for (int i = 0; i < samples.limits_size(); ++i) {
    const v1::SampleLimit& limit = samples.limits(i);
    const std::string path = Place("samples.limits", i);
    if (limit.nominal_id().empty() || !limited.insert(limit.nominal_id()).second) {
      return Wrong("`" + path + ".nominal_id` must be a word that no limit before has");
    }
    for (const auto* names : {&limit.excluded(), &limit.only(), &limit.in_conflict()}) {
      for (const std::string& name : *names) {
        if (known.posts.contains(name) || known.agencies.contains(name)) continue;
        return Wrong("`" + path + "` must name posts or agencies of the samples");
      }
    }
  }
  return {};
}

Status CheckSupervisors(const v1::PolicySamples& samples, const Known& known) {
  TEARLINE_RETURN_IF_REFUSED(
      CheckCount(samples.supervisors_size(), model::kPolicySamplesMax, "samples.supervisors"));
  Names supervised;
  for (int i = 0; i < samples.supervisors_size(); ++i) {
    const v1::SampleSupervisor& supervisor = samples.supervisors(i);
    const std::string path = Place("samples.supervisors", i);
    if (supervisor.nominal_id().empty() || !supervised.insert(supervisor.nominal_id()).second) {
      return Wrong("`" + path + ".nominal_id` must be a word that no supervisor before has");
    }
    if (!known.posts.contains(supervisor.post())) {
      return Wrong("`" + path + ".post` must be a post of the samples");
    }
  }
  return {};
}

Status CheckSegments(const v1::Event& event, const std::string& path) {
  if (event.segments().empty()) return Wrong("`" + path + ".segments` needs at least one");
  for (const v1::Segment& segment : event.segments()) {
    if (!segment.content().empty()) {
      return Wrong("`" + path + ".segments`: a sample has no content, only flags");
    }
    for (const std::uint32_t index : segment.nominal_indexes()) {
      if (index >= static_cast<std::uint32_t>(event.nominals_size())) {
        return Wrong("`" + path + ".segments` must be about nominals of their event");
      }
    }
  }
  for (const v1::TearLine& tear_line : event.tear_lines()) {
    if (!tear_line.text().empty()) {
      return Wrong("`" + path + ".tear_lines`: a sample has no text, only an audience");
    }
    TEARLINE_RETURN_IF_REFUSED(
        AsPolicy(model::CheckMarking(tear_line.marking(), path + ".tear_lines.marking")));
  }
  return {};
}

Status CheckEvent(const v1::SampleEvent& sample, const std::string& path, const Known& known) {
  TEARLINE_RETURN_IF_REFUSED(AsPolicy(model::CheckName(sample.name(), path + ".name")));
  TEARLINE_RETURN_IF_REFUSED(model::CheckVocabulary(sample, path, v1::ERROR_REASON_POLICY_INVALID));
  if (!known.posts.contains(sample.originating_post())) {
    return Wrong("`" + path + ".originating_post` must be a post of the samples");
  }
  const v1::Event& event = sample.event();
  if (!model::EventType::Parse(event.event_type()).ok() ||
      event.urgency() == v1::URGENCY_UNSPECIFIED) {
    return Wrong("`" + path + ".event` needs an event type, and an urgency");
  }
  TEARLINE_RETURN_IF_REFUSED(AsPolicy(model::CheckLabel(event.label(), path + ".event.label")));
  TEARLINE_RETURN_IF_REFUSED(CheckCount(
      event.nominals_size(), static_cast<int>(model::kEventNominalsMax), path + ".event.nominals"));
  for (const v1::NominalReference& nominal : event.nominals()) {
    if (nominal.nominal_id().empty()) {
      return Wrong("`" + path + ".event.nominals` must be named by `nominal_id`, any word");
    }
  }
  return CheckSegments(event, path + ".event");
}

Status CheckEvents(const v1::PolicySamples& samples, Known& known) {
  TEARLINE_RETURN_IF_REFUSED(
      CheckCount(samples.events_size(), model::kPolicySamplesMax, "samples.events"));
  for (int i = 0; i < samples.events_size(); ++i) {
    const std::string path = Place("samples.events", i);
    TEARLINE_RETURN_IF_REFUSED(CheckEvent(samples.events(i), path, known));
    if (!known.events.insert(samples.events(i).name()).second) {
      return Wrong("`" + path + ".name` was given before");
    }
  }
  return {};
}

Status CheckTest(const v1::PolicyTest& test, const std::string& path, const Known& known,
                 const Names& rules) {
  TEARLINE_RETURN_IF_REFUSED(model::CheckVocabulary(test, path, v1::ERROR_REASON_POLICY_INVALID));
  if (test.name().empty() || test.name().size() > kTestNameBytesMax) {
    return Wrong("`" + path + ".name` must be 1 to " + std::to_string(kTestNameBytesMax) +
                 " bytes");
  }
  if (!known.events.contains(test.event()) || !known.posts.contains(test.post())) {
    return Wrong("`" + path + "` must name an event and a post of the samples");
  }
  const v1::PolicyExpectation& expect = test.expect();
  if (expect.level() == v1::LEVEL_UNSPECIFIED) {
    return Wrong("`" + path + ".expect.level` is required");
  }
  if (expect.obliges_nothing() && !expect.obliges().empty()) {
    return Wrong("`" + path + ".expect` must not oblige both something and nothing");
  }
  for (const std::string& rule : expect.rules()) {
    if (!rules.contains(rule)) return Wrong("`" + path + ".expect.rules` must be rules' ids");
  }
  return {};
}

Status CheckMatrixRow(const v1::PolicyMatrixRow& row, const std::string& path, const Known& known) {
  if (!known.events.contains(row.event())) {
    return Wrong("`" + path + ".event` must be an event of the samples");
  }
  Names listed;
  for (const auto* posts : {&row.full(), &row.tear_line(), &row.pointer()}) {
    for (const std::string& post : *posts) {
      if (!known.posts.contains(post) || !listed.insert(post).second) {
        return Wrong("`" + path + "` must list posts of the samples, each once");
      }
    }
  }
  return {};
}

/// Rules asked by all tests and the matrix.
std::size_t WorkOf(const v1::Policy& policy) {
  const v1::PolicySamples& samples = policy.samples();
  std::size_t judged = 0;
  for (const v1::SampleEvent& sample : samples.events()) {
    const auto nominals = static_cast<std::size_t>(std::max(1, sample.event().nominals_size()));
    if (!policy.matrix().empty())
      judged += nominals * static_cast<std::size_t>(samples.posts_size());
    for (const v1::PolicyTest& test : policy.tests()) {
      if (test.event() == sample.name()) judged += nominals;
    }
  }
  return judged * static_cast<std::size_t>(policy.rules_size());
}

}  // namespace

Status CheckSamples(const v1::Policy& policy) {
  const v1::PolicySamples& samples = policy.samples();
  Known known;
  TEARLINE_RETURN_IF_REFUSED(CheckAgencies(samples, known));
  TEARLINE_RETURN_IF_REFUSED(CheckPosts(samples, known));
  TEARLINE_RETURN_IF_REFUSED(CheckCases(samples, known));
  TEARLINE_RETURN_IF_REFUSED(CheckLimits(samples, known));
  TEARLINE_RETURN_IF_REFUSED(CheckSupervisors(samples, known));
  TEARLINE_RETURN_IF_REFUSED(CheckEvents(samples, known));

  Names rules, tests, rows;
  for (const v1::Rule& rule : policy.rules()) rules.insert(rule.id());
  TEARLINE_RETURN_IF_REFUSED(CheckCount(policy.tests_size(), model::kPolicyTestsMax, "tests"));
  for (int i = 0; i < policy.tests_size(); ++i) {
    TEARLINE_RETURN_IF_REFUSED(CheckTest(policy.tests(i), Place("tests", i), known, rules));
    if (!tests.insert(policy.tests(i).name()).second) {
      return Wrong("`" + Place("tests", i) + ".name` was given before");
    }
  }
  for (int i = 0; i < policy.matrix_size(); ++i) {
    TEARLINE_RETURN_IF_REFUSED(CheckMatrixRow(policy.matrix(i), Place("matrix", i), known));
    if (!rows.insert(policy.matrix(i).event()).second) {
      return Wrong("`" + Place("matrix", i) + ".event` has a row before");
    }
  }
  if (const std::size_t work = WorkOf(policy); work > model::kPolicyTestWorkMax) {
    return Wrong("the tests ask rules " + std::to_string(work) + " times; at most " +
                 std::to_string(model::kPolicyTestWorkMax) + ": have fewer samples");
  }
  return {};
}

}  // namespace tearline::policy
