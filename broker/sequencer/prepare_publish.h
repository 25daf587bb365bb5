#pragma once

#include <memory>
#include <span>
#include <vector>

#include "broker/sequencer/proposer.h"
#include "broker/sequencer/workbench.h"
#include "broker/state/batch.h"
#include "broker/status/status.h"
#include "tearline/v1/publisher_service.pb.h"

namespace tearline::sequencer {

/// The items of one request on their way to becoming proposals: all are checked, then the keys that
/// are new are made together, with one sync, then all are sealed.
///
/// The originating agency is the item's, or the actor's if it names none; the originating post is
/// the actor's if it is a post of that agency, else none. Keys that are new are durable in the
/// vault before Finish returns. Sentences name fields from `event` on: "event.segments[0].content".
///
/// Nothing is sealed and no key made for whoever may not publish this, nor for a request id that is
/// known: the record then only says so, and the machine answers as the first time.
///
/// Refuses, each item by itself:
///          NOT_YOUR_POST, NOT_PERMITTED, NOT_FOUND, SUSPENDED as machine::CheckOrigin;
///          LIMIT_PASSED also if the header could pass its limit in the worst case: whether
///          anything is known here makes no difference to it;
///          FIELD_INVALID, LIMIT_PASSED, EVENT_TYPE_INVALID, LABEL_INVALID, NAME_INVALID,
///          IDENTIFIER_INVALID, TIME_INVALID as error.proto says;
///          ABOVE_ACCREDITATION  this broker may not hold content so marked;
///          GENESIS_MISSING; STORAGE_FAILED from the vault.
/// Threads: one at a time.
class PublishPreparation {
 public:
  /// Checks.
  ///
  /// Requires: the actor may publish at all (machine::CheckPermission); the items, the actor and
  /// what `bench` names outlive it.
  PublishPreparation(std::span<const v1::PublishItem* const> items, const stored::v1::Actor& actor,
                     const Workbench& bench);
  ~PublishPreparation();
  PublishPreparation(const PublishPreparation&) = delete;
  PublishPreparation& operator=(const PublishPreparation&) = delete;

  /// Whether Finish waits for the vault's disk.
  bool MakesKeys() const;

  /// A proposal, or why not, for each item, in order. Called once.
  std::vector<Result<Proposal>> Finish();

 private:
  struct Draft;

  void MakeKeys();

  const stored::v1::Actor& actor_;
  /// Over the view it was given: what all items ask for is read once.
  const state::Batch seen_;
  const Workbench bench_;
  std::vector<std::unique_ptr<Draft>> drafts_;
};

/// The same for one item. Threads: any.
[[nodiscard]] Result<Proposal> PreparePublish(const v1::PublishItem& item,
                                              const stored::v1::Actor& actor,
                                              const Workbench& bench);

}  // namespace tearline::sequencer
