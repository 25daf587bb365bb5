#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tearline/stored/v1/command.pb.h"
#include "tests/machine/world.h"
#include "tests/scenarios/scenario.h"

namespace tearline::scenarios {

/// Plays a story line by line on the machine, and holds what it expects against what was decided,
/// let go and owed. tests/scenarios/README.md tells the words. What does not come out as written is
/// in `complaints`, by line; a word that is not understood throws.
class Stage {
 public:
  void Play(const Line& line);

  /// What was only in memory is lost. Nothing before the first line that is not of the directory.
  void Crash();

  /// State digest and audit root, as they are now.
  std::string Ending() const;

  std::vector<std::string> complaints;

 private:
  /// Who keeps the records of people: of no agency in the story, so that one hand is enough.
  static constexpr char kClerk[] = "desk/coordinator";
  static constexpr char kOperator[] = "desk/operator";

  using Play1 = void (Stage::*)(const Line& line);

  void Policy(const Line& line);
  void Agency(const Line& line);
  void Post(const Line& line);
  void Nominal(const Line& line);
  void Case(const Line& line);
  void Seat(const Line& line);
  void Glass(const Line& line);
  void Merge(const Line& line);
  void Part(const Line& line);
  void MoveBooking(const Line& line);
  void OwedAbout(const Line& line);
  void Function(const Line& line);
  void Publish(const Line& line);
  void Expect(const Line& line);
  void Inbox(const Line& line);
  void Owed(const Line& line);
  void Pass(const Line& line);
  void Read(const Line& line);
  void Withdraw(const Line& line);
  void Amend(const Line& line);
  void Discharge(const Line& line);
  void Propose(const Line& line);
  void Answer(const Line& line);
  void Asked(const Line& line);

  // stage_requests.cc
  void Ask(const Line& line);
  void Reply(const Line& line);
  void Request(const Line& line);
  void Plan(const Line& line);
  void Held(const Line& line);
  void Minutes(const Line& line);

  // stage_work.cc
  void Action(const Line& line);
  void Done(const Line& line);
  void Level(const Line& line);
  void Exit(const Line& line);
  void Owes(const Line& line);
  template <typename Command>
  void ReadOverrides(const Line& line, Command& command) const;
  /// As it must be, or refused for the reason the line gives.
  void Expected(const machine::Applied& applied, const Line& line);
  void Supervise(const Line& line);
  void Holder(const Line& line);
  void Suspend(const Line& line);
  void Away(const Line& line);
  void HandedOver(const Line& line);
  void TakeOver(const Line& line);

  void Begin();
  void Must(const machine::Applied& applied, const Line& line);
  void Complain(const Line& line, const std::string& what);
  std::optional<stored::v1::DecisionDetail> DecisionOf(const std::string& event,
                                                       const std::string& post) const;
  std::string NameOf(const std::string& event_id) const;
  void ListenTo(const std::string& post);
  /// How often a post was told of an obligation, and has not settled it.
  std::size_t TimesTold(const std::string& post, const std::string& obligation_id);

  stored::v1::Genesis genesis_;
  std::unique_ptr<machine::World> world_;
  std::map<std::string, std::string> nominals_;  ///< By name: id, 16 bytes.
  std::map<std::string, std::string> cases_;     ///< By nominal's name: case id, 16 bytes.
  std::map<std::string, std::string> events_;    ///< By name: event id, 16 bytes.
  /// By name: case id and action id, 16 bytes each.
  std::map<std::string, std::pair<std::string, std::string>> actions_;
  /// By name: case id and proposal id, 16 bytes each.
  std::map<std::string, std::pair<std::string, std::string>> proposals_;
  std::map<std::string, std::string> requests_;  ///< By name: request id, 16 bytes.
  /// By name: case id and meeting id, 16 bytes each.
  std::map<std::string, std::pair<std::string, std::string>> meetings_;
  std::set<std::string> listening_;  ///< Posts with an open session.
};

}  // namespace tearline::scenarios
