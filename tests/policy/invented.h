#pragma once

#include <google/protobuf/descriptor.h>

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "broker/policy/facts.h"
#include "tearline/v1/policy.pb.h"

namespace tearline::policy {

/// An event, whom it concerns, and somebody it may be told.
struct Scene {
  EventFacts event;
  std::vector<NominalFacts> nominals;
  RecipientFacts recipient;
};

/// Invents policies that check and scenes to judge, out of numbers: from a seed, or from a fuzzer.
/// Every field of a condition is asked, every fact takes values that are asked about, values nobody
/// said and values this broker does not know.
class Inventor {
 public:
  /// `below(n)` is a number below n.
  explicit Inventor(std::function<std::size_t(std::size_t)> below) : below_(std::move(below)) {}

  v1::Policy Policy(std::size_t rules_max);
  v1::Condition Condition(int depth);
  v1::Rule Rule(std::size_t number);

  Scene Invent();
  /// The same event and nominals before another recipient.
  void Readdress(Scene& scene);

  /// Words that policies ask for of a field that takes texts, and that events bear.
  static std::vector<std::string> WordsOf(const google::protobuf::FieldDescriptor& field);

  std::size_t Below(std::size_t bound) { return below_(bound); }
  bool Coin() { return Below(2) == 0; }

 private:
  void Fields(google::protobuf::Message& part);
  void Segments(Scene& scene);
  void Label(v1::Label& label);
  v1::Grading Grading();
  NominalFacts Nominal();
  void RelateTo(NominalFacts& nominal);

  std::function<std::size_t(std::size_t)> below_;
};

}  // namespace tearline::policy
