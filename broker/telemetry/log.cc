#include "broker/telemetry/log.h"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdio>

#include "broker/status/invariant.h"
#include "broker/status/status.h"

namespace tearline::telemetry {
namespace {

struct Wording {
  Event event;
  const char* severity;
  const char* name;
};

/// In the order of the list, so that an event is found by its number.
constexpr std::array kWordings = {
    Wording{Event::kStarting, "info", "starting"},
    Wording{Event::kServing, "info", "serving"},
    Wording{Event::kStopping, "info", "stopping"},
    Wording{Event::kStopped, "info", "stopped"},
    Wording{Event::kLedgerOpened, "info", "ledger_opened"},
    Wording{Event::kLedgerFailed, "error", "ledger_failed"},
    Wording{Event::kHeadFileMissing, "warning", "head_file_missing"},
    Wording{Event::kHeadFileDamaged, "warning", "head_file_damaged"},
    Wording{Event::kManifestCut, "warning", "manifest_cut"},
    Wording{Event::kStateReshaped, "info", "state_reshaped"},
    Wording{Event::kReplaying, "info", "replaying"},
    Wording{Event::kReplayed, "info", "replayed"},
    Wording{Event::kGenesisApplied, "info", "genesis_applied"},
    Wording{Event::kClockParted, "error", "clock_parted"},
    Wording{Event::kRecordUnappliable, "error", "record_unappliable"},
    Wording{Event::kCheckpointSigned, "info", "checkpoint_signed"},
    Wording{Event::kCheckpointFailed, "error", "checkpoint_failed"},
    Wording{Event::kStorageFailed, "error", "storage_failed"},
    Wording{Event::kKeyMissing, "error", "key_missing"},
    Wording{Event::kKeysDestroyed, "info", "keys_destroyed"},
    Wording{Event::kLooseKeysLeft, "warning", "loose_keys_left"},
    Wording{Event::kQueueFull, "warning", "queue_full"},
    Wording{Event::kConnectionRefused, "warning", "connection_refused"},
    Wording{Event::kRefusalsLost, "warning", "refusals_lost"},
    Wording{Event::kSessionOpened, "info", "session_opened"},
    Wording{Event::kSessionClosed, "info", "session_closed"},
    Wording{Event::kContentUnreadable, "error", "content_unreadable"},
    Wording{Event::kCredentialsRead, "info", "credentials_read"},
    Wording{Event::kHealthChanged, "warning", "health_changed"},
    Wording{Event::kCredentialsKept, "error", "credentials_kept"},
    Wording{Event::kWitnessCosigns, "info", "witness_cosigns"},
    Wording{Event::kWitnessSilent, "warning", "witness_silent"},
    Wording{Event::kWitnessContradicts, "error", "witness_contradicts"},
    Wording{Event::kWitnessForgot, "error", "witness_forgot"},
};

consteval bool EveryEventHasItsPlace() {
  for (std::size_t i = 0; i < kWordings.size(); ++i) {
    if (kWordings[i].event != static_cast<Event>(i)) return false;
  }
  return kWordings.back().event == Event::kWitnessForgot;
}
static_assert(EveryEventHasItsPlace());

const Wording& WordingOf(Event event) {
  const auto place = static_cast<std::size_t>(event);
  TEARLINE_INVARIANT(place < kWordings.size(), "an event is one of the list");
  return kWordings[place];
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
