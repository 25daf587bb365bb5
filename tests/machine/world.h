#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "broker/ledger/record.h"
#include "broker/machine/machine.h"
#include "tearline/stored/v1/command.pb.h"
#include "tearline/stored/v1/leaf.pb.h"
#include "tearline/stored/v1/row.pb.h"
#include "tests/doubles/memory_state.h"

namespace tearline::machine {

/// A genesis without agencies under a policy; and what is added to one. A post NAME comes with the
/// person NAME-holder, the person NAME-deputy and the service NAME-system.
[[nodiscard]] stored::v1::Genesis GenesisUnder(const std::string& policy_text);
void AddAgency(const std::string& name, v1::AgencyKind kind, stored::v1::Genesis& genesis);
void AddPost(v1::Post post, stored::v1::Genesis& genesis);

/// A small world in which commands are said one by one and applied at once: records are made as the
/// writer makes them, with seeds counted up, and kept so that they can be replayed.
///
/// The directory: probation (chair, supervisor, coordinator), police (panel, coordinator),
/// ct-police (intel, accountable), prison (security), education (guest), board (board,
/// operator), desk (operator, author, governance). Every post NAME is held by the person
/// NAME-holder, deputised by NAME-deputy and served by the service NAME-system.
class World {
 public:
  /// Begins with genesis.
  World();

  /// What most policies of these tests begin with: panels may see all (G1), but of what its
  /// originator controls the tear-line (Q1); the accountable officer must read all (D1), the chair
  /// be told at least the tear-line (D2).
  static std::string PanelRules();
  explicit World(const stored::v1::Genesis& genesis);

  /// What was only in memory is lost, and made again from the records.
  void Crash();

  /// The next record's stamp; passes only when told.
  std::int64_t now_ms = 1'800'000'000'000;

  /// The version the next record is written under; the newest unless told otherwise.
  std::uint16_t behaviour_version = kBehaviourVersion;

  /// Puts a policy into force by two records of the version before policies were held to tests and
  /// simulations: what they say stands for ever.
  void PutInForce(const std::string& policy_text);
  /// Notes a simulation of a candidate against the policy in force, said by desk/author.
  Applied NoteSimulation(const std::string& policy_text, std::uint64_t raises = 0,
                         const std::string& report = "report");

  /// Someone who acts for a post: its system, or its holder.
  static stored::v1::Actor System(const std::string& post);
  static stored::v1::Actor Holder(const std::string& post);
  static stored::v1::Actor Broker();

  /// Says a command: one record, applied and committed.
  Applied Say(const stored::v1::Actor& actor, stored::v1::CommandNumber number,
              const std::string& command_bytes, std::uint16_t segments = 0);
  template <typename Command>
  requires std::is_base_of_v<google::protobuf::Message, Command> Applied
  Say(const stored::v1::Actor& actor, stored::v1::CommandNumber number, const Command& command) {
    return Say(actor, number, command.SerializeAsString());
  }

  /// An identifier nobody else has, by a number of the test's choice.
  static stored::v1::StoredIdentifier Number(int number);

  /// Registers a nominal under Number(number); its id, 16 bytes.
  std::string Register(int number);
  /// Two nominals, 16 bytes each, become one person: by police/coordinator, and by
  /// probation/coordinator's hand where that takes two.
  Applied Merge(const std::string& removed_id, const std::string& surviving_id);

  /// Opens a case of category 4, level 3, led by probation, with the given seats; its id, 16 bytes.
  /// Said by the police coordinator, so that no second hand is needed for probation's seats.
  std::string OpenCase(const std::string& nominal_id,
                       const std::vector<std::pair<std::string, v1::SeatKind>>& seats,
                       const std::string& accountable_post = "");

  /// An event of the ct-police intelligence post about `nominal_id`: OFFICIAL-SENSITIVE, urgent,
  /// one segment. The request id is fresh unless set.
  stored::v1::Publish Event(const std::string& nominal_id) const;
  /// The id an event has if it is the next record.
  std::string NextEventId() const;
  Applied Publish(const stored::v1::Publish& event, const std::string& post = "ct-police/intel");

  /// Opens a session on a feed, by its post; its id, 16 bytes.
  std::string OpenSession(const std::string& feed, std::uint32_t window_messages = 100);
  Applied Acknowledge(const std::string& feed, const std::string& session_id, v1::Urgency lane,
                      const std::vector<std::uint64_t>& sequences);
  /// Time passes, and what is due fires.
  Applied PassAndPulse(std::int64_t milliseconds);

  /// What has been let go to a feed in a lane and not been settled, by number.
  std::map<std::uint64_t, stored::v1::ItemRow> Released(const std::string& feed,
                                                        v1::Urgency lane) const;
  std::size_t Waiting(const std::string& feed, v1::Urgency lane) const;

  /// How many identifiers a member has asked about in this hour.
  std::uint32_t Resolved(const stored::v1::Actor& actor) const;

  /// The details of the newest leaf.
  std::vector<stored::v1::Detail> Details() const { return Details(records.size()); }
  std::vector<stored::v1::Detail> Details(model::Position position) const;
  /// The decision for a post in the newest leaf.
  std::optional<stored::v1::DecisionDetail> DecisionFor(const std::string& post) const;

  /// Open obligations, by id.
  std::map<std::string, stored::v1::ObligationRow> OpenObligations() const;

  std::vector<ledger::StoredHeader> records;
  doubles::MemoryState state;
  Machine machine;
};

/// Applies records to an empty state.
doubles::MemoryState Replay(const std::vector<ledger::StoredHeader>& records);

}  // namespace tearline::machine
