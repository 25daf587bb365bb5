#pragma once

#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <string>

#include "broker/policy/decision.h"
#include "broker/policy/facts.h"
#include "broker/policy/policy_set.h"

namespace tearline::policy {

/// Plain words for policies and decisions, so that a test's rows can be read.

/// "full", "tear-line", "pointer", "withheld", "nothing".
std::string LevelWord(v1::Level level);

/// A policy of rules without conditions, "; " between them:
///   "grant G1 full; cap A1 pointer; qualified Q1 tear-line; duty D1 full; mask M1 witness".
/// Reasons follow the kind: NEED_TO_KNOW, CLEARANCE, ORIGINATOR_CONTROL, PANEL_MUST_KNOW,
/// SOURCE_PROTECTION. Every duty obliges SANITISE_OR_REVIEW within 4h if it is not met.
/// A rule may end in " if" and a condition as protobuf text: "duty D1 full if recipient { … }".
std::string PolicyText(const std::string& rules);

/// The same, parsed.
PolicySet Rules(const std::string& rules);

/// "tear-line 0 by D1 Q1" or "full 0,2 by G1", then what applies of
/// ", owed full", " unmet", " of 0,1", ": REASON", "; SANITISE_OR_REVIEW 4h/4h".
std::string Words(const Decision& decision);

/// A message of protobuf text; the test fails if it does not parse.
template <typename Message>
Message Read(const std::string& text) {
  Message message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message)) << text;
  return message;
}

/// An event marked OFFICIAL with one segment about every nominal, whose existence may be told, by
/// agency "north-police".
EventFacts PlainEvent();

/// A tear-line marked OFFICIAL for every agency of these kinds.
EventFacts::TearLine TearLineFor(v1::AgencyKind kind);

/// A probation post cleared for OFFICIAL.
RecipientFacts PlainRecipient();

}  // namespace tearline::policy
