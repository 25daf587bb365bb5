#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tearline/v1/case.pb.h"
#include "tearline/v1/publisher_service.pb.h"
#include "tests/simulation/town.h"

namespace tearline::simulation {

/// What somebody can want.
enum class Deed {
  kGenesis,
  kPublish,
  kRegister,
  kLink,
  kOpenCase,
  kSeat,
  kLeave,
  kNameAccountable,
  kSuspend,
  kLift,
  kSetHolder,
  kPropose,
  kApprove,
  kSimulate,
  kSecondHand,
  kOpenSession,
  kCloseSession,
  kAcknowledge,
  kRetry,
  kPark,
  kRead,
  kDischarge,
  kConfirmClock,
  kLookAgain,
};

/// What somebody wanted, in plain words: as the simulation chose it and the oracle understands it.
/// The oracle never reads a command's bytes.
struct Intent {
  Deed deed = Deed::kPublish;
  std::string post;  ///< Who, and how.
  As as = As::kSystem;

  v1::PublishItem item;             ///< kPublish.
  std::vector<std::size_t> people;  ///< kPublish, kRegister, kLink: numbers of identifiers.
  bool secret = false;              ///< kPublish: carries SOURCE_IDENTITY.

  std::string nominal;     ///< Text form.
  std::string case_id;     ///< Text form.
  std::string other_post;  ///< Who is seated, named, answerable, held anew.
  v1::SeatKind seat = v1::SEAT_KIND_UNSPECIFIED;
  std::string agency;       ///< kSuspend, kLift.
  std::string member;       ///< "" for the whole agency.
  As holder = As::kHolder;  ///< kSetHolder.
  std::size_t edition = 0;  ///< kPropose, kApprove, kSimulate.
  std::size_t against = 0;  ///< kSimulate: the edition thought to be in force.
  std::string id;           ///< Pending command, session or obligation, in text form.
  v1::Urgency lane = v1::URGENCY_UNSPECIFIED;
  std::vector<std::uint64_t> numbers;  ///< kAcknowledge, kRetry, kPark, kRead.
  std::uint32_t amount = 0;            ///< kOpenSession: the window; kRetry: ms; kDischarge: how.
};

[[nodiscard]] const char* NameOf(Deed deed);

}  // namespace tearline::simulation
