#pragma once

#include <string>
#include <vector>

#include "tests/machine/world.h"

namespace tearline::machine {

/// The world with one person, whose panel is chaired by probation/chair, with police/panel a member
/// and education/guest a guest, who is told nothing; ct-police/accountable answers for it and must
/// read what comes. The events are ct-police/intel's.
struct EventWorld : World {
  static constexpr char kChair[] = "probation/chair";
  static constexpr char kMember[] = "police/panel";
  static constexpr char kGuest[] = "education/guest";
  static constexpr char kAccountable[] = "ct-police/accountable";
  static constexpr char kIntel[] = "ct-police/intel";
  static constexpr v1::Urgency kLane = v1::URGENCY_URGENT;

  EventWorld();

  /// Publishes one event; its id, 16 bytes.
  std::string PublishOne();
  /// The same, originator-controlled and without a tear-line: withheld from the chair, who is owed
  /// one, and from the member.
  std::string PublishControlled();

  Applied Withdraw(const std::string& event_id, v1::WithdrawalReason reason,
                   const std::string& post = kIntel);
  Applied Withdraw(const stored::v1::WithdrawEvent& command, const std::string& post = kIntel);
  Applied Amend(stored::v1::AmendEvent command, const std::string& post = kIntel);
  Applied Discharge(const std::string& obligation_id, stored::v1::DischargeMethod method,
                    const std::string& post);

  /// An amendment that writes a tear-line of OFFICIAL for all panels, at the next place.
  stored::v1::AmendEvent Writing(const std::string& event_id) const;
  /// One that lifts the originator's control, or puts it on.
  static stored::v1::AmendEvent Controlling(const std::string& event_id, bool controlled);

  stored::v1::EventRow RowOf(const std::string& event_id) const;
  /// What lies let go in a post's inbox, in words: "event full", "event tear-line supersedes 1",
  /// "withdrawn 1", "obligation read".
  std::vector<std::string> Inbox(const std::string& post) const;
  /// Ids of open obligations of a type, by debtor.
  std::map<std::string, std::string> Open(v1::ObligationType type) const;

  std::string nominal;
  std::string case_id;
};

}  // namespace tearline::machine
