#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "broker/model/identifier.h"
#include "broker/model/ids.h"
#include "broker/model/utf8.h"
#include "broker/status/invariant.h"
#include "tests/fuzz/refusal.h"

namespace {

using namespace tearline;

template <typename Id>
void TryId(const std::string& text) {
  const Result<Id> id = Id::Parse(text);
  if (!id.ok()) return fuzz::ExpectGoodRefusal(id.status(), text);
  TEARLINE_INVARIANT(id->Text() == text, "that an id has one form");
}

/// What is canonical is given back as it is: at most it is remarked that it is odd.
bool IsAsItWas(const model::CanonicalIdentifier& once, const model::CanonicalIdentifier& again) {
  return again.verified && again.canonical == once.canonical &&
         std::all_of(again.notes.begin(), again.notes.end(), [](v1::IdentifierNote note) {
           return note == v1::IDENTIFIER_NOTE_TWO_LETTERS;
         });
}

}  // namespace

/// Whatever stands for a person: the first byte says of which type. What verifies is canonical
/// already when given again, in any later year; what does not keeps a form that stays as it is.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  if (size == 0) return 0;
  const auto type = static_cast<v1::IdentifierType>(bytes[0] % v1::IdentifierType_ARRAYSIZE);
  const std::string raw(reinterpret_cast<const char*>(bytes) + 1, size - 1);
  const model::CanonicalIdentifier once = model::Canonicalise(type, raw, 2026);
  const model::CanonicalIdentifier again = model::Canonicalise(type, once.canonical, 2077);
  TEARLINE_INVARIANT(!once.verified || IsAsItWas(once, again), "that what verified is canonical");
  TEARLINE_INVARIANT(again.canonical == model::Canonicalise(type, again.canonical, 2026).canonical,
                     "that a canonical form comes to rest");
  TEARLINE_INVARIANT(!model::IsUtf8(raw) || model::IsUtf8(once.canonical),
                     "that what was text is text still");
  TryId<model::NominalId>(raw);
  TryId<model::EventId>(raw);
  return 0;
}
