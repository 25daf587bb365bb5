#include <google/protobuf/util/time_util.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <string>
#include <utility>

#include "clients/verifier/base64.h"
#include "tests/clients/invented_review.h"
#include "tests/strangers/python.h"

namespace tearline::strangers {
namespace {

/// Reviews as the client writes them.
class PythonReview : public Python {
 protected:
  PythonReview() { invented_.AddTrail(); }

  bool Passes(const std::string& file) {
    return Says("review '" + workplace_.Write("review.html", file) + "' '" +
                invented_.Log().VerifierKeyText() + "' " + exporter_);
  }
  std::string File(const verifier::Review& review) {
    return doubles::InventedReview::File(review, invented_.Log().Key());
  }
  /// The file with its data bent, and a manifest that states the bent data: the lines, each as its
  /// values make it.
  bool PassesBent(const std::function<void(verifier::Review&)>& bend) {
    verifier::Review bent = invented_.Review();
    bend(bent);
    return Passes(
        doubles::InventedReview::WithLines(File(invented_.Review()), verifier::ReviewLines(bent)));
  }

  doubles::InventedReview invented_;
  std::string exporter_;
};

TEST_F(PythonReview, AgreesOnWhatIsGood) {
  EXPECT_TRUE(Passes(File(invented_.Review()))) << said_;
  EXPECT_EQ(said_, "verified tearline.example.org/audit: 6 leaves about nom_" +
                       verifier::Hex(std::string(16, 'N')) + ", 1 events\n");
  doubles::InventedReview untold("<&>\"\x7f");
  const std::string file = doubles::InventedReview::File(untold.Review(), untold.Log().Key());
  EXPECT_TRUE(
      Says("review '" + workplace_.Write("r", file) + "' '" + untold.Log().VerifierKeyText() + "'"))
      << said_;
}

/// A manifest that whoever exported it signed, and one that they did not.
TEST_F(PythonReview, AgreesOnWhoExportedIt) {
  const std::string file = File(invented_.Review());
  exporter_ = invented_.Log().VerifierKeyText();
  EXPECT_FALSE(Passes(file)) << "nobody signed it";
  const std::string close = "</pre></details>\n</main>";
  const std::size_t open = file.find("tearline review v1\n");
  const std::size_t end = file.find(close);
  ASSERT_NE(end, std::string::npos);
  const std::string text = file.substr(open, end - open);
  std::string signed_file = file;
  signed_file.replace(open, end - open, doubles::InventedLog::SignedText(text));
  EXPECT_TRUE(Passes(signed_file)) << said_;
  signed_file[signed_file.find("data ") + 5] ^= 1;
  EXPECT_FALSE(Passes(signed_file));
}

TEST_F(PythonReview, RefusesBytesThatWereChanged) {
  const std::string file = File(invented_.Review());
  const std::string close = "</pre></details>\n</main>";
  for (const char* where : {"<h2>Obligations", "\"index\"", "\"said\"", "data ", close.c_str()}) {
    std::string bent = file;
    bent[bent.rfind(where) + 1] ^= 1;
    EXPECT_FALSE(Passes(bent)) << where;
  }
}

/// What was let go anew, and read before.
TEST_F(PythonReview, AgreesOnWhatWasLetGoAnew) {
  invented_.LetGoAnew();
  EXPECT_TRUE(PassesBent([](verifier::Review&) {})) << said_;
  const auto at = [](std::int64_t ms) {
    return google::protobuf::util::TimeUtil::MillisecondsToTimestamp(ms);
  };
  const std::function<void(v1::KnownTo&)> bends[] = {
      [&](v1::KnownTo& known) { *known.mutable_released_anew_at() = at(1); },
      [&](v1::KnownTo& known) { *known.mutable_read_before_at() = at(1); },
      [](v1::KnownTo& known) { known.set_level(v1::LEVEL_POINTER); }};
  for (const auto& bend : bends) {
    EXPECT_FALSE(PassesBent([&bend](verifier::Review& r) {
      bend(*r.events[0].mutable_known_to(0));
    })) << said_;
  }
}

TEST_F(PythonReview, RefusesWhatTheRecordsDoNotHold) {
  const auto at = [](std::int64_t ms) {
    return google::protobuf::util::TimeUtil::MillisecondsToTimestamp(ms);
  };
  EXPECT_TRUE(PassesBent([](verifier::Review&) {})) << said_;
  const std::function<void(verifier::Review&)> bends[] = {
      [](verifier::Review& r) { std::swap(r.leaves[0].proof, r.leaves[1].proof); },
      [](verifier::Review& r) { std::swap(r.leaves[0], r.leaves[1]); },
      [](verifier::Review& r) { r.leaves.pop_back(); },
      [](verifier::Review& r) { r.leaves[5].index = 4; },
      [](verifier::Review& r) {
        r.leaves[5].opening.mutable_details(1)->mutable_salted()->back() ^= 1;
      },
      [](verifier::Review& r) {
        *r.leaves[5].opening.add_details() = r.leaves[5].opening.details(1);
      },
      [](verifier::Review& r) { r.nominal_id = "nom_" + std::string(32, '0'); },
      [](verifier::Review& r) { r.events.clear(); },
      [](verifier::Review& r) { r.events[0].set_event_type("other"); },
      [&](verifier::Review& r) { *r.events[0].mutable_accepted_at() = at(1); },
      [&](verifier::Review& r) { *r.events[0].mutable_known_to(0)->mutable_read_at() = at(1); },
      [](verifier::Review& r) { r.obligations[0].set_obligation_id("ob_00"); },
      [](verifier::Review& r) { r.obligations[0].set_type(v1::OBLIGATION_TYPE_REPORT_BREACH); },
      [](verifier::Review& r) { r.obligations[0].clear_ended_at(); },
      [&](verifier::Review& r) { *r.obligations[0].mutable_ended_at() = at(1); },
      [&](verifier::Review& r) { *r.obligations[0].mutable_opened_at() = at(1); },
      [](verifier::Review& r) { r.obligations[0].set_told_post("police-north/chief"); },
      [](verifier::Review& r) { r.obligations[0].set_stage(0); },
      [](verifier::Review& r) { r.obligations.push_back(r.obligations[0]); },
      [](verifier::Review& r) {
        r.signed_note.replace(r.signed_note.find("\n10\n"), 4, "\n11\n");
      }};
  int number = 0;
  for (const auto& bend : bends) {
    verifier::Review bent = invented_.Review();
    bend(bent);
    EXPECT_FALSE(verifier::CheckReview(bent, invented_.Log().Key()).ok()) << number;
    EXPECT_FALSE(PassesBent(bend)) << number;
    ++number;
  }
}

}  // namespace
}  // namespace tearline::strangers
