#include "clients/cli/audit_replay.h"

#include <google/protobuf/util/json_util.h>

#include <nlohmann/json.hpp>

#include "clients/cli/output.h"
#include "clients/cli/words.h"
#include "clients/verifier/base64.h"
#include "clients/verifier/operation.h"
#include "tearline/stored/v1/command.pb.h"
#include "tearline/stored/v1/leaf.pb.h"
#include "tearline/v1/error.pb.h"

namespace tearline::cli {
namespace {

constexpr std::size_t kSaltBytes = 16;

std::string EventText(const std::string& event_id) { return "ev_" + verifier::Hex(event_id); }
std::string ObligationText(const std::string& id) { return "ob_" + verifier::Hex(id); }

std::string Rules(const google::protobuf::RepeatedPtrField<std::string>& rules) {
  std::string text;
  for (const std::string& rule : rules) text += " " + rule;
  return text;
}

std::string DecisionText(const stored::v1::DecisionDetail& decision) {
  std::string text = "decided " + Word(decision.level()) + " for " + decision.post() + " of " +
                     EventText(decision.event_id()) + "  rules" + Rules(decision.rules());
  if (decision.duty() != v1::LEVEL_UNSPECIFIED) text += "  owed " + Word(decision.duty());
  if (!decision.members().empty()) {
    text += "  members " + std::to_string(decision.members_size());
  }
  if (decision.shortfall() != 0) text += "  because " + Word(decision.shortfall());
  return text + (decision.again() ? "  (judged again)" : "");
}

/// "composite ev_… made by rule non-compliance of ev_… ev_…".
std::string CompositeText(const stored::v1::CompositeDetail& composite) {
  std::string text = "composite " + EventText(composite.event_id()) + " " +
                     Word(composite.change()) + "  by rule " + composite.rule();
  for (const std::string& id : composite.member_event_ids()) text += "  " + EventText(id);
  if (composite.reason() != v1::WITHDRAWAL_REASON_UNSPECIFIED) {
    text += "  because " + Word(composite.reason());
  }
  return text;
}

std::string DisclosureText(const stored::v1::DisclosureDetail& disclosure) {
  std::string text = "decided to " + Word(disclosure.decision()) + " to a third party, " +
                     Word(disclosure.third_party());
  for (const int matter : disclosure.matters()) {
    text += " " + Word(static_cast<v1::DisclosedMatter>(matter));
  }
  text += "  by " + disclosure.decided_by() + "  legal basis " + disclosure.legal_basis();
  return disclosure.approved_by().empty() ? text
                                          : text + "  approved by " + disclosure.approved_by();
}

std::string ConsultedText(const stored::v1::ConsultedDetail& consulted) {
  std::string text = "looked at " + Word(consulted.kind());
  if (!consulted.event_id().empty()) text += "  " + EventText(consulted.event_id());
  if (!consulted.post().empty()) text += "  for " + consulted.post();
  if (!consulted.case_id().empty()) text += "  case_" + verifier::Hex(consulted.case_id());
  if (consulted.kind() == stored::v1::CONSULTATION_KIND_LEAVES ||
      consulted.kind() == stored::v1::CONSULTATION_KIND_REPLAY) {
    text += "  " + std::to_string(consulted.first_leaf()) + " up to " +
            std::to_string(consulted.end_leaf());
  }
  if (consulted.kind() == stored::v1::CONSULTATION_KIND_RECEIPTS && consulted.end_leaf() != 0) {
    text += "  leaf " + std::to_string(consulted.first_leaf());
  }
  if (!consulted.agency().empty()) text += "  for " + consulted.agency();
  if (consulted.at_ms() != 0) text += "  as of " + TimeText(consulted.at_ms());
  if (consulted.kind() == stored::v1::CONSULTATION_KIND_THEMES) return text + "  by count";
  if (consulted.everybody()) return text + "  about everybody";
  for (const std::string& id : consulted.nominal_ids()) text += "  nom_" + verifier::Hex(id);
  return consulted.nominal_ids().empty() ? text + "  and was shown nothing" : text;
}

std::string BreakGlassText(const stored::v1::BreakGlassDetail& glass) {
  const std::string about = "brk_" + verifier::Hex(glass.break_glass_id()) + "  nom_" +
                            verifier::Hex(glass.nominal_id()) + "  by " + glass.post();
  if (!glass.reviewed_by().empty()) {
    return "break-glass reviewed " + about + "  by " + glass.reviewed_by() + "  " +
           Word(glass.finding());
  }
  return "glass broken " + about + "  " + Word(glass.reason()) + "  until " +
         TimeText(glass.until_ms());
}

std::string AmendedText(const stored::v1::AmendedDetail& amended) {
  return "amended " + EventText(amended.event_id()) + " by " + amended.amended_by() +
         (amended.has_terms() ? "  terms anew" : "") + "  tear-lines written " +
         std::to_string(amended.tear_lines()) + ", retired " +
         std::to_string(amended.retired_tear_lines_size());
}

stored::v1::Detail Fact(const std::string& salted) {
  stored::v1::Detail fact;
  if (salted.size() < kSaltBytes || !fact.ParseFromString(salted.substr(kSaltBytes))) fact.Clear();
  return fact;
}

std::string SigningKeyText(const stored::v1::SigningKeyDetail& key) {
  const bool stands = key.revoked_because() == v1::SIGNING_KEY_END_UNSPECIFIED;
  return "signing key " + ShortHex(key.key_id()) + " of " + key.agency() +
         (stands ? " enrolled until " + TimeText(key.until_ms())
                 : " revoked: " + Word(key.revoked_because()));
}

std::string BookingMovedText(const stored::v1::BookingMovedDetail& moved) {
  return "alteration: " + std::to_string(moved.events()) + " events of " + moved.agency() +
         " moved from nom_" + verifier::Hex(moved.from_id()) + " to nom_" +
         verifier::Hex(moved.to_id()) + " by " + moved.moved_by() + "  " + Word(moved.reason()) +
         "  what occurred " +
         (moved.from_ms() == 0 ? "" : "from " + TimeText(moved.from_ms()) + " ") + "until " +
         TimeText(moved.until_ms());
}

std::string AcceptedText(const stored::v1::AcceptedDetail& accepted) {
  const std::string text =
      "accepted " + EventText(accepted.event_id()) + " from " + accepted.originating_agency();
  if (accepted.signed_digest().empty()) return text + "  not signed";
  return text + "  signed by key " + ShortHex(accepted.key_id()) + ", statement " +
         ShortHex(accepted.signed_digest());
}

std::string AcceptedChangeText(const stored::v1::AcceptedChangeDetail& accepted) {
  return "accepted from " + accepted.originating_agency() + " the " +
         (accepted.withdrawn() == 0 ? "amendment" : "withdrawal") + " of " +
         EventText(accepted.event_id()) + "  signed by key " + ShortHex(accepted.key_id()) +
         ", statement " + ShortHex(accepted.signed_digest());
}

std::string ReleasedText(const stored::v1::ReleasedDetail& released) {
  std::string text = (released.again() ? "let go again to " : "let go to ") + released.feed() +
                     "  " + Word(released.lane()) + " " + std::to_string(released.sequence());
  if (!released.event_id().empty()) text += "  " + EventText(released.event_id());
  if (!released.withdrawn_event_id().empty()) {
    text += "  withdrawn " + EventText(released.withdrawn_event_id());
  }
  return text + "  " + Word(released.level());
}

}  // namespace

std::string OutcomeText(const verifier::Leaf& leaf) {
  switch (leaf.outcome) {
    case verifier::kApplied:
      return "applied";
    case verifier::kRefused:
      return "refused " + Word(static_cast<v1::ErrorReason>(leaf.reason));
    case verifier::kUnappliable:
      return "UNAPPLIABLE";
    case verifier::kAwaitsSecondHand:
      return "awaits second hand";
    default:
      return "repeated request";
  }
}

std::string FactText(const stored::v1::Detail& fact) {
  switch (fact.fact_case()) {
    case stored::v1::Detail::kActor:
      return "asked by " + fact.actor().agency() + "/" + fact.actor().member() + " as " +
             fact.actor().post() +
             (fact.actor().purpose().empty() ? "" : "  purpose " + fact.actor().purpose()) +
             (fact.actor().correlation_id().empty()
                  ? ""
                  : "  correlation " + fact.actor().correlation_id());
    case stored::v1::Detail::kPublished:
      return "published " + EventText(fact.published().event_id()) + "  " +
             fact.published().event_type() + " by " + fact.published().originating_agency();
    case stored::v1::Detail::kDecision:
      return DecisionText(fact.decision());
    case stored::v1::Detail::kReleased:
      return ReleasedText(fact.released());
    case stored::v1::Detail::kObligation:
      return "obligation " + ObligationText(fact.obligation().obligation_id()) + " " +
             Word(fact.obligation().change()) + "  " + Word(fact.obligation().type()) +
             "  debtor " + fact.obligation().debtor_post() + "  told " +
             fact.obligation().told_post() + "  due " + TimeText(fact.obligation().due_ms());
    case stored::v1::Detail::kSettled:
      return "settled " + std::to_string(fact.settled().sequences_size()) + " of " +
             fact.settled().feed() + "  " + Word(fact.settled().lane());
    case stored::v1::Detail::kRead:
      return "read by " + fact.read().reader() + " in " + fact.read().feed() + "  " +
             EventText(fact.read().event_id());
    case stored::v1::Detail::kChanged:
      return "changed " + fact.changed().what() + " " + fact.changed().name() + " " +
             fact.changed().other();
    case stored::v1::Detail::kRefusals:
      return "turned away at the door " + std::to_string(fact.refusals().count()) + " times  " +
             Word(static_cast<v1::ErrorReason>(fact.refusals().reason()));
    case stored::v1::Detail::kDisclosure:
      return DisclosureText(fact.disclosure());
    case stored::v1::Detail::kWitnesses:
      return "cosigned by " + std::to_string(fact.witnesses().answered()) + " of " +
             std::to_string(fact.witnesses().needed()) + " witnesses needed, up to " +
             std::to_string(fact.witnesses().cosigned_size()) + " leaves";
    case stored::v1::Detail::kConsulted:
      return ConsultedText(fact.consulted());
    case stored::v1::Detail::kBreakGlass:
      return BreakGlassText(fact.break_glass());
    case stored::v1::Detail::kWithdrawn:
      return "withdrawn " + EventText(fact.withdrawn().event_id()) + " by " +
             fact.withdrawn().withdrawn_by() + "  " + Word(fact.withdrawn().reason());
    case stored::v1::Detail::kAmended:
      return AmendedText(fact.amended());
    case stored::v1::Detail::kBookingMoved:
      return BookingMovedText(fact.booking_moved());
    case stored::v1::Detail::kEventMoved:
      return "moved " + EventText(fact.event_moved().event_id()) + " from nom_" +
             verifier::Hex(fact.event_moved().from_id()) + " to nom_" +
             verifier::Hex(fact.event_moved().to_id());
    case stored::v1::Detail::kComposite:
      return CompositeText(fact.composite());
    case stored::v1::Detail::kSigningKey:
      return SigningKeyText(fact.signing_key());
    case stored::v1::Detail::kAccepted:
      return AcceptedText(fact.accepted());
    case stored::v1::Detail::kAcceptedChange:
      return AcceptedChangeText(fact.accepted_change());
    case stored::v1::Detail::FACT_NOT_SET:
      break;
  }
  return "a fact this program does not know";
}

nlohmann::json FactJson(const stored::v1::Detail& fact) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  std::string text;
  const auto status = google::protobuf::util::MessageToJsonString(fact, &text, options);
  return status.ok() ? nlohmann::json::parse(text, nullptr, false) : nlohmann::json();
}

nlohmann::json OperationsJson(const verifier::Leaf& leaf,
                              const std::vector<stored::v1::Detail>& facts) {
  nlohmann::json words = nlohmann::json::array();
  for (const verifier::Operation operation : verifier::OperationsOf(leaf.kind, facts)) {
    words.push_back(std::string(verifier::NameOf(operation)));
  }
  return words;
}

nlohmann::json ReplayJson(const verifier::LeafEntry& entry) {
  const absl::StatusOr<verifier::Leaf> leaf = verifier::ReadLeaf(entry.leaf);
  if (!leaf.ok()) return {{"index", entry.index}, {"unreadable", true}};
  std::vector<stored::v1::Detail> facts;
  nlohmann::json facts_json = nlohmann::json::array();
  for (const std::string& salted : entry.details) {
    facts_json.push_back(FactJson(facts.emplace_back(Fact(salted))));
  }
  return {{"index", entry.index},
          {"time", TimeText(leaf->stamp_ms)},
          {"command", Word(static_cast<stored::v1::CommandNumber>(leaf->kind))},
          {"operations", OperationsJson(*leaf, facts)},
          {"outcome", OutcomeText(*leaf)},
          {"policy_digest", verifier::Hex(verifier::Bytes(leaf->policy_digest))},
          {"facts", facts_json}};
}

std::vector<std::string> ReplayLines(const verifier::LeafEntry& entry) {
  const absl::StatusOr<verifier::Leaf> leaf = verifier::ReadLeaf(entry.leaf);
  if (!leaf.ok()) return {std::to_string(entry.index) + "  a leaf that does not read"};
  std::vector<std::string> lines = {
      std::to_string(entry.index) + "  " + TimeText(leaf->stamp_ms) + "  " +
      Word(static_cast<stored::v1::CommandNumber>(leaf->kind)) + "  " + OutcomeText(*leaf)};
  for (const std::string& salted : entry.details) lines.push_back("    " + FactText(Fact(salted)));
  return lines;
}

}  // namespace tearline::cli
