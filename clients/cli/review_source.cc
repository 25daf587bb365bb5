#include "clients/cli/review_source.h"

#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <thread>
#include <utility>

#include "clients/cli/audit_proof.h"
#include "clients/cli/call.h"
#include "clients/cli/log_source.h"
#include "clients/cli/progress.h"
#include "clients/cli/review_scope.h"
#include "clients/verifier/base64.h"
#include "clients/verifier/proof_bundle.h"
#include "clients/verifier/receipt.h"
#include "tearline/v1/audit_service.grpc.pb.h"

namespace tearline::cli {
namespace {

using google::protobuf::util::TimeUtil;
using Service = v1::AuditService;
using Stub = Service::StubInterface;

constexpr std::uint32_t kPageRows = 1000;
/// No checkpoint is as long after a record.
constexpr std::int64_t kNewForMs = 120'000;

std::int64_t NowMs() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

/// The events, and who sat on the panel.
void AskEvents(const Invocation& invocation, verifier::Review& review) {
  v1::KnownAtRequest request;
  *request.mutable_acting() = invocation.Acting();
  request.set_nominal_id(review.nominal_id);
  *request.mutable_at() = TimeUtil::MillisecondsToTimestamp(review.made_ms);
  request.set_panel(true);
  request.set_page_size(kPageRows);
  std::map<std::string, v1::KnownEvent> events;
  do {
    const v1::KnownAtResponse response = Ask<Service>(invocation, &Stub::KnownAt, request);
    review.panel.assign(response.panel_posts().begin(), response.panel_posts().end());
    for (const v1::KnownEvent& event : response.events()) {
      const bool recorded =
          TimeUtil::TimestampToMilliseconds(event.accepted_at()) <= review.made_ms;
      if (recorded) events[event.event_id()] = event;
    }
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  for (auto& [id, event] : events) review.events.push_back(std::move(event));
}

/// What one answer opens of one event.
struct Received {
  std::vector<std::pair<verifier::Receipt, v1::Opening>> records;
  std::vector<verifier::ProvedLeaf> proved;
};

Received Receive(const Invocation& invocation, v1::GetReceiptsRequest request,
                 const Belief& belief) {
  *request.mutable_acting() = invocation.Acting();
  Received received;
  const v1::GetReceiptsResponse answer = Ask<Service>(invocation, &Stub::GetReceipts, request);
  for (const std::string& text : answer.receipts()) {
    const absl::StatusOr<verifier::Receipt> receipt = verifier::OpenReceipt(text, belief.key);
    if (!receipt.ok()) StopUnverified(std::string(receipt.status().message()));
    v1::Opening opening;
    // It parsed when the receipt was opened.
    if (!opening.ParseFromString(verifier::ReadProofBundle(text)->extra)) opening.Clear();
    received.proved.push_back({receipt->index, receipt->leaf, receipt->facts});
    received.records.emplace_back(*receipt, std::move(opening));
  }
  return received;
}

Received AskReceipts(const Invocation& invocation, const std::string& event_id,
                     const Belief& belief) {
  v1::GetReceiptsRequest request;
  request.set_event_id(event_id);
  return Receive(invocation, std::move(request), belief);
}

/// Whether its first record may not be under a checkpoint yet.
bool IsNew(const v1::KnownEvent& event, std::int64_t now_ms) {
  return TimeUtil::TimestampToMilliseconds(event.accepted_at()) + kNewForMs > now_ms;
}

/// The records of one event, once all that was answered of it lies under a checkpoint; none of an
/// event of which whoever asks is given none, since it concerns others they may not ask of.
Received WaitForReceipts(const Invocation& invocation, const v1::KnownEvent& event,
                         std::int64_t now_ms, const Belief& belief) {
  for (int tries = 1;; ++tries) {
    std::string missing;
    try {
      Received received = AskReceipts(invocation, event.event_id(), belief);
      const absl::Status agrees = verifier::AgreesWith(event, received.proved);
      if (agrees.ok() || received.records.size() >= kReceiptsMax) return received;
      missing = std::string(agrees.message());
    } catch (const Stop& stop) {
      if (stop.reason != "NOT_FOUND") throw;
      if (!IsNew(event, now_ms)) return {};
      if (tries == kReceiptTriesMax) throw;
    }
    if (tries == kReceiptTriesMax) StopUnverified(event.event_id() + ": " + missing);
    std::this_thread::sleep_for(std::chrono::milliseconds(kReceiptWaitMs));
  }
}

/// Takes the answers about `open` out of one question as of `at_ms`.
void AskOpenAt(const Invocation& invocation, std::int64_t at_ms,
               std::map<std::string, std::int64_t>& open,
               std::map<std::string, v1::OpenAtRow>& rows) {
  v1::ListOpenAtRequest request;
  *request.mutable_acting() = invocation.Acting();
  *request.mutable_at() = TimeUtil::MillisecondsToTimestamp(at_ms);
  request.set_page_size(kPageRows);
  do {
    const v1::ListOpenAtResponse response = Ask<Service>(invocation, &Stub::ListOpenAt, request);
    for (const v1::OpenAtRow& row : response.rows()) {
      if (open.erase(row.obligation_id()) > 0) rows[row.obligation_id()] = row;
    }
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
}

/// The records of an obligation's own trail; none of one that whoever asks is given none of.
Received AskTrail(const Invocation& invocation, const std::string& obligation_id,
                  const Belief& belief) {
  v1::GetReceiptsRequest request;
  request.set_obligation_id(obligation_id);
  try {
    return Receive(invocation, std::move(request), belief);
  } catch (const Stop& stop) {
    if (stop.reason != "NOT_FOUND") throw;
    return {};
  }
}

/// What became of obligations: first of those that are open, then of the latest of the others, as
/// of when it was open, which answers for all that were open beside it.
std::map<std::string, v1::OpenAtRow> AskObligations(const Invocation& invocation,
                                                    std::map<std::string, std::int64_t> open,
                                                    std::int64_t at_ms) {
  std::map<std::string, v1::OpenAtRow> rows;
  for (int asked = 0; !open.empty() && asked < kOpenAtQuestionsMax; ++asked) {
    AskOpenAt(invocation, at_ms, open, rows);
    // Asked as of this very time: it has ended as it was opened, and no question can show it.
    std::erase_if(open, [at_ms](const auto& each) { return each.second == at_ms; });
    at_ms = 0;
    for (const auto& [id, open_ms] : open) at_ms = std::max(at_ms, open_ms);
  }
  return rows;
}

/// One round of TellObligations: the records of each obligation of `asked`, and then what the
/// broker answers of it. Gives those of which the answer says what no record yet shows.
std::set<std::string> TellOnce(const Invocation& invocation, const std::set<std::string>& asked,
                               std::int64_t at_ms, const Belief& belief, ReviewScope& scope,
                               std::set<std::string>& cut,
                               std::map<std::string, v1::OpenAtRow>& rows) {
  std::map<std::string, std::vector<verifier::ProvedLeaf>> proved;
  const std::set<std::string> trails = scope.Trails();
  Progress progress("obligations", 1);
  std::size_t done = 0;
  for (const std::string& id : asked) {
    Received received;
    if (trails.contains(id)) received = AskTrail(invocation, id, belief);
    for (const auto& [receipt, opening] : received.records) scope.AddOfTrail(receipt, opening);
    if (received.records.empty() || received.records.size() >= kReceiptsMax) cut.insert(id);
    proved[id] = std::move(received.proved);
    progress.Say(++done, asked.size());
  }
  std::map<std::string, std::int64_t> open = scope.Obligations();
  std::erase_if(open, [&asked](const auto& each) { return !asked.contains(each.first); });
  std::set<std::string> unproved;
  for (auto& [id, row] : AskObligations(invocation, std::move(open), at_ms)) {
    const bool is_held =
        cut.contains(id) || verifier::AgreesWith(row, /*is_cut=*/false, at_ms, proved[id]).ok();
    if (!is_held) unproved.insert(id);
    rows[id] = std::move(row);
  }
  return unproved;
}

/// What became of obligations: the records of each, and the broker's answer, once records under a
/// checkpoint hold it.
void TellObligations(const Invocation& invocation, const Belief& belief, ReviewScope& scope,
                     verifier::Review& review) {
  std::set<std::string> asked = scope.Trails();
  for (const auto& [id, open_ms] : scope.Obligations()) asked.insert(id);
  std::set<std::string> cut;
  std::map<std::string, v1::OpenAtRow> rows;
  for (int tries = 1; !asked.empty(); ++tries) {
    asked = TellOnce(invocation, asked, review.made_ms, belief, scope, cut, rows);
    if (asked.empty()) break;
    if (tries == kReceiptTriesMax) {
      StopUnverified(*asked.begin() + ": no record shows what is answered of it");
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(kReceiptWaitMs));
  }
  for (auto& [id, row] : rows) review.obligations.push_back(std::move(row));
  review.cut.insert(review.cut.end(), cut.begin(), cut.end());
}

/// Proves each record under one checkpoint: the newest cosigned one if it holds them all.
void ProveLeaves(const Invocation& invocation, const Belief& belief, verifier::Review& review) {
  const v1::GetCheckpointResponse answer = AskCheckpoint(invocation);
  verifier::Checkpoint checkpoint = OpenOrStop(answer.signed_note(), belief);
  if (belief.earlier) DemandContinues(invocation, *belief.earlier, checkpoint);
  (void)CosignedOrStop(invocation, answer, checkpoint, belief);
  review.signed_note = answer.signed_note();
  review.verifier_key = answer.verifier_key();
  const std::uint64_t end = review.leaves.empty() ? 0 : review.leaves.back().index + 1;
  if (!answer.cosigned_note().empty()) {
    const verifier::Checkpoint cosigned = OpenOrStop(answer.cosigned_note(), belief);
    if (cosigned.tree_size >= end) {
      checkpoint = cosigned;
      review.signed_note = answer.cosigned_note();
    } else if (belief.quorum > 0) {
      StopUsage("the newest cosigned checkpoint does not hold all of it yet; ask again later");
    }
  }
  Progress progress("proofs", 1);
  std::size_t done = 0;
  for (verifier::ReviewLeaf& leaf : review.leaves) {
    v1::ProveInclusionRequest request;
    request.set_leaf_hash(verifier::Bytes(verifier::LeafHash(leaf.opening.leaf())));
    request.set_tree_size(checkpoint.tree_size);
    const v1::ProveInclusionResponse proved =
        Ask<Service>(invocation, &Stub::ProveInclusion, request);
    for (const std::string& hash : proved.proof()) {
      if (hash.size() != 32) StopUnverified("a hash of the proof is not 32 bytes");
      leaf.proof.push_back(verifier::HashFrom(hash));
    }
    progress.Say(++done, review.leaves.size());
  }
}

}  // namespace

void AskInTime(const std::function<void()>& ask,
               const std::function<void(std::chrono::seconds)>& wait) {
  for (int waited = 0;; ++waited) {
    try {
      return ask();
    } catch (const Stop& stop) {
      if (stop.reason != "TIME_INVALID") throw;
      if (waited == kClockAheadSecondsMax) {
        throw Stop{.code = stop.code,
                   .reason = stop.reason,
                   .sentence = "this machine's clock is ahead of the broker's by more than 60 s; "
                               "set it right and ask again"};
      }
    }
    wait(std::chrono::seconds(1));
  }
}

verifier::Review AskReview(const Invocation& invocation, const std::string& nominal_id,
                           const Belief& belief) {
  verifier::Review review;
  review.nominal_id = nominal_id;
  review.made_ms = NowMs();
  review.asked_by = invocation.post;
  review.purpose = invocation.purpose;
  AskInTime([&] { AskEvents(invocation, review); },
            [](std::chrono::seconds length) { std::this_thread::sleep_for(length); });
  ReviewScope scope(nominal_id);
  Progress progress("events", 1);
  std::size_t done = 0;
  for (const v1::KnownEvent& event : review.events) {
    const Received received = WaitForReceipts(invocation, event, review.made_ms, belief);
    for (const auto& [receipt, opening] : received.records) {
      scope.Add(event.event_id(), receipt, opening);
    }
    const bool is_cut = received.records.empty() || received.records.size() >= kReceiptsMax;
    if (is_cut) review.cut.push_back(event.event_id());
    progress.Say(++done, review.events.size());
  }
  TellObligations(invocation, belief, scope, review);
  review.leaves = scope.Leaves();
  ProveLeaves(invocation, belief, review);
  return review;
}

}  // namespace tearline::cli
