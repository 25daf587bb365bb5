#include "broker/policy/run_tests.h"

#include <algorithm>
#include <set>
#include <string>

#include "broker/policy/evaluate.h"
#include "broker/policy/sample_world.h"
#include "broker/policy/words.h"

namespace tearline::policy {
namespace {

using Posts = google::protobuf::RepeatedPtrField<std::string>;

bool Lists(const Posts& posts, const std::string& post) {
  return std::find(posts.begin(), posts.end(), post) != posts.end();
}

/// What a row says of a post; of no row, too, what is not listed is withheld.
v1::Level Listed(const v1::PolicyMatrixRow* row, const std::string& post) {
  if (row == nullptr) return v1::LEVEL_WITHHELD;
  if (Lists(row->full(), post)) return v1::LEVEL_FULL;
  if (Lists(row->tear_line(), post)) return v1::LEVEL_TEAR_LINE;
  return Lists(row->pointer(), post) ? v1::LEVEL_POINTER : v1::LEVEL_WITHHELD;
}

std::string TypesOf(std::set<int> types) {
  std::vector<std::string> words;
  for (const int type : types) {
    words.push_back(type == v1::OBLIGATION_TYPE_READ ? "to read" : "to sanitise or review");
  }
  return words.empty() ? "nothing" : policy::Listed(words);
}

/// What differs from what was expected; "" if nothing does.
std::string Difference(const v1::PolicyExpectation& expect, const Decision& decision) {
  if (decision.level != expect.level()) {
    return "it should tell " + LevelWords(expect.level()) + ", and tells " +
           LevelWords(decision.level);
  }
  for (const std::string& rule : expect.rules()) {
    if (!std::binary_search(decision.rules.begin(), decision.rules.end(), rule)) {
      return "it should cite " + rule + ", and cites " +
             (decision.rules.empty() ? "no rule" : policy::Listed(decision.rules));
    }
  }
  if (!expect.obliges().empty() || expect.obliges_nothing()) {
    std::set<int> opened;
    for (const OpenedObligation& each : decision.obligations) opened.insert(each.type);
    const std::set<int> wanted(expect.obliges().begin(), expect.obliges().end());
    if (opened != wanted) {
      return "it should oblige " + TypesOf(wanted) + ", and obliges " + TypesOf(opened);
    }
  }
  if (expect.shortfall() != v1::RULE_REASON_UNSPECIFIED &&
      expect.shortfall() != decision.shortfall) {
    return "it should fall short for " + ReasonWords(expect.shortfall()) +
           ", and falls short for " + ReasonWords(decision.shortfall);
  }
  if (!expect.segments().empty() &&
      !std::equal(expect.segments().begin(), expect.segments().end(), decision.segments.begin(),
                  decision.segments.end())) {
    return "it should leave other segments";
  }
  return {};
}

class Run {
 public:
  explicit Run(const PolicySet& policy) : policy_(policy), world_(policy.policy()) {}

  TestRun All() {
    for (const v1::PolicyTest& test : policy_.policy().tests()) {
      const Decision& decision =
          Decide(*world_.FindEvent(test.event()), *world_.FindPost(test.post()));
      ++run_.tests;
      if (std::string difference = Difference(test.expect(), decision); !difference.empty()) {
        run_.findings.push_back({Fault::kTestFailed, test.name(), std::move(difference)});
      }
    }
    if (!policy_.policy().matrix().empty()) JudgeMatrix();
    JudgeCoverage();
    return std::move(run_);
  }

 private:
  Decision Decide(std::size_t event, std::size_t post) {
    const std::vector<NominalFacts> nominals = world_.Nominals(event, post);
    Decision decision = Evaluate(policy_, world_.Event(event), nominals, world_.Recipient(post));
    ++decided_;
    for (const std::string& rule : decision.rules) ++cited_[rule];
    return decision;
  }

  void JudgeMatrix() {
    const v1::Policy& policy = policy_.policy();
    for (std::size_t event = 0; event < world_.events(); ++event) {
      const std::string& name = policy.samples().events(static_cast<int>(event)).name();
      const auto row =
          std::find_if(policy.matrix().begin(), policy.matrix().end(),
                       [&name](const v1::PolicyMatrixRow& each) { return each.event() == name; });
      for (std::size_t post = 0; post < world_.posts(); ++post) {
        const std::string& recipient = world_.Recipient(post).post;
        const v1::Level wanted = Listed(row == policy.matrix().end() ? nullptr : &*row, recipient);
        const v1::Level told = Decide(event, post).level;
        ++run_.cells;
        if (told == wanted) continue;
        run_.findings.push_back({Fault::kTestFailed, name,
                                 recipient + " gets " + LevelWords(told) +
                                     " of it, and the matrix says " + LevelWords(wanted)});
      }
    }
  }

  void JudgeCoverage() {
    for (const PolicySet::Rule& rule : policy_.rules()) {
      const std::string& id = rule.rule.id();
      const auto cited = cited_.find(id);
      const std::size_t times = cited == cited_.end() ? 0 : cited->second;
      if (times == 0) {
        run_.findings.push_back(
            {Fault::kNotCovered, id, "no test or cell of the matrix shows it deciding; add one"});
      }
      if (times == decided_) {
        run_.findings.push_back(
            {Fault::kNotCovered, id,
             "no test or cell of the matrix shows a decision without it; add one"});
      }
    }
  }

  const PolicySet& policy_;
  const SampleWorld world_;
  TestRun run_;
  std::size_t decided_ = 0;                   ///< Decisions made.
  std::map<std::string, std::size_t> cited_;  ///< In how many of them each rule was cited.
};

}  // namespace

TestRun RunTests(const PolicySet& policy) { return Run(policy).All(); }

}  // namespace tearline::policy
