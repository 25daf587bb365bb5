#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "clients/cli/call.h"
#include "clients/cli/each_meeting.h"
#include "clients/cli/nouns.h"
#include "clients/cli/output.h"
#include "clients/cli/show_meeting.h"
#include "clients/cli/words.h"
#include "tearline/v1/meeting_service.grpc.pb.h"

namespace tearline::cli {
namespace {

using Service = v1::MeetingService;

struct Options {
  std::string case_id, meeting, meeting_kind, at, edition, digest, kept_by;
  std::string document_kind = "minutes";
  std::vector<std::string> expected, present, apologies;
};

void Plan(const Invocation& invocation, const Options& options) {
  v1::PlanMeetingRequest request;
  *request.mutable_acting() = invocation.Acting();
  request.set_case_id(options.case_id);
  request.set_kind(FromWord<v1::MeetingKind>(options.meeting_kind, "--kind"));
  *request.mutable_planned_for() = TimeFrom(options.at, "--at");
  for (const std::string& post : options.expected) request.add_expected(post);
  const v1::PlanMeetingResponse response =
      Ask<Service>(invocation, &Service::StubInterface::PlanMeeting, request);
  PrintRecorded(invocation.json, response.recorded(), "meeting");
}

void End(const Invocation& invocation, const Options& options, v1::MeetingOutcome outcome) {
  v1::EndMeetingRequest request;
  *request.mutable_acting() = invocation.Acting();
  request.set_case_id(options.case_id);
  request.set_meeting_id(options.meeting);
  request.set_outcome(outcome);
  if (!options.at.empty()) *request.mutable_held_at() = TimeFrom(options.at, "--at");
  for (const std::string& post : options.present) request.add_present(post);
  for (const std::string& post : options.apologies) request.add_apologies(post);
  const v1::EndMeetingResponse response =
      Ask<Service>(invocation, &Service::StubInterface::EndMeeting, request);
  PrintRecorded(invocation.json, response.recorded(), "meeting " + Word(outcome));
}

void Minutes(const Invocation& invocation, const Options& options) {
  v1::RecordMinutesRequest request;
  *request.mutable_acting() = invocation.Acting();
  request.set_case_id(options.case_id);
  request.set_meeting_id(options.meeting);
  request.set_kind(FromWord<v1::DocumentKind>(options.document_kind, "--kind"));
  request.set_form_edition(options.edition);
  request.set_digest(DigestFrom(options.digest, "--digest"));
  request.set_kept_by(options.kept_by);
  const v1::RecordMinutesResponse response =
      Ask<Service>(invocation, &Service::StubInterface::RecordMinutes, request);
  PrintRecorded(invocation.json, response.recorded(), options.document_kind);
}

void List(const Invocation& invocation, const Options& options) {
  const std::vector<v1::Meeting> meetings = MeetingsOf(invocation, options.case_id);
  for (const v1::Meeting& each : meetings) {
    if (invocation.json) {
      PrintJson(each);
    } else {
      ShowMeeting(each);
    }
  }
  if (meetings.empty() && !invocation.json) std::cout << "no meetings\n";
}

CLI::App* Verb(CLI::App& noun, const char* name, const char* what,
               const std::shared_ptr<Options>& options) {
  CLI::App* verb = noun.add_subcommand(name, what);
  verb->add_option("--case", options->case_id, "The case")->type_name("case_…")->required();
  return verb;
}

void AddPlan(CLI::App& noun, Invocation& invocation, const std::shared_ptr<Options>& options) {
  CLI::App* verb = Verb(noun, "plan", "Plan a meeting of the panel", options);
  verb->add_option("--kind", options->meeting_kind,
                   "initial, review, emergency, professionals or core-group")
      ->type_name("KIND")
      ->required();
  verb->add_option("--at", options->at, "For when")->type_name("TIME")->required();
  verb->add_option("--expect", options->expected,
                   "Who is expected (every seat, and the accountable officer); may be given again")
      ->type_name("AGENCY/POST");
  verb->footer(R"(
For the panel's chair and co-ordinators.
Example:
  tearline case meeting plan --case case_… --kind review --at 2026-03-04T10:00:00Z \
    --as probation/coordinator)");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { Plan(invocation, *options); };
  });
}

void AddEnds(CLI::App& noun, Invocation& invocation, const std::shared_ptr<Options>& options) {
  CLI::App* verb = Verb(noun, "held", "Say that a meeting was held, and who came", options);
  verb->add_option("--meeting", options->meeting, "Which")->type_name("meet_…")->required();
  verb->add_option("--present", options->present, "Who was there; may be given again")
      ->type_name("AGENCY/POST")
      ->required();
  verb->add_option("--apologies", options->apologies, "Who sent apologies; may be given again")
      ->type_name("AGENCY/POST");
  verb->add_option("--at", options->at, "When, if not as planned")->type_name("TIME");
  verb->footer(R"(
From now on its minutes are owed by the chair, within two weeks, and chased from there.
Example:
  tearline case meeting held --case case_… --meeting meet_… --present probation/chair \
    --present police/offender-management --apologies prison/security --as probation/coordinator)");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] {
      End(invocation, *options, v1::MEETING_OUTCOME_HELD);
    };
  });

  verb = Verb(noun, "cancelled", "Say that a meeting is not held", options);
  verb->add_option("--meeting", options->meeting, "Which")->type_name("meet_…")->required();
  verb->footer(R"(
A meeting at another time is cancelled, and planned anew.
Example:
  tearline case meeting cancelled --case case_… --meeting meet_… --as probation/coordinator)");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] {
      End(invocation, *options, v1::MEETING_OUTCOME_CANCELLED);
    };
  });
}

void AddMinutes(CLI::App& noun, Invocation& invocation, const std::shared_ptr<Options>& options) {
  CLI::App* verb = Verb(noun, "minutes", "Record where the minutes are, and their digest", options);
  verb->add_option("--meeting", options->meeting, "Which")->type_name("meet_…")->required();
  verb->add_option("--digest", options->digest, "The document's SHA-256, as sha256sum prints it")
      ->type_name("HEX")
      ->required();
  verb->add_option("--kind", options->document_kind, "minutes (the default) or executive-summary");
  verb->add_option("--edition", options->edition,
                   "The edition of its form, for example mappa-2022");
  verb->add_option("--kept-by", options->kept_by, "The post to ask for it (yours)")
      ->type_name("AGENCY/POST");
  verb->footer(R"(
The broker keeps no minutes. A later document of a kind takes the place of the one before, which stays
on record.
Example:
  tearline case meeting minutes --case case_… --meeting meet_… --edition mappa-2022 \
    --digest 64-HEX-DIGITS --as probation/coordinator)");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { Minutes(invocation, *options); };
  });
}

}  // namespace

void AddCaseMeetings(CLI::App& noun, Invocation& invocation) {
  CLI::App* meetings = noun.add_subcommand("meeting", "When the panel meets, and its minutes");
  meetings->require_subcommand(1);
  meetings->footer(R"(
Example:
  tearline case meeting list --case case_… --as probation/chair --purpose panel-meeting)");
  auto options = std::make_shared<Options>();
  AddPlan(*meetings, invocation, options);
  AddEnds(*meetings, invocation, options);
  AddMinutes(*meetings, invocation, options);

  CLI::App* verb = Verb(*meetings, "list", "List a case's meetings", options);
  verb->footer(R"(
For whoever may be shown the case, and for auditors. Looking is recorded.
Example:
  tearline case meeting list --case case_… --as probation/chair --purpose panel-meeting)");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { List(invocation, *options); };
  });
}

}  // namespace tearline::cli
