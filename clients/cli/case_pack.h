#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tearline/v1/action.pb.h"
#include "tearline/v1/case.pb.h"
#include "tearline/v1/case_feed_service.pb.h"
#include "tearline/v1/case_service.pb.h"
#include "tearline/v1/information_request.pb.h"
#include "tearline/v1/meeting.pb.h"
#include "tearline/v1/proposal.pb.h"

namespace tearline::cli {

/// What a chair reads before a meeting, made of what their post may see and of nothing else.
struct CasePack {
  v1::Case about;
  std::string post;           ///< Whose pack it is.
  std::int64_t since_ms = 0;  ///< What changed then or later is new.
  std::string since_what;     ///< "the last pack", "the time given".
  std::int64_t now_ms = 0;
  std::vector<v1::Proposal> proposals;      ///< All of the case.
  std::vector<v1::Obligation> obligations;  ///< Its open ones that the post owes or was told of.
  std::vector<v1::Action> actions;          ///< Its open ones.
  std::vector<v1::CaseFeedEntry> entries;   ///< What came to the post, each as it is now.
  std::vector<v1::InformationRequest>
      requests;                       ///< Those made for it that somebody has not answered.
  std::vector<v1::Meeting> meetings;               ///< All of the case.
  std::vector<v1::CaseManagement> managed_before;  ///< How it was managed until when.
};

/// One line of a section.
struct PackRow {
  std::vector<std::string> cells;  ///< As many as the section has columns.
  bool pressing = false;           ///< To be seen first.
};

/// One part of a pack. What is shown as text, JSON and on paper is all here.
struct PackSection {
  std::string key;                   ///< In JSON.
  std::string head;                  ///< For people.
  std::string note;                  ///< What must be known to read it rightly; "" for nothing.
  std::vector<std::string> columns;  ///< In JSON they are the rows' keys.
  std::vector<PackRow> rows;         ///< What matters most first.
  bool first_page = false;           ///< Its first kFirstPageRows stand on the first page.
};

/// Rows of one section on the first page: four sections, their heads and notes and the case itself
/// are then one screen of 48 lines.
inline constexpr std::size_t kFirstPageRows = 6;

/// All parts of a pack, those of the first page first. A new part is a line in case_pack.cc.
[[nodiscard]] std::vector<PackSection> SectionsOf(const CasePack& pack);

/// The strictest marking of what the pack shows, and at least OFFICIAL-SENSITIVE:
/// "OFFICIAL-SENSITIVE police-only".
[[nodiscard]] std::string MarkingOf(const CasePack& pack);

/// Which case: its category, level and who leads; who supervises, answers for it, and sits.
[[nodiscard]] std::vector<std::string> HeadLines(const CasePack& pack);

/// The pack as text, each line ended by a line feed: the first page, then all the rest.
[[nodiscard]] std::string PackText(const CasePack& pack);

/// The pack as one page of HTML that needs nothing else, to be printed on A4. Every string of it is
/// escaped.
[[nodiscard]] std::string PackHtml(const CasePack& pack);

}  // namespace tearline::cli
