#include <string>

#include "broker/machine/apply.h"
#include "broker/machine/certificate_end.h"
#include "broker/machine/feed_name.h"
#include "broker/machine/look_again.h"
#include "broker/machine/rows.h"
#include "broker/machine/subscription.h"
#include "broker/model/limits.h"

namespace tearline::machine {

using stored::v1::SessionRow;

Status ApplyOpenSession(const stored::v1::OpenSession& command, Step& step) {
  if (PostOfFeed(command.feed()) != step.actor.post()) {
    return Refuse(v1::ERROR_REASON_NOT_YOUR_POST, "a feed is opened by its own post");
  }
  if (!FeedExists(command.feed(), step.batch)) return NoSuchSubscription();
  if (command.window_messages() == 0 || command.window_messages() > model::kWindowMessagesMax) {
    return Refuse(v1::ERROR_REASON_LIMIT_PASSED, "`window_messages` must be 1 to 1,000");
  }
  if (command.window_bytes() < model::kWindowBytesMin ||
      command.window_bytes() > model::kWindowBytesMax) {
    return Refuse(v1::ERROR_REASON_LIMIT_PASSED, "`window_bytes` must be 1,048,576 to 16,777,216");
  }

  const model::SessionId id = step.MakeId<model::SessionId>(model::SessionTag{});
  SessionRow row;
  row.set_session_id(id.Bytes());
  row.set_window_messages(command.window_messages());
  row.set_window_bytes(command.window_bytes());
  row.set_member(step.actor.agency() + "/" + step.actor.member());
  row.set_opened_ms(step.now_ms());
  step.batch.PutRow(SessionKey(command.feed()), row);
  step.AddChanged("session-opened", command.feed(), row.member());
  NoteCertificate(command.certificate_until_ms(), step);
  BeginLookingAgain(command.feed(), step);
  step.to_release.insert(command.feed());
  step.applied.made_id = id.Text();
  return {};
}

Status ApplyCloseSession(const stored::v1::CloseSession& command, Step& step) {
  const auto session = step.batch.Find<SessionRow>(SessionKey(command.feed()));
  if (!session || session->session_id() != command.session_id()) {
    return Refuse(v1::ERROR_REASON_SESSION_SUPERSEDED, "the session was superseded or closed");
  }
  if (PostOfFeed(command.feed()) != step.actor.post()) {
    return Refuse(v1::ERROR_REASON_NOT_YOUR_POST, "a session is closed by its own post");
  }

  step.batch.Erase(SessionKey(command.feed()));
  step.AddChanged("session-closed", command.feed(), session->member());
  return {};
}

}  // namespace tearline::machine
