#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "broker/machine/obligation_row.h"
#include "broker/rpc/look_at_obligations.h"
#include "tests/doubles/counting_reader.h"
#include "tests/rpc/directory_rows.h"

namespace tearline::rpc {

/// Rows of obligations as the machine leaves them, and an auditor who looks at them.
class Owing : public testing::Test {
 public:
  static constexpr std::int64_t kNowMs = 1'800'000'000'000;

 protected:
  Owing() {
    rows_.SetPost("inspectorate/auditor", "auditor", {v1::POST_ROLE_AUDITOR});
  }

  static stored::v1::ObligationRow Owed(const std::string& debtor, std::int64_t due_ms) {
    stored::v1::ObligationRow row;
    row.set_type(v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW);
    row.set_reason(v1::RULE_REASON_PANEL_MUST_KNOW);
    row.set_debtor_post(debtor);
    row.add_owed_posts("police/panel");
    row.set_due_ms(due_ms);
    row.set_opened_ms(kNowMs - 1000);
    row.add_event_ids(std::string(16, 'e'));
    row.set_count(1);
    return row;
  }
  void Put(char id, const stored::v1::ObligationRow& row) {
    rows_.Change([&](state::Batch& batch) { PutInto(batch, std::string(16, id), row); });
  }
  /// With what an open one is found by, as if each were about an event of its own.
  static void PutInto(state::Batch& batch, const std::string& id,
                      const stored::v1::ObligationRow& row) {
    machine::PutObligation(id, row, batch);
    if (row.ended_ms() == 0) batch.Put(machine::OpenKey(row).Fixed(id), id);
  }
  /// How many rows a list of the post's obligations takes.
  std::size_t ReadsOf(const std::string& post) {
    const auto view = rows_.View();
    const doubles::CountingReader counting(*view);
    v1::ListObligationsResponse response;
    EXPECT_TRUE(LookAtObligations({}, As(post), counting, kNowMs, seal_, response).ok());
    return counting.Reads();
  }
  static stored::v1::Actor As(const std::string& post) {
    stored::v1::Actor actor;
    actor.set_post(post);
    actor.set_purpose("inspection");
    return actor;
  }
  /// The last letter of each id listed: 'a' is written "61".
  std::string Listed(const std::string& post, const v1::ListObligationsRequest& request = {}) {
    v1::ListObligationsResponse response;
    EXPECT_TRUE(LookAtObligations(request, As(post), *rows_.View(), kNowMs, seal_, response).ok());
    std::string letters;
    for (const v1::Obligation& each : response.obligations()) Add(each.obligation_id(), letters);
    next_ = response.next_page_token();
    return letters;
  }
  std::string Withheld(const v1::ListWithheldRequest& request = {}) {
    v1::ListWithheldResponse response;
    EXPECT_TRUE(
        LookAtWithheld(request, As("inspectorate/auditor"), *rows_.View(), kNowMs, response).ok());
    std::string letters;
    for (const v1::WithheldRow& each : response.rows()) Add(each.obligation_id(), letters);
    next_ = response.next_page_token();
    return letters;
  }
  static void Add(const std::string& id, std::string& letters) {
    letters += static_cast<char>(std::stoi(id.substr(id.size() - 2), nullptr, 16));
  }

  DirectoryRows rows_;
  const PageSeal seal_;
  std::string next_;
};

}  // namespace tearline::rpc
