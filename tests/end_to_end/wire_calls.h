#pragma once

#include <grpcpp/client_context.h>
#include <grpcpp/support/status.h>

#include <chrono>
#include <stdexcept>
#include <string>

#include "clients/cpp/refusal.h"
#include "tearline/v1/acting.pb.h"
#include "tests/end_to_end/wire_player.h"
#include "tests/machine/world.h"
#include "tests/scenarios/stage.h"

namespace tearline::end_to_end {

/// A call that waits for a broker that has just been started, and not for ever.
inline void PrepareCall(grpc::ClientContext& context) {
  context.set_wait_for_ready(true);
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
}

/// For whom and why an actor says something.
inline v1::Acting ActingOf(const stored::v1::Actor& actor) {
  v1::Acting acting;
  acting.set_post(actor.post());
  acting.set_purpose(actor.purpose());
  acting.set_legal_basis(actor.legal_basis());
  return acting;
}

/// The auditor of every story.
inline stored::v1::Actor Auditor() {
  stored::v1::Actor actor = machine::World::System(scenarios::Stage::kAuditor);
  actor.set_purpose("audit");
  return actor;
}

inline void MustBeDone(const scenarios::Said& said) {
  if (!said.done) throw std::runtime_error("the broker does not say: " + said.sentence);
}

template <typename Stub, typename Request, typename Response>
scenarios::Said WirePlayer::Call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                              Response*),
                                 const stored::v1::Actor& actor, Request& request,
                                 Response& response) {
  *request.mutable_acting() = ActingOf(actor);
  Stub stub(ChannelOf(actor));
  grpc::ClientContext context;
  PrepareCall(context);
  const grpc::Status status = (stub.*method)(&context, request, &response);
  scenarios::Said said;
  if (!status.ok()) {
    const client::Refusal refusal = client::RefusalFrom(status);
    said.done = false;
    v1::ErrorReason_Parse("ERROR_REASON_" + refusal.reason, &said.reason);
    said.sentence = refusal.sentence;
  } else if constexpr (requires { response.recorded(); }) {
    said.made_id = response.recorded().made_id();
    said.done = !response.recorded().awaits_second_hand();
    if (!said.done) said.sentence = "it awaits a second hand";
  }
  return said;
}

}  // namespace tearline::end_to_end
