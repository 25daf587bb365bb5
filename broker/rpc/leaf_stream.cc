#include "broker/rpc/leaf_stream.h"

#include <utility>

#include "broker/model/limits.h"
#include "broker/rpc/grpc_status.h"
#include "broker/rpc/tree.h"

namespace tearline::rpc {
namespace {

/// Headers read ahead, in bytes: their seeds are needed for the padding.
constexpr std::size_t kReadAheadBytes = 256 * 1024;

}  // namespace

LeafStream::LeafStream(std::shared_ptr<const state::View> view, const ledger::Ledger& ledger,
                       std::uint64_t first, std::uint64_t end)
    : view_(std::move(view)), ledger_(ledger), next_(first), end_(end) {}

void LeafStream::Begin(const Status& may) {
  if (may.ok()) {
    StartSendInitialMetadata();
  } else {
    Finish(ToGrpc(may));
  }
}

void LeafStream::OnWriteDone(bool ok) {
  if (!ok) {
    Finish({grpc::StatusCode::CANCELLED, "the reader went away"});
    return;
  }
  SendNext();
}

void LeafStream::SendNext() {
  if (next_ >= end_) {
    Finish(grpc::Status::OK);
    return;
  }
  if (const Status status = FillFrame(); !status.ok()) {
    Finish(ToGrpc(status));
    return;
  }
  StartWrite(&frame_);
}

Status LeafStream::FillFrame() {
  frame_.Clear();
  std::size_t bytes = 0;
  while (next_ < end_ && bytes < model::kFrameBytesMax) {
    if (next_header_ == headers_.size()) {
      // Leaf `next_` is of the record after position `next_`.
      Result<std::vector<ledger::StoredHeader>> headers =
          ledger_.ReadHeaders(next_, kReadAheadBytes);
      if (!headers.ok()) return headers.status();
      if (headers->empty()) {
        return Refuse(v1::ERROR_REASON_LEDGER_TAIL_LOST, "the ledger ends before its own tree");
      }
      headers_ = *std::move(headers);
      next_header_ = 0;
    }
    *frame_.add_leaves() = ReadLeaf(next_, headers_[next_header_].header.seed, *view_);
    bytes += frame_.leaves(frame_.leaves_size() - 1).ByteSizeLong();
    ++next_header_;
    ++next_;
  }
  return {};
}

RefusedLeafStream::RefusedLeafStream(const Status& refusal) { Finish(ToGrpc(refusal)); }

}  // namespace tearline::rpc
