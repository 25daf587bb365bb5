#include "broker/model/identifier.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace tearline::model {
namespace {

constexpr v1::IdentifierType kPnc = v1::IDENTIFIER_TYPE_PNC;
constexpr v1::IdentifierType kCro = v1::IDENTIFIER_TYPE_CRO;
constexpr v1::IdentifierType kNoms = v1::IDENTIFIER_TYPE_NOMS;
constexpr v1::IdentifierType kCrn = v1::IDENTIFIER_TYPE_CRN;
constexpr v1::IdentifierType kNhs = v1::IDENTIFIER_TYPE_NHS;
constexpr v1::IdentifierType kNi = v1::IDENTIFIER_TYPE_NI;
constexpr v1::IdentifierType kAsn = v1::IDENTIFIER_TYPE_ASN;
constexpr v1::IdentifierType kCId = v1::IDENTIFIER_TYPE_C_ID;
constexpr v1::IdentifierType kVisor = v1::IDENTIFIER_TYPE_VISOR;
constexpr v1::IdentifierType kOther = v1::IDENTIFIER_TYPE_OTHER;

struct Row {
  v1::IdentifierType type;
  const char* raw;
  const char* canonical;
  bool verified;
};

// Read each row as: "<raw>, taken in during 2026, is compared as <canonical>; its rule held:
// <verified>".
constexpr Row kRows[] = {
    // PNC: short and long, padded and not, with and without the slash
    {kPnc, "02/73319Z", "2002/0073319Z", true},
    {kPnc, "0273319Z", "2002/0073319Z", true},
    {kPnc, "20020073319Z", "2002/0073319Z", true},
    {kPnc, "2002/0073319Z", "2002/0073319Z", true},
    {kPnc, "81/34U", "1981/0000034U", true},
    {kPnc, "00/223R", "2000/0000223R", true},
    {kPnc, "79/163001B", "1979/0163001B", true},
    {kPnc, "79163001B", "1979/0163001B", true},
    {kPnc, "19790163001B", "1979/0163001B", true},
    {kPnc, "1979/0163001B", "1979/0163001B", true},
    {kPnc, "033Y", "2003/0000003Y", true},
    {kPnc, "67/9893091D", "1967/9893091D", true},
    {kPnc, "26/1W", "2026/0000001W", true},
    {kPnc, "27/1L", "1927/0000001L", true},
    {kPnc, "2003/0012345N", "2003/0012345N", true},
    // PNC: the check letter is wrong, and beside it the right one
    {kPnc, "1980/0163001B", "1980/0163001B", false},
    {kPnc, "2003/0012345W", "2003/0012345W", false},
    {kPnc, "20030011985Z", "20030011985Z", false},
    {kPnc, "20030011985X", "2003/0011985X", true},
    {kPnc, "20120052494O", "20120052494O", false},
    {kPnc, "20120052494Q", "2012/0052494Q", true},
    {kPnc, "20230583843N", "20230583843N", false},
    {kPnc, "20230583843L", "2023/0583843L", true},
    {kPnc, "2001/0171310S", "2001/0171310S", false},
    {kPnc, "2001/0171310W", "2001/0171310W", true},
    // PNC: not a PNC at all
    {kPnc, "1X23/1234567A", "1X23/1234567A", false},
    {kPnc, "1923[1234567A", "1923[1234567A", false},
    {kPnc, "1923/1234567AA", "1923/1234567AA", false},
    {kPnc, "1/0073319Z", "1/0073319Z", false},
    {kPnc, "20020/073319Z", "20020/073319Z", false},
    {kPnc, "02/", "02/", false},
    {kPnc, "02/Z", "02/Z", false},
    {kPnc, "200/1234567Z", "200/1234567Z", false},
    {kPnc, "200273319Z", "200273319Z", false},
    {kPnc, "02/73/319Z", "02/73/319Z", false},
    {kPnc, "02/00073319Z", "02/00073319Z", false},
    {kPnc, "200200073319Z", "200200073319Z", false},
    {kPnc, "Z", "Z", false},
    // PNC, decided on purpose: below 12 characters a 4-digit year is not seen as one
    {kPnc, "2002/73319Z", "2002/73319Z", false},
    {kPnc, "2002/073319Z", "2002/073319Z", false},
    // PNC: tidied before it is judged
    {kPnc, "02/73319z", "2002/0073319Z", true},
    {kPnc, " 02/73319Z", "2002/0073319Z", true},
    {kPnc, "\t02/73319Z\r\n", "2002/0073319Z", true},
    {kPnc,
     "02\xE2\x88\x95"
     "73319Z",
     "2002/0073319Z", true},
    {kPnc,
     "02\xE2\x81\x84"
     "73319Z",
     "2002/0073319Z", true},
    {kPnc,
     "02\xEF\xBC\x8F"
     "73319Z",
     "2002/0073319Z", true},
    {kPnc, "02 73319Z", "02 73319Z", false},
    // CRO: the standard form is padded and checked padded, the SF form neither
    {kCro, "65656/91H", "065656/91H", true},
    {kCro, "065656/91H", "065656/91H", true},
    {kCro, "23456/12Y", "023456/12Y", true},
    {kCro, "85227/65L", "085227/65L", true},
    {kCro, "85227/65G", "85227/65G", false},
    {kCro, "SF05/482703J", "SF05/482703J", true},
    {kCro, "SF83/50058Z", "SF83/50058Z", true},
    {kCro, "SF83/50058B", "SF83/50058B", false},
    {kCro, "SF83/050058Z", "SF83/050058Z", false},
    {kCro,
     "sf05\xE2\x88\x95"
     "482703j",
     "SF05/482703J", true},
    {kCro, "SF05482703J", "SF05482703J", false},
    {kCro, "SF05/J", "SF05/J", false},
    {kCro, "SF05/4827031J", "SF05/4827031J", false},
    {kCro, "/91H", "/91H", false},
    {kCro, "1065656/91H", "1065656/91H", false},
    {kCro, "6565691H", "6565691H", false},
    {kCro, "65656/1991H", "65656/1991H", false},
    // Prison number: a shape, no check character
    {kNoms, "A1234BC", "A1234BC", true},
    {kNoms, " a1234bc ", "A1234BC", true},
    {kNoms, "AA1234A", "AA1234A", false},
    {kNoms, "A12345", "A12345", false},
    {kNoms, "A1234BCD", "A1234BCD", false},
    {kNoms, "some_offender", "SOME_OFFENDER", false},
    // CRN: one or two letters
    {kCrn, "X123456", "X123456", true},
    {kCrn, "XY123456", "XY123456", true},
    {kCrn, "x123456", "X123456", true},
    {kCrn, "XYZ123456", "XYZ123456", false},
    {kCrn, "X12345", "X12345", false},
    {kCrn, "X1234567", "X1234567", false},
    {kCrn, "crn", "CRN", false},
    // NHS: modulus 11
    {kNhs, "9434765919", "9434765919", true},
    {kNhs, "943 476 5919", "9434765919", true},
    {kNhs, "943-476-5919", "9434765919", true},
    {kNhs, "9876543210", "9876543210", true},
    {kNhs, "4010232137", "4010232137", true},
    {kNhs, "987 654 3210", "9876543210", true},
    {kNhs, "401 023 2137", "4010232137", true},
    {kNhs, "943 476 5918", "943 476 5918", false},
    {kNhs, "0000000000", "0000000000", false},
    {kNhs, "111 111 1111", "111 111 1111", false},
    {kNhs, "943476591", "943476591", false},
    {kNhs, "94347659190", "94347659190", false},
    {kNhs, "943476591X", "943476591X", false},
    // The rest
    {kNi, "AB123456C", "AB123456C", true},
    {kNi, "ab 12 34 56 c", "AB123456C", true},
    {kNi, "AB123456", "AB123456", false},
    {kAsn, "0123456789012345678A", "0123456789012345678A", true},
    {kAsn, "01234567890123456789A", "01234567890123456789A", true},
    {kAsn, "012345678901234567A", "012345678901234567A", false},
    {kAsn, "012345678901234567890A", "012345678901234567890A", false},
    {kAsn, "01/23ab/01/4567c", "01/23AB/01/4567C", false},
    {kCId, "123456789", "123456789", true},
    {kCId, "12345678", "12345678", false},
    {kCId, "1234567890", "1234567890", false},
    // No rule: nothing to verify, nothing lost
    {kVisor, " vs/2026-1 ", "VS/2026-1", false},
    {kOther, "  any\xEF\xBC\x8Fthing ", "ANY/THING", false},
    {kOther, "   ", "", false},
};

TEST(Identifier, IsComparedInTheFormTheTableSays) {
  for (const Row& row : kRows) {
    const CanonicalIdentifier got = Canonicalise(row.type, row.raw, 2026);
    EXPECT_EQ(got.canonical, row.canonical) << "raw `" << row.raw << "`";
    EXPECT_EQ(got.verified, row.verified) << "raw `" << row.raw << "`";
  }
}

/// Whoever canonicalises what is canonical gets the same, in any later year of the century.
TEST(Identifier, StaysWhatItIsWhenCanonicalisedAgain) {
  for (const Row& row : kRows) {
    const CanonicalIdentifier once = Canonicalise(row.type, row.raw, 2026);
    if (!once.verified) continue;
    for (const int year : {2026, 2099}) {
      const CanonicalIdentifier again = Canonicalise(row.type, once.canonical, year);
      EXPECT_EQ(again.canonical, once.canonical) << year;
      EXPECT_TRUE(again.verified) << row.canonical << " in " << year;
    }
  }
}

/// The century of a short PNC turns over with the year it is read in, on 1 January.
TEST(Identifier, ReadsAShortPncInTheHundredYearsThatEndWithTheYearOfReading) {
  struct PivotRow {
    int as_of_year;
    const char* raw;
    const char* canonical;
  };
  constexpr PivotRow kPivots[] = {
      {2026, "27/1L", "1927/0000001L"},   {2027, "27/1L", "2027/0000001L"},
      {2025, "26/1W", "1926/0000001W"},   {2026, "26/1W", "2026/0000001W"},
      {1999, "00/223R", "1900/0000223R"}, {2000, "00/223R", "2000/0000223R"},
      {2100, "81/34U", "2081/0000034U"},
  };
  for (const PivotRow& row : kPivots) {
    const CanonicalIdentifier got = Canonicalise(kPnc, row.raw, row.as_of_year);
    EXPECT_EQ(got.canonical, row.canonical) << row.raw << " in " << row.as_of_year;
    EXPECT_TRUE(got.verified) << row.raw << " in " << row.as_of_year;
  }
}

/// What was done to a number is remembered, so that nobody takes the canonical form for what was
/// written; and what is odd is said.
TEST(Identifier, SaysWhatWasDoneToIt) {
  using Notes = std::vector<v1::IdentifierNote>;
  constexpr auto kTrimmed = v1::IDENTIFIER_NOTE_TRIMMED;
  constexpr auto kUpperCased = v1::IDENTIFIER_NOTE_UPPER_CASED;
  constexpr auto kSlash = v1::IDENTIFIER_NOTE_SLASH_MADE_PLAIN;
  constexpr auto kRewritten = v1::IDENTIFIER_NOTE_REWRITTEN;
  constexpr auto kCentury = v1::IDENTIFIER_NOTE_CENTURY_SUPPLIED;
  constexpr auto kTwoLetters = v1::IDENTIFIER_NOTE_TWO_LETTERS;
  const struct {
    v1::IdentifierType type;
    const char* raw;
    Notes notes;
  } rows[] = {
      {kPnc, "2002/0073319Z", {}},
      {kPnc, "20020073319Z", {kRewritten}},
      {kPnc, "02/0073319Z", {kRewritten, kCentury}},
      {kPnc, " 02/73319z", {kTrimmed, kUpperCased, kRewritten, kCentury}},
      {kPnc,
       "2002\xE2\x88\x95"
       "0073319Z",
       {kSlash}},
      {kPnc, "2003/0012345W", {}},
      {kPnc, "2003/0012345w ", {kTrimmed, kUpperCased}},
      {kCro, "65656/91H", {kRewritten}},
      {kCro, "SF83/50058Z", {}},
      {kNoms, "a1234bc", {kUpperCased}},
      {kCrn, "X123456", {}},
      {kCrn, "XY123456", {kTwoLetters}},
      {kCrn, "xy123456", {kUpperCased, kTwoLetters}},
      {kCrn, "XYZ123456", {}},
      {kNhs, "943 476 5919", {kRewritten}},
      {kNi, "ab 12 34 56 c", {kUpperCased, kRewritten}},
      {kOther, "  any\xEF\xBC\x8Fthing", {kTrimmed, kUpperCased, kSlash}},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(Canonicalise(row.type, row.raw, 2026).notes, row.notes) << "raw `" << row.raw << "`";
  }
}

/// The check digit of 400 000 008 would be 10, which no digit is.
TEST(Identifier, VerifiesNoNhsNumberWhoseCheckWouldBeTen) {
  for (char check = '0'; check <= '9'; ++check) {
    EXPECT_FALSE(Canonicalise(kNhs, std::string("400000008") + check, 2026).verified) << check;
  }
}

TEST(Identifier, VerifiesNoNhsNumberOfTenEqualDigits) {
  for (char digit = '0'; digit <= '9'; ++digit) {
    EXPECT_FALSE(Canonicalise(kNhs, std::string(10, digit), 2026).verified) << digit;
  }
}

/// I, O and S are never check letters: of the 26, exactly one verifies any serial, never those.
TEST(Identifier, GivesEachPncSerialExactlyOneCheckLetter) {
  for (int serial = 0; serial < 200; ++serial) {
    int verified = 0;
    for (char letter = 'A'; letter <= 'Z'; ++letter) {
      const std::string raw = "02/" + std::to_string(serial) + letter;
      if (!Canonicalise(kPnc, raw, 2026).verified) continue;
      ++verified;
      EXPECT_EQ(std::string_view("IOS").find(letter), std::string_view::npos) << raw;
    }
    EXPECT_EQ(verified, 1) << serial;
  }
}

/// Bytes that are no text at all are kept, not dropped and not verified.
TEST(Identifier, KeepsBytesThatAreNoText) {
  const std::string raw("\xFF\x00\xE2\x88", 4);
  for (int type = v1::IdentifierType_MIN; type <= v1::IdentifierType_MAX; ++type) {
    const CanonicalIdentifier got = Canonicalise(static_cast<v1::IdentifierType>(type), raw, 2026);
    EXPECT_EQ(got.canonical, raw) << type;
    EXPECT_FALSE(got.verified) << type;
  }
}

}  // namespace
}  // namespace tearline::model
