#pragma once

#include <google/protobuf/repeated_ptr_field.h>

#include <cstdint>
#include <string>
#include <vector>

#include "broker/machine/step.h"
#include "broker/state/reader.h"
#include "broker/status/status.h"
#include "tearline/stored/v1/command.pb.h"
#include "tearline/stored/v1/row.pb.h"
#include "tearline/v1/action.pb.h"

namespace tearline::machine {

/// The gate: a case is not managed at less, nor does it end, while its work is open, unless its
/// chair overrides each piece of it with a reason. docs/decisions/0034-open-work-holds-a-case.md.

/// One piece of open work. Ids are 16 bytes.
struct OpenPiece {
  v1::OpenWorkKind kind;
  std::string id;    ///< The action; of the other kinds, the obligation, or the event.
  std::string post;  ///< Who owes it, or has not read it.
  bool is_event = false;  ///< An event that nobody owes a reading of, let go and unread.
};

/// The open work of a case, as far as a post may hear of it (P6): its open actions; what is owed
/// about it; and, of the posts it brings in, what travels fast and must be read and was not, or,
/// from kUnreadHoldsFrom on, was let go and not read: of that the newest, and no more than can be
/// overridden. What comes from events only the chair is
/// shown, and only of events that it has itself.
[[nodiscard]] std::vector<OpenPiece> OpenWorkOf(const std::string& case_id,
                                                const stored::v1::CaseRow& row,
                                                const std::string& post,
                                                std::uint16_t behaviour_version,
                                                const state::Reader& reader);

/// An id as it is told, "act_…", "ob_…" or "ev_…".
[[nodiscard]] std::string TextOf(const OpenPiece& piece);

/// The same, less what is overridden.
using Overrides = google::protobuf::RepeatedPtrField<stored::v1::Override>;
[[nodiscard]] std::vector<OpenPiece> NotOverridden(std::vector<OpenPiece> open,
                                                   const Overrides& overrides);

/// Whether the author may have the case managed at less, or ended, as things stand.
///
/// Refuses: FIELD_INVALID   an override without a known reason, or twice;
///          LIMIT_PASSED    more than model::kOverridesMax;
///          NOT_PERMITTED   not the chair, where the panel has one or the level is 2 or 3 (from
///                          kCoordinatedFrom on); and overrides but the chair's;
///          NOT_FOUND       an override of what is not open;
///          WORK_OPEN       work is open that is not overridden: how much of each kind;
///          NO_REVIEWER     nobody could look at what is overridden.
[[nodiscard]] Status CheckGate(const std::string& case_id, const stored::v1::CaseRow& row,
                               const Overrides& overrides, const Step& step);

/// The version from which a board of the agency that leads the case looks at what is overridden.
inline constexpr std::uint16_t kLeadsBoardFrom = 7;

/// The post that looks at what a chair overrides: the strategic board in its line, the last if
/// there are several; else a board of the case's `lead_agency` or of the chair's agency, where
/// somebody is (board.h); else whoever its line ends with; else the directory's first board by
/// name. "" if there is none. Never the chair itself. `lead_agency` is "" before kLeadsBoardFrom: then no
/// agency's board goes before another's. Nobody who is kept out of `nominal_id`, if that is not "".
[[nodiscard]] std::string BoardFor(const std::string& chair, const std::string& lead_agency,
                                   const state::Reader& reader,
                                   const std::string& nominal_id = "");

/// Remembers each override in the leaf, and opens what the board owes about them: one that is not
/// kept out of the person (from kPassedOverFrom on, board.h); where all are, who answers for data,
/// else the chair itself. Nothing if there are none.
void RememberOverrides(const std::string& case_id, const stored::v1::CaseRow& row,
                       const Overrides& overrides, Step& step);

/// Keeps what a case was managed at until now, and by whom, among its changes, the newest of them.
void KeepChange(stored::v1::CaseRow& row, const Step& step);

/// Whoever answers for a case: its chair, its accountable officer, whoever supervises; "" if
/// nobody.
[[nodiscard]] std::string AnswersFor(const v1::Case& its_case);

/// A fact had the case managed at less while actions are open: whoever answers for it, and at once
/// the next up the line, must see to each. Nothing if none are open.
void OpenSeeToWork(const std::string& case_id, const stored::v1::CaseRow& row, Step& step);

}  // namespace tearline::machine
