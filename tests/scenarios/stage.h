#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tearline/stored/v1/command.pb.h"
#include "tests/scenarios/player.h"
#include "tests/scenarios/scenario.h"

namespace tearline::scenarios {

/// Has a player play a story line by line, and holds what it expects against what was decided, let
/// go and owed. tests/scenarios/README.md tells the words. What does not come out as written is in
/// `complaints`, by line; a word that is not understood throws.
class Stage {
 public:
  /// Who keeps the records of people, who runs the broker and who looks at what it did: of no
  /// agency in the story, so that one hand is enough.
  static constexpr char kClerk[] = "desk/coordinator";
  static constexpr char kOperator[] = "desk/operator";
  static constexpr char kAuditor[] = "desk/auditor";

  /// Requires: the player outlives the stage.
  explicit Stage(Player& player) : player_(player) {}

  void Play(const Line& line);

  /// What was only in memory is lost. Nothing before the first line that is not of the directory.
  void Crash();

  /// All that those in the story can read by now, with the story's names for ids and times counted
  /// from its beginning: what was decided of each event, what each post holds, what is owed, what
  /// was asked and answered.
  std::string Told();

  std::vector<std::string> complaints;

 private:
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
  void Commission(const Line& line);
  void Propose(const Line& line);
  void Answer(const Line& line);
  void Asked(const Line& line);

  // stage_composite.cc
  void Composite(const Line& line);

  // stage_requests.cc
  void Ask(const Line& line);
  void Reply(const Line& line);
  void Request(const Line& line);
  void Plan(const Line& line);
  void Held(const Line& line);
  void Minutes(const Line& line);

  // stage_audit.cc
  void Moment(const Line& line);
  void Knew(const Line& line);
  void NotTold(const Line& line);
  void PastReview(const Line& line);
  void Meanwhile(const Line& line);
  void Proved(const Line& line);
  std::string NameOfText(const std::string& event_id) const;

  // stage_work.cc
  void Action(const Line& line);
  void Done(const Line& line);
  void Level(const Line& line);
  void Exit(const Line& line);
  void Owes(const Line& line);
  template <typename Command>
  void ReadOverrides(const Line& line, Command& command) const;
  /// As it must be, or refused for the reason the line gives.
  void Expected(const Said& said, const Line& line);
  void Supervise(const Line& line);
  void Holder(const Line& line);
  void Suspend(const Line& line);
  void Away(const Line& line);
  void HandedOver(const Line& line);
  void TakeOver(const Line& line);

  void Begin();
  void Must(const Said& said, const Line& line);
  void Complain(const Line& line, const std::string& what);
  std::optional<stored::v1::DecisionDetail> DecisionOf(const std::string& event,
                                                       const std::string& post);
  std::string NameOf(const std::string& event_id) const;
  /// Whoever pulls a post's feed: its system; its holder, if it has none.
  stored::v1::Actor ListenerOf(const std::string& post) const;
  stored::v1::Actor PersonOf(const std::string& post) const;
  /// What was delivered is what was decided, and no more.
  void CheckWords(const HeldItem& held, const std::string& post, const Line& line);
  /// The hand-over that waits for a post, and its id.
  std::optional<std::pair<std::string, stored::v1::ObligationRow>> HandOverOf(
      const std::string& post);
  /// How often a post was told of an obligation, and has not settled it.
  std::size_t TimesTold(const std::string& post, const std::string& obligation_id);

  Player& player_;
  stored::v1::Genesis genesis_;
  bool begun_ = false;
  std::int64_t began_ms_ = 0;
  std::map<std::string, v1::Post> posts_;              ///< By name: as the directory has it now.
  std::map<std::string, std::int64_t> away_until_ms_;  ///< By post.
  std::map<std::string, std::string> nominals_;        ///< By name: id, 16 bytes.
  std::map<std::string, std::string> cases_;           ///< By nominal's name: case id, 16 bytes.
  std::map<std::string, std::string> events_;          ///< By name: event id, 16 bytes.
  /// By name: case id and action id, 16 bytes each.
  std::map<std::string, std::pair<std::string, std::string>> actions_;
  /// By name: case id and proposal id, 16 bytes each.
  std::map<std::string, std::pair<std::string, std::string>> proposals_;
  std::map<std::string, std::int64_t> moments_;  ///< By name, in the broker's time.
  std::map<std::string, std::string> requests_;  ///< By name: request id, 16 bytes.
  /// By name: case id and meeting id, 16 bytes each.
  std::map<std::string, std::pair<std::string, std::string>> meetings_;
};

}  // namespace tearline::scenarios
