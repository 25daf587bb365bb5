#pragma once

#include <grpcpp/support/server_callback.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "broker/ledger/ledger.h"
#include "broker/state/database.h"
#include "broker/status/status.h"
#include "tearline/v1/audit_service.pb.h"

namespace tearline::rpc {

/// Sends leaves in order, a frame at a time; the next is read when the last has gone, on gRPC's
/// threads. Owns itself.
class LeafStream final : public grpc::ServerWriteReactor<v1::ReadLeavesResponse> {
 public:
  /// The leaves are those of `view`, from index `first` up to but without `end`. Nothing is sent
  /// before Begin.
  ///
  /// Requires: `end` is at most the tree's size; `ledger` outlives the stream.
  LeafStream(std::shared_ptr<const state::View> view, const ledger::Ledger& ledger,
             std::uint64_t first, std::uint64_t end);

  /// Begins, or ends with a refusal. To be called once. Threads: any; nothing is read on it.
  void Begin(const Status& may);

  void OnSendInitialMetadataDone(bool ok) override { OnWriteDone(ok); }
  void OnWriteDone(bool ok) override;
  void OnDone() override { delete this; }

 private:
  void SendNext();
  Status FillFrame();

  const std::shared_ptr<const state::View> view_;
  const ledger::Ledger& ledger_;
  std::uint64_t next_;
  const std::uint64_t end_;
  std::vector<ledger::StoredHeader>
      headers_;  ///< Those read ahead; headers_[next_header_] is next.
  std::size_t next_header_ = 0;
  v1::ReadLeavesResponse frame_;
};

/// A stream that only refuses.
class RefusedLeafStream final : public grpc::ServerWriteReactor<v1::ReadLeavesResponse> {
 public:
  explicit RefusedLeafStream(const Status& refusal);
  void OnDone() override { delete this; }
};

}  // namespace tearline::rpc
