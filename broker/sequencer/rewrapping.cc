#include "broker/sequencer/rewrapping.h"

#include <utility>

#include "broker/crypto/random.h"
#include "broker/crypto/seal.h"
#include "broker/machine/event_terms.h"
#include "broker/machine/rows.h"
#include "broker/machine/subject_key.h"
#include "broker/state/each_row.h"
#include "broker/status/invariant.h"

namespace tearline::sequencer {
namespace {

using stored::v1::EventRow;
using stored::v1::SubjectKeyRow;

/// Wraps anew what opens by one key, event by event.
class Rewrapping {
 public:
  Rewrapping(std::string old_id, const crypto::Secret& old_key, std::size_t successors,
             const ChooseSuccessor& choose, const Workbench& bench)
      : old_id_(std::move(old_id)), old_key_(old_key), choose_(choose), bench_(bench) {
    while (successors_.size() < successors) {
      successors_.push_back(
          {*model::SubjectKeyId::FromBytes(crypto::RandomBytes(model::SubjectKeyId::kBytes)),
           crypto::Secret(crypto::RandomBytes(crypto::kSealKeyBytes)),
           {}});
    }
  }

  Result<std::vector<vault::Successor>> Run() && {
    const auto row = bench_.view.Find<SubjectKeyRow>(machine::SubjectKeyKey(old_id_));
    TEARLINE_INVARIANT(row.has_value(), "a key that opens something is known");
    for (const state::Key& index : machine::EventIndexesOf(*row)) {
      TEARLINE_RETURN_IF_REFUSED(WrapAll(index));
    }
    return std::move(successors_);
  }

 private:
  Status WrapAll(const state::Key& index) {
    Status refusal;
    state::ForEachRow(bench_.view, index, [&](const auto&, const std::string& event_id) {
      const auto event = bench_.view.Find<EventRow>(machine::EventKey(event_id));
      TEARLINE_INVARIANT(event.has_value(), "an event in an index is kept");
      if (const auto successor = choose_(*event)) refusal = WrapEvent(*event, *successor);
      return refusal.ok();
    });
    return refusal;
  }

  Status WrapEvent(const EventRow& event, std::size_t successor) {
    for (const stored::v1::SealedSegment& segment : event.publish().segments()) {
      for (const auto& key : segment.keys()) {
        TEARLINE_RETURN_IF_REFUSED(WrapOne(event, key, successors_.at(successor)));
      }
    }
    for (std::uint32_t place = 0; place < machine::TearLinesOf(event); ++place) {
      for (const auto& key : machine::TearLineAt(event, place).text().keys()) {
        TEARLINE_RETURN_IF_REFUSED(WrapOne(event, key, successors_.at(successor)));
      }
    }
    return {};
  }

  Status WrapOne(const EventRow& event, const stored::v1::WrappedKey& recorded,
                 vault::Successor& successor) {
    if (machine::StandingKeyOf(recorded.subject_key_id(), event, bench_.view) != old_id_) return {};
    std::string wrapped = recorded.wrapped();
    if (recorded.subject_key_id() != old_id_) {
      const Result<std::optional<std::string>> anew =
          bench_.vault.FindRewrap(*model::SubjectKeyId::FromBytes(old_id_), recorded.wrapped());
      if (!anew.ok()) return anew.status();
      if (!*anew) return {};  // an earlier spillage: it opens no more
      wrapped = **anew;
    }
    Result<std::string> unwrapped = crypto::Unwrap(old_key_.View(), wrapped);
    if (!unwrapped.ok()) return unwrapped.status();
    const crypto::Secret content_key(*std::move(unwrapped));
    successor.wraps.push_back(
        {recorded.wrapped(), crypto::Wrap(successor.key.View(), content_key.View())});
    return {};
  }

  const std::string old_id_;
  const crypto::Secret& old_key_;
  const ChooseSuccessor& choose_;
  const Workbench& bench_;
  std::vector<vault::Successor> successors_;
};

}  // namespace

Result<std::vector<vault::Successor>> WrapAnew(const std::string& subject_key_id,
                                               std::size_t successors,
                                               const ChooseSuccessor& choose,
                                               const Workbench& bench) {
  const Result<crypto::Secret> key =
      bench.vault.Find(*model::SubjectKeyId::FromBytes(subject_key_id));
  if (!key.ok()) return key.status();
  return Rewrapping(subject_key_id, *key, successors, choose, bench).Run();
}

}  // namespace tearline::sequencer
