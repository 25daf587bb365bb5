#include "broker/rpc/withdrawal.h"

#include "broker/model/ids.h"
#include "broker/rpc/receivers.h"
#include "broker/rpc/record_again.h"
#include "broker/sequencer/prepare_withdraw.h"

namespace tearline::rpc {

grpc::ServerUnaryReactor* Withdraw(Door& door, grpc::CallbackServerContext* context,
                                   const v1::WithdrawEventRequest* request,
                                   v1::WithdrawEventResponse* response) {
  return RecordAgain(
      door, context, request, response, stored::v1::COMMAND_NUMBER_WITHDRAW_EVENT,
      [request](const stored::v1::Actor& actor, model::Position position,
                const sequencer::Workbench& bench) {
        return sequencer::PrepareWithdraw(*request, actor, position, bench);
      },
      [&door, request](v1::WithdrawEventResponse& filled) {
        const auto id = model::EventId::Parse(request->event_id());
        *filled.mutable_receivers() = ReceiversOf(id->Bytes(), *door.View());
      });
}

}  // namespace tearline::rpc
