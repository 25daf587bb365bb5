#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "broker/audit/checkpoint.h"
#include "broker/audit/note.h"
#include "broker/status/invariant.h"
#include "clients/verifier/note.h"
#include "tests/fuzz/refusal.h"

namespace {

using namespace tearline;

/// Broker and verifier share no code: they must read the same checkpoint in the same text.
void ExpectReadAlike(std::string_view text) {
  const auto ours = audit::ParseNoteBody(text);
  const auto theirs = verifier::ReadCheckpoint(text);
  TEARLINE_INVARIANT(ours.ok() == theirs.ok(), "that both read a checkpoint or neither does");
  if (!ours.ok()) {
    fuzz::ExpectGoodRefusal(ours.status(), text);
    fuzz::ExpectQuotesNothing(SentenceOf(theirs.status()), text);
    return;
  }
  TEARLINE_INVARIANT(text.starts_with(audit::NoteBody(*ours)), "that a checkpoint has one form");
  TEARLINE_INVARIANT(ours->origin == theirs->origin && ours->tree_size == theirs->tree_size &&
                         ours->root.View() == verifier::Bytes(theirs->root),
                     "that both read the same checkpoint");
}

}  // namespace

/// Whatever is handed over as a checkpoint: it has one form, both readers read it alike, and
/// nothing opens as a note that the key did not sign.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view view(reinterpret_cast<const char*>(bytes), size);
  ExpectReadAlike(view);
  static const std::string key = crypto::MakeSignerFromSeed(std::string(32, '\7'))->PublicKey();
  fuzz::ExpectGoodRefusal(audit::OpenNote(view, "log", key).status(), view);
  static const auto known = verifier::ReadVerifierKey(audit::VerifierKey("log", key));
  const auto opened = verifier::OpenCheckpoint(view, *known);
  TEARLINE_INVARIANT(!opened.ok(), "that nobody else holds the key");
  fuzz::ExpectQuotesNothing(SentenceOf(opened.status()), view);
  if (const auto read = verifier::ReadVerifierKey(view); read.ok()) {
    TEARLINE_INVARIANT(verifier::Text(*read) == view, "that a verifier key has one form");
  } else {
    fuzz::ExpectQuotesNothing(SentenceOf(read.status()), view);
  }
  return 0;
}
