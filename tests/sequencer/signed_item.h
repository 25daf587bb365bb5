#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "broker/sequencer/check_signed.h"
#include "clients/signing/sign_event.h"
#include "tests/sequencer/station.h"

namespace tearline::sequencer {

inline constexpr char kOrigin[] = "log.example.org/audit";
inline constexpr std::int64_t kUntilMs = Station::kStartMs + 1'000'000;

/// What clients sign, which share no line with this, and what becomes of it here.
class CheckSignedTest : public testing::Test {
 protected:
  CheckSignedTest() : key_(signing::SigningKey::FromSeed(std::string(32, 'k'))) {
    Enrol(key_, kUntilMs);
    originator_.log_origin = kOrigin;
    originator_.now_ms = Station::kStartMs;
    v1::Label& label = *item_.mutable_event()->mutable_label();
    label.set_holder_may_be_named(true);
    label.set_pointer_post("ct-police/accountable");
    Sign();
  }

  void Enrol(const signing::SigningKey& key, std::int64_t until_ms) {
    stored::v1::SigningKeyRow row;
    row.set_public_key(key.PublicKey());
    row.set_until_ms(until_ms);
    originator_.keys.push_back(row);
  }
  void Sign() { signing::SignItem({kOrigin, "ct-police", "ct-police/intel"}, key_, item_); }

  /// What lies in the clear of it, as PreparePublish fills it in.
  stored::v1::Publish Plain() const {
    const v1::Event& event = item_.event();
    stored::v1::Publish plain;
    plain.set_originating_agency("ct-police");
    plain.set_originating_post("ct-police/intel");
    plain.set_event_type(event.event_type());
    plain.set_occurred_ms(event.occurred_at().seconds() * 1000 +
                          event.occurred_at().nanos() / 1'000'000);
    plain.set_occurred_quality(event.occurred_quality());
    *plain.mutable_label() = event.label();
    return plain;
  }
  Result<Verified> Check() const { return CheckSigned(item_, Plain(), originator_); }
  v1::ErrorReason Reason() const { return ReasonOf(Check().status()); }

  /// Signs a changed statement with the same key.
  void SignAgain(v1::Envelope& envelope, const std::string& payload) const {
    envelope = key_.Sign(envelope.payload_type(), payload);
  }

  signing::SigningKey key_;
  Originator originator_;
  v1::PublishItem item_ = Station::Item("r1");
};

}  // namespace tearline::sequencer
