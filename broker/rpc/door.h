#pragma once

#include <grpcpp/server_context.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "broker/concurrency/workers.h"
#include "broker/rpc/caller.h"
#include "broker/rpc/refusal_book.h"
#include "broker/rpc/services.h"
#include "broker/sequencer/workbench.h"
#include "broker/state/database.h"
#include "broker/status/status.h"
#include "tearline/stored/v1/command.pb.h"
#include "tearline/v1/acting.pb.h"

namespace tearline::rpc {

/// What every service shares: who comes in, and what they are let see.
///
/// Threads: any.
class Door {
 public:
  /// Requires: what `services` names outlives it.
  Door(Services services, CredentialSource credentials);

  /// Whom the caller acts as, if `reader` lets them ask for `command` at all: nothing is prepared
  /// for whoever may not, and the machine looks again. UNSPECIFIED is for what records nothing. A
  /// refusal of authority is noted for the ledger.
  ///
  /// Refuses: UNAVAILABLE when closed; as Callers::Recognise, ActorOf and machine::CheckPermission.
  [[nodiscard]] Result<stored::v1::Actor> Enter(const std::string& leaf_pem,
                                                const v1::Acting& acting,
                                                stored::v1::CommandNumber command,
                                                const state::Reader& reader);
  [[nodiscard]] Result<stored::v1::Actor> Enter(const grpc::CallbackServerContext& context,
                                                const v1::Acting& acting,
                                                stored::v1::CommandNumber command,
                                                const state::Reader& reader);

  /// Whether the certificate's holder acts for a post with the operator's role. A refusal is noted
  /// as above.
  ///
  /// Refuses: UNAVAILABLE when closed; as Callers::Recognise; NOT_PERMITTED.
  [[nodiscard]] Status EnterAsOperator(const std::string& leaf_pem);

  /// Notes `refusal` for the ledger if it is one of authority; anything else is passed over.
  void NoteIfAuthority(const Status& refusal, const std::string& leaf_pem,
                       stored::v1::CommandNumber command);

  /// Refuses everybody from now on.
  void Close() { closed_.store(true); }

  /// Does `task`, which may wait for a disk, on a thread that may.
  ///
  /// Refuses: TOO_BUSY, if kWorkersLineMax wait already.
  [[nodiscard]] Status OnAWorker(std::function<void()> task);

  /// Ends the workers, and proposes the refusals that wait, for the last time.
  ///
  /// Requires: closed, and nobody is inside any more.
  void NoteTheLast();

  const Services& services() const { return services_; }
  std::shared_ptr<const state::View> View() const { return services_.view(); }
  std::int64_t NowMs() const { return services_.clock.WallMs(); }

  /// What a command is prepared with. Requires: `view` outlives it.
  sequencer::Workbench Bench(const state::Reader& view) const {
    return {view, services_.vault, NowMs()};
  }

 private:
  const Services services_;
  Callers callers_;
  RefusalBook refusals_;
  std::atomic<bool> closed_{false};
  concurrency::Workers workers_;  ///< Ended first: what they do leans on the rest.
};

}  // namespace tearline::rpc
