#include <iostream>
#include <memory>
#include <string>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "clients/cli/call.h"
#include "clients/cli/nouns.h"
#include "clients/cli/output.h"
#include "clients/cli/words.h"
#include "tearline/v1/case_service.grpc.pb.h"
#include "tearline/v1/post_service.grpc.pb.h"

namespace tearline::cli {
namespace {

using Service = v1::PostService;

struct Options {
  std::string nominal, post, obligation, from, until;
  bool nobody = false;
};

void Supervise(const Invocation& invocation, const Options& options) {
  if (options.post.empty() != options.nobody) StopUsage("give --post or --nobody");
  v1::SetSupervisorRequest request;
  *request.mutable_acting() = invocation.Acting();
  request.set_nominal_id(options.nominal);
  request.set_post(options.post);
  const v1::SetSupervisorResponse response =
      Ask<Service>(invocation, &Service::StubInterface::SetSupervisor, request);
  PrintRecorded(invocation.json, response.recorded(),
                options.nobody ? "supervisor left" : "supervisor");
}

void SetLeave(const Invocation& invocation, const Options& options) {
  v1::SetLeaveRequest request;
  *request.mutable_acting() = invocation.Acting();
  request.set_post(options.post.empty() ? invocation.post : options.post);
  if (!options.from.empty()) *request.mutable_from() = TimeFrom(options.from, "--from");
  if (!options.until.empty()) *request.mutable_until() = TimeFrom(options.until, "--until");
  const v1::SetLeaveResponse response =
      Ask<Service>(invocation, &Service::StubInterface::SetLeave, request);
  PrintRecorded(invocation.json, response.recorded(), options.until.empty() ? "back" : "away");
}

void PrintEvents(const char* title,
                 const google::protobuf::RepeatedPtrField<v1::HandedOverEvent>& events) {
  std::cout << title << '\n';
  Table table({"EVENT", "WHAT", "LEVEL", "LANE", "NUMBER", "OCCURRED", "TOLD", ""});
  for (const v1::HandedOverEvent& each : events) {
    table.Add({each.event_id(), each.event_type(), Word(each.level()), Word(each.urgency()),
               each.sequence() == 0 ? "" : std::to_string(each.sequence()),
               TimeText(each.occurred_at()), TimeText(each.released_at()),
               each.acknowledged() ? "received" : ""});
  }
  if (table.Empty()) {
    std::cout << "  nothing\n";
  } else {
    table.Print(2);
  }
}

void PrintPack(const v1::GetHandOverResponse& pack) {
  if (pack.obligation_id().empty()) {
    std::cout << "nothing waits to be taken over\n";
  } else {
    std::cout << pack.obligation_id() << "  to be taken over by "
              << (pack.holder().empty() ? "whoever comes" : pack.holder()) << ", due "
              << TimeText(pack.due_at()) << '\n';
    if (pack.holders() > 1) {
      std::cout << "  " << pack.holders() << " hand-overs, and nobody has taken over\n";
    }
  }
  PrintEvents("unread", pack.unread());
  if (pack.unread_more()) std::cout << "  and more, in the feed\n";
  std::cout << "owed\n";
  Table table({"OBLIGATION", "WHAT", "WHY", "NOMINAL", "DEBTOR", "DUE", "STAGE"});
  for (const v1::Obligation& each : pack.obligations()) {
    table.Add({each.obligation_id(), Word(each.type()), Word(each.reason()), each.nominal_id(),
               each.debtor_post(), TimeText(each.due_at()), std::to_string(each.stage())});
  }
  if (table.Empty()) {
    std::cout << "  nothing\n";
  } else {
    table.Print(2);
  }
  if (pack.obligations_more()) std::cout << "  and more: tearline obligation list\n";
  PrintEvents("newest", pack.newest());
}

void HandOver(const Invocation& invocation) {
  v1::GetHandOverRequest request;
  *request.mutable_acting() = invocation.Acting();
  const v1::GetHandOverResponse pack =
      Ask<Service>(invocation, &Service::StubInterface::GetHandOver, request);
  if (invocation.json) return PrintJson(pack);
  PrintPack(pack);
}

void TakeOver(const Invocation& invocation, const Options& options) {
  v1::DischargeObligationRequest request;
  *request.mutable_acting() = invocation.Acting();
  request.set_obligation_id(options.obligation);
  request.set_discharge(v1::DISCHARGE_TAKEN_OVER);
  const v1::DischargeObligationResponse response = Ask<v1::CaseService>(
      invocation, &v1::CaseService::StubInterface::DischargeObligation, request);
  PrintRecorded(invocation.json, response.recorded(), "taken over");
}

std::string WantsOf(const v1::ReportedPost& post) {
  std::string wants;
  const auto add = [&wants](bool it_does, const std::string& what) {
    if (it_does) wants += (wants.empty() ? "" : ", ") + what;
  };
  add(post.dead(), "dead: nobody reads what comes");
  add(post.no_holder() && !post.dead(), "no holder");
  add(post.no_deputy() && !post.dead(), "no deputy");
  add(post.no_line(), "its line ends nowhere");
  add(post.has_handed_over_at(), "not taken over since " + TimeText(post.handed_over_at()));
  add(post.holders() > 1, std::to_string(post.holders()) + " hand-overs");
  add(post.past_due(), "past its time");
  add(post.has_away_from(),
      "holder away from " + TimeText(post.away_from()) + " until " + TimeText(post.away_until()));
  return wants;
}

/// What waits for a subscription.
std::string WaitingOf(const v1::ReportedSubscription& wish) {
  const std::string since = TimeText(wish.waiting_since());
  if (wish.waiting() == 0) return "what was recorded before waits since " + since + ": nobody asks";
  return std::to_string(wish.waiting()) + " waiting since " + since +
         ": nobody asks for them, or the window is full";
}

/// Why a subscription is listed.
std::string QuietOf(const v1::ReportedSubscription& wish) {
  std::string why;
  const auto add = [&why](bool holds, const std::string& words) {
    if (holds) why += (why.empty() ? "" : "; ") + words;
  };
  add(wish.out_of_reach(), "nobody can receive for its post");
  add(wish.never_received(), "nothing was ever let go to it since " + TimeText(wish.created_at()) +
                                 ", and nothing waits");
  add(wish.has_waiting_since(), WaitingOf(wish));
  add(wish.has_behind_since(),
      "behind since " + TimeText(wish.behind_since()) + ": nobody asks");
  add(wish.parked() != 0, std::to_string(wish.parked()) + " set aside since " +
                              TimeText(wish.parked_since()));
  add(wish.not_told() != 0, "told nothing of " + std::to_string(wish.not_told()) +
                                " that came for it since " + TimeText(wish.not_told_since()));
  return why;
}

void Report(const Invocation& invocation, std::uint32_t quiet_days) {
  v1::ReportPostsRequest request;
  *request.mutable_acting() = invocation.Acting();
  request.set_page_size(1000);
  request.set_quiet_days(quiet_days);
  Table table({"POST", "WANTS"});
  Table wishes({"SUBSCRIPTION OF", "ID", "RECEIVES NOTHING"});
  std::uint64_t unwatched = 0;
  std::uint64_t unsupervised = 0;
  std::string nobodys, without;
  do {
    const v1::ReportPostsResponse response =
        Ask<Service>(invocation, &Service::StubInterface::ReportPosts, request);
    if (invocation.json) PrintJson(response);
    for (const v1::ReportedPost& post : response.posts()) table.Add({post.post(), WantsOf(post)});
    for (const v1::ReportedSubscription& wish : response.subscriptions()) {
      wishes.Add({wish.post(), wish.subscription_id(), QuietOf(wish)});
    }
    unwatched += response.unwatched();
    unsupervised += response.unsupervised();
    for (const std::string& id : response.unwatched_nominal_ids()) nobodys += "  " + id + '\n';
    for (const std::string& id : response.unsupervised_nominal_ids()) without += "  " + id + '\n';
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  if (invocation.json) return;
  if (table.Empty()) {
    std::cout << "no post wants anything\n";
  } else {
    table.Print();
  }
  if (!wishes.Empty()) wishes.Print();
  std::cout << unwatched << " people whom no post watches\n" << nobodys;
  std::cout << unsupervised << " people whom no post supervises, those among them\n" << without;
}

void AddLeave(CLI::App& noun, Invocation& invocation, const std::shared_ptr<Options>& options) {
  CLI::App* verb = noun.add_subcommand("away", "Say that the holder of a post is away for a while");
  verb->add_option("--post", options->post, "The post; your own if not given")
      ->type_name("AGENCY/POST");
  verb->add_option("--from", options->from, "From when; already if not given")->type_name("TIME");
  verb->add_option("--until", options->until, "Until when, at most 366 days ahead")
      ->type_name("TIME")
      ->required();
  verb->footer(R"(
Meanwhile the deputy has charge of the post: what waits is theirs to take over, and after the time the
holder's again. If the post has no deputy, what it owes climbs at once. For the post itself, the post
it climbs to, and operators. Said again, it takes the place of what was said before.
Example:
  tearline post away --until 2026-12-14T09:00:00Z --as probation/officer)");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { SetLeave(invocation, *options); };
  });

  verb = noun.add_subcommand("back", "Say that the holder is back, or is not going to be away");
  verb->add_option("--post", options->post, "The post; your own if not given")
      ->type_name("AGENCY/POST");
  verb->footer(R"(
Example:
  tearline post back --post probation/officer --as probation/manager)");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { SetLeave(invocation, *options); };
  });
}

}  // namespace

void AddPost(CLI::App& app, Invocation& invocation) {
  CLI::App* noun =
      app.add_subcommand("post", "What a post supervises and hands over, and who is away");
  noun->require_subcommand(1);
  noun->footer(R"(
Example:
  tearline post hand-over --as probation/officer --purpose hand-over)");
  auto options = std::make_shared<Options>();

  CLI::App* verb = noun->add_subcommand("supervise", "Name who supervises a person without a case");
  verb->add_option("--nominal", options->nominal, "Whom")->type_name("nom_…")->required();
  verb->add_option("--post", options->post, "The post")->type_name("AGENCY/POST");
  verb->add_flag("--nobody", options->nobody, "No post does any more");
  verb->footer(R"(
What duties owe to a supervisor reaches the post from then on; what was recorded before comes late. A
case's own supervising post goes before it. For a post of your own agency it awaits a second hand.
Example:
  tearline post supervise --nominal nom_… --post probation/officer --as probation/mappa \
    --purpose allocation)");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { Supervise(invocation, *options); };
  });

  AddLeave(*noun, invocation, options);

  verb = noun->add_subcommand("hand-over", "Show what a post hands over to its new holder");
  verb->footer(R"(
Unread items, what is owed, the newest ten events: ids and times; what they say is in the feed. Looking
is recorded.
Example:
  tearline post hand-over --as probation/officer --purpose hand-over)");
  verb->callback([&invocation] { invocation.verb = [&invocation] { HandOver(invocation); }; });

  verb = noun->add_subcommand("take-over", "Say that you have read what was handed over to you");
  verb->add_option("--obligation", options->obligation, "As hand-over shows it")
      ->type_name("ob_…")
      ->required();
  verb->footer(R"(
For the person who holds the post or, while they are away, who stands in; with their own certificate,
after they have asked for it. Until then it is chased, and the operators' report shows it.
Example:
  tearline post take-over --obligation ob_… --as probation/officer)");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { TakeOver(invocation, *options); };
  });
}

void AddPostReport(CLI::App& directory, Invocation& invocation) {
  CLI::App* verb = directory.add_subcommand("report", "Posts and people nobody looks after");
  auto days = std::make_shared<std::uint32_t>(0);
  verb->add_option("--days", *days,
                   "List subscriptions that have received nothing for so many days (14)")
      ->check(CLI::Range(1, 366));
  verb->footer(R"(
Posts without holder or deputy, whose line ends nowhere, or that were not taken over; people whom no
case, supervisor or subscription brings to a post, and people whom no post supervises: how many, and to
auditors bound to no area, who; and subscriptions that receive nothing: what they may be told waits, or
nothing ever came. Looking is recorded.
Example:
  tearline directory report --as broker/operator --purpose directory-review)");
  verb->callback([&invocation, days] {
    invocation.verb = [&invocation, days] { Report(invocation, *days); };
  });
}

}  // namespace tearline::cli
