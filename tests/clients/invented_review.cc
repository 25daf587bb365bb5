#include "tests/clients/invented_review.h"

#include <google/protobuf/util/time_util.h>

#include "clients/cli/review_page.h"
#include "clients/verifier/base64.h"
#include "clients/verifier/review_file.h"
#include "tests/clients/invented_receipt.h"

namespace tearline::doubles {
namespace {

using google::protobuf::util::TimeUtil;
using stored::v1::Detail;

constexpr std::int64_t kPutInMs = 1'772'618'400'000;  // 2026-03-04T10:00:00Z
constexpr std::int64_t kMinuteMs = 60'000;
constexpr std::size_t kKindAt = 72;
constexpr std::size_t kFirst = 4;  // InventedLog begins with four leaves of others.

const std::string kEvent(16, 'E');
const std::string kNominal(16, 'N');
const std::string kObligation(16, 'O');

Detail Asked(const std::string& agency, const std::string& member) {
  Detail detail;
  detail.mutable_actor()->set_agency(agency);
  detail.mutable_actor()->set_member(member);
  detail.mutable_actor()->set_post(agency + "/desk");
  return detail;
}

Detail PutIn(const std::string& type) {
  Detail detail;
  stored::v1::PublishedDetail& published = *detail.mutable_published();
  published.set_event_id(kEvent);
  published.set_event_type(type);
  published.set_originating_agency("police-north");
  published.set_originating_post("police-north/desk");
  published.add_nominal_ids(kNominal);
  published.set_occurred_ms(kPutInMs - 90 * kMinuteMs);
  published.set_urgency(v1::URGENCY_URGENT);
  return detail;
}

Detail Owed(stored::v1::ObligationChange change) {
  Detail detail;
  stored::v1::ObligationDetail& owed = *detail.mutable_obligation();
  owed.set_obligation_id(kObligation);
  owed.set_change(change);
  owed.set_type(v1::OBLIGATION_TYPE_READ);
  owed.set_debtor_post("police-north/officer");
  owed.set_told_post("police-north/officer");
  owed.set_event_id(kEvent);
  owed.set_due_ms(kPutInMs + 60 * kMinuteMs);
  owed.set_owed_post("health-north/nurse");
  return detail;
}

}  // namespace

InventedReview::InventedReview(const std::string& hostile) { Facts(hostile); }

void InventedReview::Facts(const std::string& hostile) {
  Detail nurse = Decided(kEvent, "health-north/nurse", v1::LEVEL_WITHHELD);
  nurse.mutable_decision()->set_duty(v1::LEVEL_TEAR_LINE);
  nurse.mutable_decision()->add_rules("rule" + hostile);
  log_.Add({Asked("police-north", "feeder" + hostile), PutIn("intelligence.report" + hostile),
            Decided(kEvent, "probation-north/chair", v1::LEVEL_FULL), nurse,
            Owed(stored::v1::OBLIGATION_CHANGE_JOINED),  // slots are drawn: before what it joined
            Owed(stored::v1::OBLIGATION_CHANGE_OPENED)},
           kPutInMs);
  log_.Add({LetGo(kEvent, "probation-north/chair", 7, v1::LEVEL_FULL)}, kPutInMs + 1000);
  Acknowledged(7, kPutInMs + 3 * kMinuteMs);
  Detail read;
  read.mutable_read()->set_feed("probation-north/chair");
  read.mutable_read()->set_event_id(kEvent);
  read.mutable_read()->set_reader("probation-north/reader" + hostile);
  log_.Add({read}, kPutInMs + 20 * kMinuteMs);
}

void InventedReview::LetGoAnew(bool taken_back) {
  let_go_anew_ = true;
  Detail again = Decided(kEvent, "probation-north/chair", v1::LEVEL_FULL);
  again.mutable_decision()->set_again(true);
  std::uint64_t number = 8;
  if (taken_back) {
    Detail notice = LetGo("", "probation-north/chair", number++, v1::LEVEL_UNSPECIFIED);
    notice.mutable_released()->set_withdrawn_event_id(kEvent);
    log_.Add({notice}, kPutInMs + 200 * kMinuteMs);
  }
  Detail anew = LetGo(kEvent, "probation-north/chair", number, v1::LEVEL_FULL);
  anew.mutable_released()->set_superseding(!taken_back);
  log_.Add({again, anew}, kPutInMs + 300 * kMinuteMs);
  Acknowledged(number, kPutInMs + 303 * kMinuteMs);
}

void InventedReview::Acknowledged(std::uint64_t number, std::int64_t ms) {
  Detail settled;
  settled.mutable_settled()->set_feed("probation-north/chair");
  settled.mutable_settled()->set_lane(v1::URGENCY_URGENT);
  settled.mutable_settled()->add_sequences(number);
  log_.Add({settled}, ms);
  log_.Entries().back().leaf.replace(kKindAt, 2, std::string("\0\x3f", 2));  // 63, Acknowledge
}

void InventedReview::AddTrail() {
  has_trail_ = true;
  for (const auto change :
       {stored::v1::OBLIGATION_CHANGE_ESCALATED, stored::v1::OBLIGATION_CHANGE_DISCHARGED}) {
    const bool ends = change == stored::v1::OBLIGATION_CHANGE_DISCHARGED;
    Detail detail = Owed(change);
    detail.mutable_obligation()->clear_event_id();
    detail.mutable_obligation()->clear_owed_post();
    detail.mutable_obligation()->set_stage(1);
    detail.mutable_obligation()->set_told_post("police-north/deputy");
    Detail asked = Asked("police-north", "deputy");
    asked.mutable_actor()->set_post("police-north/deputy");
    log_.Add({ends ? asked : Asked("desk", "broker"), detail},
             kPutInMs + (ends ? 185 : 60) * kMinuteMs);
  }
}

verifier::Review InventedReview::Review() {
  verifier::Review review;
  review.nominal_id = "nom_" + verifier::Hex(kNominal);
  review.made_ms = kPutInMs + 24 * 60 * kMinuteMs;
  review.asked_by = "inspectorate/auditor";
  review.purpose = "inquiry";
  review.signed_note = log_.Note();
  review.verifier_key = log_.VerifierKeyText();
  review.panel = {"probation-north/chair"};
  for (std::size_t index = kFirst; index < log_.Entries().size(); ++index) {
    verifier::ReviewLeaf& leaf = review.leaves.emplace_back();
    leaf.index = index;
    for (std::size_t slot = 0; slot < log_.Entries()[index].details.size(); ++slot) {
      const Parts parts = PartsOf(log_, index, slot);
      leaf.proof = parts.bundle.proof;
      leaf.opening.set_leaf(parts.opening.leaf());
      *leaf.opening.add_details() = parts.opening.details(0);
    }
  }
  Detail put_in;
  if (!put_in.ParseFromString(log_.Entries()[kFirst].details[1].substr(16))) return {};
  v1::KnownEvent& event = review.events.emplace_back();
  event.set_event_id("ev_" + verifier::Hex(kEvent));
  event.set_event_type(put_in.published().event_type());
  event.set_originating_agency("police-north");
  *event.mutable_accepted_at() = TimeUtil::MillisecondsToTimestamp(kPutInMs);
  v1::KnownTo& known = *event.add_known_to();
  known.set_post("probation-north/chair");
  *known.mutable_released_at() = TimeUtil::MillisecondsToTimestamp(kPutInMs + 1000);
  const auto read = TimeUtil::MillisecondsToTimestamp(kPutInMs + 20 * kMinuteMs);
  if (let_go_anew_) {
    known.set_level(v1::LEVEL_FULL);
    *known.mutable_released_anew_at() =
        TimeUtil::MillisecondsToTimestamp(kPutInMs + 300 * kMinuteMs);
    *known.mutable_read_before_at() = read;
  } else {
    *known.mutable_read_at() = read;
  }
  v1::OpenAtRow& row = review.obligations.emplace_back();
  row.set_obligation_id("ob_" + verifier::Hex(kObligation));
  row.set_type(v1::OBLIGATION_TYPE_READ);
  *row.mutable_opened_at() = TimeUtil::MillisecondsToTimestamp(kPutInMs);
  *row.mutable_due_at() = TimeUtil::MillisecondsToTimestamp(kPutInMs + 60 * kMinuteMs);
  *row.mutable_ended_at() = TimeUtil::MillisecondsToTimestamp(kPutInMs + 185 * kMinuteMs);
  row.set_stage(1);
  row.set_told_post("police-north/deputy");
  if (!has_trail_) review.cut = {row.obligation_id()};
  return review;
}

std::string InventedReview::Page() {
  const verifier::Review review = Review();
  const auto proved = verifier::CheckReview(review, log_.Key());
  return proved.ok() ? cli::ReviewPage(review, *proved) : std::string(proved.status().message());
}

std::string InventedReview::File(const verifier::Review& review, const verifier::VerifierKey& key) {
  const std::string lines = verifier::ReviewLines(review);
  const auto proved = verifier::CheckReview(review, key);
  if (!proved.ok()) return "";
  const std::string document = verifier::ReviewDocument(cli::ReviewPage(review, *proved), lines);
  return verifier::WithManifest(document, verifier::ManifestText(document, lines));
}

std::string InventedReview::WithLines(const std::string& file, const std::string& lines) {
  const std::string open = "id=\"tearline-data\">\n";
  const std::size_t page_end = file.rfind("<script", file.find(open));
  const std::string document = verifier::ReviewDocument(file.substr(0, page_end), lines);
  return verifier::WithManifest(document, verifier::ManifestText(document, lines));
}

}  // namespace tearline::doubles
