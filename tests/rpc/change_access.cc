#include "tests/rpc/change_access.h"

#include <gtest/gtest.h>

#include "tearline/stored/v1/row.pb.h"
#include "tearline/v1/case_service.grpc.pb.h"
#include "tearline/v1/directory_service.grpc.pb.h"

namespace tearline::rpc {

void SuspendSystemOf(RunningDoor& door, const std::string& post) {
  v1::SetSuspensionRequest request;
  *request.mutable_acting() = RunningDoor::As("desk/operator");
  request.set_agency(post.substr(0, post.find('/')));
  request.set_member(post.substr(post.find('/') + 1) + "-system");
  request.set_suspended(true);
  v1::SetSuspensionResponse response;
  grpc::ClientContext context;
  ASSERT_TRUE(v1::DirectoryService::NewStub(door.SystemOf("desk/operator"))
                  ->SetSuspension(&context, request, &response)
                  .ok());
}

void LeaveThePanel(RunningDoor& door, const std::string& post) {
  const auto view = door.writer().View();
  const auto cases = view->Scan(state::Key(state::Table::kCase), 1);
  stored::v1::CaseRow row;
  ASSERT_TRUE(cases.size() == 1 && row.ParseFromString(cases[0].second));
  v1::SeatPostRequest request;
  *request.mutable_acting() = RunningDoor::As("probation/coordinator");
  request.set_case_id(row.case_().case_id());
  request.mutable_seat()->set_post(post);
  request.set_leave(true);
  v1::SeatPostResponse response;
  grpc::ClientContext context;
  ASSERT_TRUE(v1::CaseService::NewStub(door.SystemOf("probation/coordinator"))
                  ->SeatPost(&context, request, &response)
                  .ok());
}

}  // namespace tearline::rpc
