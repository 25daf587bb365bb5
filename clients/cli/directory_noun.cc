#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <iostream>
#include <memory>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "clients/cli/call.h"
#include "clients/cli/nouns.h"
#include "clients/cli/output.h"
#include "clients/cli/parse_text.h"
#include "clients/cli/show_pending.h"
#include "clients/cli/words.h"
#include "tearline/v1/directory_service.grpc.pb.h"

namespace tearline::cli {
namespace {

using Service = v1::DirectoryService;

struct Options {
  std::string file, authority, agency, member, pending;
};

constexpr char kEntries[] = "agency { … }, member { … }, post { … }";

/// The DER bytes of the first certificate in a PEM file.
std::string CertificateFrom(const std::string& path) {
  const std::string pem = ReadBytes(path);
  const std::unique_ptr<BIO, decltype(&BIO_free)> source(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(
      PEM_read_bio_X509(source.get(), nullptr, nullptr, nullptr), X509_free);
  if (certificate == nullptr) StopUsage("--authority must hold a certificate in PEM");
  unsigned char* bytes = nullptr;
  const int size = i2d_X509(certificate.get(), &bytes);
  if (size <= 0) StopUsage("--authority must hold a certificate in PEM");
  std::string der(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
  OPENSSL_free(bytes);
  return der;
}

v1::Recorded AdmitEntry(const Invocation& invocation, v1::DirectoryEntry entry,
                        const std::string& authority) {
  switch (entry.entry_case()) {
    case v1::DirectoryEntry::kAgency: {
      v1::AdmitAgencyRequest request;
      *request.mutable_acting() = invocation.Acting();
      *request.mutable_agency() = entry.agency();
      if (!authority.empty()) {
        request.mutable_agency()->set_authority_certificate(CertificateFrom(authority));
      }
      return Ask<Service>(invocation, &Service::StubInterface::AdmitAgency, request).recorded();
    }
    case v1::DirectoryEntry::kMember: {
      v1::AdmitMemberRequest request;
      *request.mutable_acting() = invocation.Acting();
      *request.mutable_member() = entry.member();
      return Ask<Service>(invocation, &Service::StubInterface::AdmitMember, request).recorded();
    }
    case v1::DirectoryEntry::kPost: {
      v1::SetPostRequest request;
      *request.mutable_acting() = invocation.Acting();
      *request.mutable_post() = entry.post();
      return Ask<Service>(invocation, &Service::StubInterface::SetPost, request).recorded();
    }
    case v1::DirectoryEntry::ENTRY_NOT_SET:
      break;
  }
  StopUsage(std::string("--file must hold one of: ") + kEntries);
}

void Admit(const Invocation& invocation, const Options& options) {
  v1::DirectoryEntry entry;
  Place furthest;
  if (!ParseText(ReadBytes(options.file), entry, furthest)) {
    StopUsage(PlaceText(furthest) + " of --file does not read; it must hold one of: " + kEntries);
  }
  const v1::Recorded recorded = AdmitEntry(invocation, entry, options.authority);
  PrintRecorded(invocation.json, recorded, "directory");
}

void Suspend(const Invocation& invocation, const Options& options, bool suspended) {
  v1::SetSuspensionRequest request;
  *request.mutable_acting() = invocation.Acting();
  request.set_agency(options.agency);
  request.set_member(options.member);
  request.set_suspended(suspended);
  const v1::SetSuspensionResponse response =
      Ask<Service>(invocation, &Service::StubInterface::SetSuspension, request);
  PrintRecorded(invocation.json, response.recorded(),
                suspended ? "suspended" : "suspension lifted");
}

void SecondHand(const Invocation& invocation, const Options& options) {
  v1::GiveSecondHandRequest request;
  *request.mutable_acting() = invocation.Acting();
  request.set_pending_id(options.pending);
  const v1::GiveSecondHandResponse response =
      Ask<Service>(invocation, &Service::StubInterface::GiveSecondHand, request);
  PrintRecorded(invocation.json, response.recorded(), "second hand");
}

void ListPending(const Invocation& invocation) {
  v1::ListPendingRequest request;
  *request.mutable_acting() = invocation.Acting();
  request.set_page_size(1000);
  Table table({"PENDING", "COMMAND", "WHAT", "ASKED BY", "PURPOSE", "LAPSES", ""});
  do {
    const v1::ListPendingResponse response =
        Ask<Service>(invocation, &Service::StubInterface::ListPending, request);
    for (const v1::PendingCommand& command : response.commands()) {
      if (invocation.json) {
        PrintJson(command);
        continue;
      }
      table.Add({command.pending_id(), command.command(), PendingText(command),
                 command.post() + " (" + command.member() + ")", command.purpose(),
                 TimeText(command.lapses_at()),
                 command.yours_to_confirm() ? "yours to confirm" : ""});
    }
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  if (!invocation.json) table.Print();
}

template <typename Enum>
std::string WordsOf(const google::protobuf::RepeatedField<int>& values) {
  std::string words;
  for (const int value : values) {
    words += (words.empty() ? "" : ",") + Word(static_cast<Enum>(value));
  }
  return words;
}

void List(const Invocation& invocation) {
  v1::ListDirectoryRequest request;
  *request.mutable_acting() = invocation.Acting();
  request.set_page_size(1000);
  Table table({"", "NAME", "KIND OR ROLES", "HOLDER", "DEPUTY", "ESCALATES TO", "SERVICES", ""});
  do {
    const v1::ListDirectoryResponse response =
        Ask<Service>(invocation, &Service::StubInterface::ListDirectory, request);
    for (const v1::DirectoryEntry& entry : response.entries()) {
      if (invocation.json) {
        PrintJson(entry);
        continue;
      }
      const std::string note = entry.suspended() ? "suspended" : "";
      if (entry.has_agency()) {
        table.Add(
            {"agency", entry.agency().agency(), Word(entry.agency().kind()), "", "", "", "", note});
      } else if (entry.has_member()) {
        const v1::Member& member = entry.member();
        table.Add({"member", member.agency() + "/" + member.member(), Word(member.kind()), "", "",
                   "", "", note});
      } else {
        const v1::Post& post = entry.post();
        std::string services;
        for (const std::string& service : post.services()) {
          services += (services.empty() ? "" : ",") + service;
        }
        const std::string answers = WordsOf<v1::Capability>(post.capabilities());
        table.Add({"post", post.post(), WordsOf<v1::PostRole>(post.roles()), post.holder(),
                   post.deputy(), post.escalates_to(), services,
                   answers.empty() ? note
                                   : "answers for " + answers + (note.empty() ? "" : ", " + note)});
      }
    }
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  if (!invocation.json) table.Print();
}

}  // namespace

void AddDirectory(CLI::App& app, Invocation& invocation) {
  CLI::App* noun = app.add_subcommand("directory", "Who takes part: agencies, members, posts");
  noun->require_subcommand(1);
  noun->footer("\nExample:\n  tearline directory list --as broker/operator");
  auto options = std::make_shared<Options>();

  CLI::App* verb = noun->add_subcommand("admit", "Admit an agency, member or post, or change one");
  verb->add_option("--file", options->file, "agency { … }, member { … } or post { … }")
      ->type_name("FILE|-")
      ->required();
  verb->add_option("--authority", options->authority, "For an agency: its authority, PEM")
      ->type_name("FILE");
  verb->footer(R"(
An agency, admitted or changed, always awaits a second hand from another operator: its pending id is
printed. So does a post that may itself confirm (operator, co-ordinator, information governance).
Example, with post.textproto holding
    post { post: "police/intake" roles: POST_ROLE_INTAKE holder: "j-marsh"
           clearance { tier: TIER_OFFICIAL sensitive: true } }
and agency.textproto holding
    agency { agency: "housing" kind: AGENCY_KIND_HOUSING }
  tearline directory admit --file post.textproto --as broker/operator
  tearline directory admit --file agency.textproto --authority housing-ca.pem --as broker/operator)");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { Admit(invocation, *options); };
  });

  for (const bool suspended : {true, false}) {
    verb = noun->add_subcommand(
        suspended ? "suspend" : "lift",
        suspended ? "Suspend an agency or a member; live streams end" : "Lift a suspension");
    verb->add_option("--agency", options->agency, "The agency")->type_name("AGENCY")->required();
    verb->add_option("--member", options->member, "The member; without it the whole agency")
        ->type_name("MEMBER");
    verb->footer(std::string("\nExample:\n  tearline directory ") +
                 (suspended ? "suspend" : "lift") +
                 " --agency college --member clerk --as broker/operator");
    verb->callback([&invocation, options, suspended] {
      invocation.verb = [&invocation, options, suspended] {
        Suspend(invocation, *options, suspended);
      };
    });
  }

  verb = noun->add_subcommand("second-hand", "Confirm what another post began");
  verb->add_option("--pending", options->pending, "What waits")->type_name("pend_…")->required();
  verb->footer(R"(
The second hand is another post, member, certificate and user acted for than the first, and might
have asked the same itself. What nobody confirms in 14 days lapses.
Example:
  tearline directory second-hand --pending pend_… --as police/coordinator)");
  verb->callback([&invocation, options] {
    invocation.verb = [&invocation, options] { SecondHand(invocation, *options); };
  });

  verb = noun->add_subcommand("pending", "List what waits for a second hand");
  verb->footer(R"(
Shown is what your agency asked for, and what you may confirm, with all that it changes. Where it
shows somebody it is recorded as a look, and needs --purpose, of whoever asked for it, too.
Example:
  tearline directory pending --as police/coordinator --purpose public-protection)");
  verb->callback([&invocation] { invocation.verb = [&invocation] { ListPending(invocation); }; });

  AddSigningKeys(*noun, invocation);
  AddPostReport(*noun, invocation);

  verb = noun->add_subcommand("list", "List agencies, members and posts");
  verb->footer("\nExample:\n  tearline directory list --as broker/operator");
  verb->callback([&invocation] { invocation.verb = [&invocation] { List(invocation); }; });
}

}  // namespace tearline::cli
