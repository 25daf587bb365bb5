#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tearline/v1/nominal.pb.h"

namespace tearline::model {

/// An identifier in the one form it is compared by.
struct CanonicalIdentifier {
  std::string canonical;  ///< Never empty unless the raw value is blank.
  bool verified = false;  ///< A rule of its type held; never true of a type that has no rule.
  /// What was done to the raw value, and what is odd about it; in order of their numbers.
  std::vector<v1::IdentifierNote> notes{};

  friend bool operator==(const CanonicalIdentifier&, const CanonicalIdentifier&) = default;
};

/// The canonical form of `raw` as an identifier of `type`, and whether it verified.
///
/// First, for every type: blanks at both ends are dropped, a to z become A to Z, and the slashes
/// U+2044, U+2215 and U+FF0F become U+002F. A value that then does not verify keeps that form: it
/// is unverified, never lost. What verifies is canonical already when given again.
///
///   PNC    YYYY/NNNNNNNL: 2 to 4 digits, an optional slash, 1 to 7 digits, a check letter. Below
///   12
///          characters without the slash the year is the first 2 digits and lies in the hundred
///          years that end with `as_of_year`. A 4-digit year therefore needs a 7-digit serial.
///   CRO    NNNNNN/YYL, the serial padded to 6 and checked padded; or SFYY/NL, neither.
///   NOMS   A9999AA.        CRN  one or two letters, six digits.       NI  AA999999A, inner spaces
///   NHS    ten digits, modulus 11, not all the same; written with or without spaces and hyphens.
///   ASN    19 or 20 digits and a letter.      C_ID  nine digits.      and all others: no rule.
///
/// `as_of_year` is the year in which the value was taken in: it is recorded, because the reading of
/// a short PNC moves with it.
///
/// Requires: `as_of_year` is 1900 to 9999.
[[nodiscard]] CanonicalIdentifier Canonicalise(v1::IdentifierType type, std::string_view raw,
                                               int as_of_year);

}  // namespace tearline::model
