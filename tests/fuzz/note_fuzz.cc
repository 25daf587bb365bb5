#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "broker/audit/checkpoint.h"
#include "broker/audit/note.h"
#include "broker/status/invariant.h"

/// Whatever is handed over as a checkpoint: a body that reads is written back in the same bytes up
/// to its extension lines, and nothing opens as a note that the key did not sign.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view view(reinterpret_cast<const char*>(bytes), size);
  if (const auto checkpoint = tearline::audit::ParseNoteBody(view); checkpoint.ok()) {
    TEARLINE_INVARIANT(view.starts_with(tearline::audit::NoteBody(*checkpoint)),
                       "a checkpoint has one form");
  }
  static const std::string key =
      tearline::crypto::MakeSignerFromSeed(std::string(32, '\7'))->PublicKey();
  TEARLINE_INVARIANT(!tearline::audit::OpenNote(view, "log", key).ok(),
                     "nobody else holds the key");
  return 0;
}
