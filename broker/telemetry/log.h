#pragma once

#include <concepts>
#include <cstdint>
#include <string>

#include "tearline/v1/error.pb.h"

namespace tearline::telemetry {

/// What may be said. The names and weights are in log.cc.
enum class Event : std::uint8_t {
  kStarting,
  kServing,
  kStopping,
  kStopped,
  kLedgerOpened,
  kLedgerFailed,     ///< A write to the ledger failed: it takes no more.
  kHeadFileMissing,  ///< The ledger has records but no head file: a lost tail cannot be noticed.
  kHeadFileDamaged,  ///< The head file does not read: a lost tail cannot be noticed.
  kManifestCut,      ///< After lost power: RocksDB's notes (bytes) that never were synced are gone.
  kStateReshaped,    ///< Another build's rows: the state is emptied and rebuilt from the ledger.
  kReplaying,
  kReplayed,
  kGenesisApplied,
  kClockParted,
  kRecordUnappliable,
  kCheckpointSigned,
  kCheckpointFailed,
  kStorageFailed,
  kKeyMissing,  ///< The vault lacks a subject key that nobody erased: damage, or an old copy.
  kKeysDestroyed,
  kLooseKeysLeft,  ///< Keys the state does not know, and that are not destroyed: look at the vault.
  kQueueFull,
  kConnectionRefused,
  kRefusalsLost,  ///< Refusals of authority could not be recorded before the stop.
  kSessionOpened,
  kSessionClosed,
  kContentUnreadable,  ///< An item's content did not open: set aside until the feed's next session.
  kCredentialsRead,    ///< Certificates and revocation lists were read again and are in force.
  kHealthChanged,      ///< How many parts do not stand: 0 is well.
  kCredentialsKept,    ///< They were refused: those before stand.
  kWitnessCosigns,     ///< A witness (count: its place in the configuration) cosigns again.
  kWitnessSilent,      ///< It does not.
  kWitnessContradicts,  ///< It has cosigned what this log does not continue: cut or rewritten.
  kWitnessForgot,       ///< It states less than it had cosigned: its memory was lost.
};

/// What may be said about it. Units last in the name.
enum class Field : std::uint8_t {
  kPosition,
  kTerm,
  kRecords,
  kCount,
  kBytes,
  kDurationMs,
  kApartMs,
  kPort,
  kTreeSize,
  kCommand,  ///< stored.v1.CommandNumber.
  kReason,   ///< v1.ErrorReason, by name.
};

/// One line on its way: written, whole and in one piece, when it goes out of scope.
class LogLine {
 public:
  explicit LogLine(Event event);
  ~LogLine();
  LogLine(const LogLine&) = delete;
  LogLine& operator=(const LogLine&) = delete;

  template <std::integral Number>
  LogLine& With(Field field, Number number) {
    return Append(field, std::to_string(number));
  }
  LogLine& With(Field field, v1::ErrorReason reason);

 private:
  LogLine& Append(Field field, const std::string& json);

  std::string line_;
};

/// Says `event` as one JSON line on stderr: severity, event, time_ms, then the fields as given:
///     Log(Event::kLedgerOpened).With(Field::kPosition, 5);
///
/// Threads: any; lines never mix.
inline LogLine Log(Event event) { return LogLine(event); }

}  // namespace tearline::telemetry
