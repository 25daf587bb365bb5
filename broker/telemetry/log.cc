#include "broker/telemetry/log.h"

#include <chrono>
#include <cstdio>

#include "broker/status/invariant.h"
#include "broker/status/status.h"

namespace tearline::telemetry {
namespace {

struct Wording {
  const char* severity;
  const char* name;
};

Wording WordingOf(Event event) {
  switch (event) {
    case Event::kStarting:
      return {"info", "starting"};
    case Event::kServing:
      return {"info", "serving"};
    case Event::kStopping:
      return {"info", "stopping"};
    case Event::kStopped:
      return {"info", "stopped"};
    case Event::kLedgerOpened:
      return {"info", "ledger_opened"};
    case Event::kLedgerFailed:
      return {"error", "ledger_failed"};
    case Event::kHeadFileMissing:
      return {"warning", "head_file_missing"};
    case Event::kHeadFileDamaged:
      return {"warning", "head_file_damaged"};
    case Event::kStateReshaped:
      return {"info", "state_reshaped"};
    case Event::kReplaying:
      return {"info", "replaying"};
    case Event::kReplayed:
      return {"info", "replayed"};
    case Event::kGenesisApplied:
      return {"info", "genesis_applied"};
    case Event::kClockParted:
      return {"error", "clock_parted"};
    case Event::kRecordUnappliable:
      return {"error", "record_unappliable"};
    case Event::kCheckpointSigned:
      return {"info", "checkpoint_signed"};
    case Event::kCheckpointFailed:
      return {"error", "checkpoint_failed"};
    case Event::kStorageFailed:
      return {"error", "storage_failed"};
    case Event::kKeyMissing:
      return {"error", "key_missing"};
    case Event::kKeysDestroyed:
      return {"info", "keys_destroyed"};
    case Event::kLooseKeysLeft:
      return {"warning", "loose_keys_left"};
    case Event::kQueueFull:
      return {"warning", "queue_full"};
    case Event::kConnectionRefused:
      return {"warning", "connection_refused"};
    case Event::kRefusalsLost:
      return {"warning", "refusals_lost"};
    case Event::kSessionOpened:
      return {"info", "session_opened"};
    case Event::kSessionClosed:
      return {"info", "session_closed"};
    case Event::kContentUnreadable:
      return {"error", "content_unreadable"};
    case Event::kCredentialsRead:
      return {"info", "credentials_read"};
    case Event::kHealthChanged:
      return {"warning", "health_changed"};
    case Event::kCredentialsKept:
      return {"error", "credentials_kept"};
    case Event::kWitnessCosigns:
      return {"info", "witness_cosigns"};
    case Event::kWitnessSilent:
      return {"warning", "witness_silent"};
    case Event::kWitnessContradicts:
      return {"error", "witness_contradicts"};
  }
  BreakInvariant(__FILE__, __LINE__, "an event is one of the list");
}

const char* NameOf(Field field) {
  switch (field) {
    case Field::kPosition:
      return "position";
    case Field::kTerm:
      return "term";
    case Field::kRecords:
      return "records";
    case Field::kCount:
      return "count";
    case Field::kBytes:
      return "bytes";
    case Field::kDurationMs:
      return "duration_ms";
    case Field::kApartMs:
      return "apart_ms";
    case Field::kPort:
      return "port";
    case Field::kTreeSize:
      return "tree_size";
    case Field::kCommand:
      return "command";
    case Field::kReason:
      return "reason";
  }
  BreakInvariant(__FILE__, __LINE__, "a field is one of the list");
}

std::string Quoted(const std::string& word) { return '"' + word + '"'; }

}  // namespace

LogLine::LogLine(Event event) {
  const Wording wording = WordingOf(event);
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto now_ms = std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
  line_ = "{\"severity\":" + Quoted(wording.severity) + ",\"event\":" + Quoted(wording.name) +
          ",\"time_ms\":" + std::to_string(now_ms);
}

LogLine::~LogLine() {
  line_ += "}\n";
  // One call, and stderr is unbuffered: one write. A log that cannot be written is no reason to
  // stop.
  static_cast<void>(std::fwrite(line_.data(), 1, line_.size(), stderr));
}

LogLine& LogLine::With(Field field, v1::ErrorReason reason) {
  // A number that is not of the vocabulary has no name, and is said as none.
  return Append(field, Quoted(v1::ErrorReason_IsValid(reason) ? ReasonName(reason) : "UNKNOWN"));
}

LogLine& LogLine::Append(Field field, const std::string& json) {
  line_ += ',' + Quoted(NameOf(field)) + ':' + json;
  return *this;
}

}  // namespace tearline::telemetry
