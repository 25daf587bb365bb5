#pragma once

#include <cstdint>
#include <string>

#include "broker/model/ids.h"
#include "broker/sequencer/workbench.h"
#include "broker/status/status.h"
#include "broker/vault/envelope.h"
#include "tearline/stored/v1/command.pb.h"
#include "tearline/v1/nominal.pb.h"

namespace tearline::sequencer {

/// An identifier as it will be recorded, and as it was said.
struct IndexedIdentifier {
  stored::v1::StoredIdentifier stored;  ///< All but what is sealed.
  stored::v1::PlainIdentifier plain;
};

/// Canonicalises `identifier` in the year of the bench's time and turns it into its index HMAC. One
/// of IDENTIFIER_TYPE_OTHER is scoped by `agency`: its canonical form is "AGENCY/VALUE". `path`
/// names the field in a refusal; the number is never quoted.
///
/// Refuses: FIELD_INVALID       the type is not known;
///          LIMIT_PASSED        the value is over kIdentifierBytesMax;
///          TIME_INVALID        its validity is not of the years 1900 to 9999, or ends before it
///                              begins;
///          IDENTIFIER_INVALID  nothing is left of the value without its blanks.
/// Threads: any.
[[nodiscard]] Result<IndexedIdentifier> IndexIdentifier(const v1::Identifier& identifier,
                                                        const std::string& agency,
                                                        const std::string& path,
                                                        const Workbench& bench);

/// The same of a number that is only asked about: it says nothing of how it was read, or for when.
[[nodiscard]] Result<stored::v1::StoredIdentifier> IndexQuestion(const v1::Identifier& identifier,
                                                                 const std::string& agency,
                                                                 const std::string& path,
                                                                 const Workbench& bench);

/// Where a number lies sealed. It belongs to its own index: the owner of the place is the index's
/// first 16 bytes, its number the identifier's type, so that it opens wherever the row went.
[[nodiscard]] vault::Place PlaceOfIdentifier(const model::LedgerId& ledger_id,
                                             v1::IdentifierType type, const std::string& index);

/// Seals what was said into `identifier.stored`, under `key`, for that place.
///
/// Refuses: KEY_MISSING.
[[nodiscard]] Status SealIdentifier(const model::LedgerId& ledger_id,
                                    const model::SubjectKeyId& key, const Workbench& bench,
                                    IndexedIdentifier& identifier);

/// Whose the identifier is in the bench's view: 16 bytes; "" if nobody has it.
[[nodiscard]] std::string OwnerOf(const stored::v1::StoredIdentifier& identifier,
                                  const Workbench& bench);

/// The ledger's own row in the bench's view.
///
/// Refuses: GENESIS_MISSING.
[[nodiscard]] Result<model::LedgerId> LedgerIdOf(const Workbench& bench);

}  // namespace tearline::sequencer
