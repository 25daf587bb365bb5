#pragma once

#include <google/protobuf/message.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "tearline/stored/v1/command.pb.h"
#include "tearline/stored/v1/leaf.pb.h"
#include "tearline/stored/v1/row.pb.h"
#include "tearline/v1/error.pb.h"

namespace tearline::scenarios {

/// What became of something that was said.
struct Said {
  bool done = true;                                       ///< It took effect.
  v1::ErrorReason reason = v1::ERROR_REASON_UNSPECIFIED;  ///< If it was refused.
  std::string sentence;                                   ///< What would be right.
  std::string made_id;                                    ///< In text form; "" if none was made.
};

/// One item of a post's inbox, as the post has it.
struct HeldItem {
  v1::Urgency lane = v1::URGENCY_UNSPECIFIED;
  std::uint64_t sequence = 0;
  stored::v1::ItemRow item;  ///< Kind, event, level, superseding, obligation; nothing else.
  /// What was delivered of the event, "segment 0, segment 2" or "tear-line 1"; "" where a player
  /// delivers no content.
  std::string words;
};

/// Who plays a story: says for its agencies what they say, and asks what they may ask. There are
/// two. One plays on the machine alone, in process (machine_player.h); the other on the shipped
/// broker, over mutual TLS (tests/end_to_end/wire_player.h). Time stands still but for Pass.
///
/// What is said is the command as a record holds it, without what preparing adds to it: event ids,
/// sealed texts, places of tear-lines. What is asked is answered in the state's rows; of each, what
/// a practitioner or an auditor is shown.
class Player {
 public:
  virtual ~Player() = default;

  /// Under this directory and policy. Once, before anything else.
  virtual void Begin(const stored::v1::Genesis& genesis) = 0;

  /// The broker's time, in milliseconds.
  virtual std::int64_t NowMs() const = 0;
  /// Time passes, and all that is due then is done.
  virtual void Pass(std::int64_t milliseconds) = 0;
  /// Whatever was only in memory is lost.
  virtual void Crash() = 0;

  /// Somebody says a command. An event about whom has `nominal_id`s; its segments and tear-lines
  /// have everything but content.
  virtual Said Say(const stored::v1::Actor& actor, stored::v1::CommandNumber number,
                   const google::protobuf::Message& command) = 0;

  /// All that the audit log holds, oldest first.
  virtual const std::vector<stored::v1::Detail>& Log() = 0;
  /// What a post's inbox has let go, the fastest lane first, each in its order; asked for by
  /// whoever acts for the post. What was taken back is not among it; that it was, is.
  virtual std::vector<HeldItem> HeldBy(const stored::v1::Actor& actor) = 0;
  /// What is owed, by id, 16 bytes.
  virtual std::map<std::string, stored::v1::ObligationRow> OpenObligations() = 0;
  /// Of a case, both ids 16 bytes.
  virtual stored::v1::ProposalRow Proposal(const std::string& case_id,
                                           const std::string& proposal_id) = 0;
  /// By its id, 16 bytes.
  virtual stored::v1::InformationRequestRow InformationRequest(const std::string& request_id) = 0;

  /// An auditor asks: `question` and `answer` are a request and the response of v1.AuditService.
  /// False where there is no door to ask at.
  virtual bool Ask(google::protobuf::Message& /*question*/, google::protobuf::Message& /*answer*/) {
    return false;
  }
  /// An auditor fetches what proves what was done with an event, and has it verified without the
  /// broker: what does not hold, "" if all does.
  virtual std::string Prove(const std::string& /*event_id*/) { return ""; }
};

}  // namespace tearline::scenarios
