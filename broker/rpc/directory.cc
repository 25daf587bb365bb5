#include "broker/rpc/directory.h"

#include <optional>
#include <string>
#include <utility>

#include "broker/identity/authority.h"
#include "broker/machine/permission.h"
#include "broker/machine/rows.h"
#include "broker/model/ids.h"
#include "broker/model/name.h"
#include "broker/rpc/consult.h"
#include "broker/rpc/form.h"
#include "broker/rpc/look_at_pending.h"
#include "broker/rpc/record_again.h"
#include "broker/rpc/server_limits.h"
#include "broker/rpc/signing_keys.h"
#include "broker/rpc/unary.h"
#include "broker/sequencer/prepare_move.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::rpc {
namespace {

using state::Key;
using state::Table;

/// The agency as it will be recorded. Whether digest and certificate belong together is looked at
/// here, because the machine reads no certificates.
Result<stored::v1::AdmitAgency> ReadAgency(const v1::AdmitAgencyRequest& request) {
  stored::v1::AdmitAgency command;
  *command.mutable_agency() = request.agency();
  v1::Agency& agency = *command.mutable_agency();
  const Result<identity::Authority> authority =
      identity::Authority::Read(agency.authority_certificate());
  if (!authority.ok()) {
    return Refuse(v1::ERROR_REASON_FIELD_INVALID,
                  "`agency.authority_certificate` must be the certificate of one issuer");
  }
  const std::string digest = authority->SpkiDigest().Bytes();
  if (!agency.authority_spki_digest().empty() && agency.authority_spki_digest() != digest) {
    return Refuse(v1::ERROR_REASON_FIELD_INVALID,
                  "`agency.authority_spki_digest` must be that of the certificate's key, or empty");
  }
  agency.set_authority_spki_digest(digest);
  agency.set_authority_certificate(authority->Der());
  if (agency.has_authority_valid_until()) {
    return Refuse(v1::ERROR_REASON_FIELD_IS_BROKERS,
                  "`agency.authority_valid_until` must be empty; it is read from the certificate");
  }
  agency.mutable_authority_valid_until()->set_seconds(authority->not_after_ms() / 1000);
  return command;
}

/// Reads the tables of the directory one after the other, as one list.
class Listing {
 public:
  Listing(const stored::v1::Actor& actor, const state::Reader& reader,
          v1::ListDirectoryResponse& response)
      : actor_(actor),
        reader_(reader),
        response_(response),
        sees_all_members_(machine::HasRole(actor, v1::POST_ROLE_OPERATOR, reader) ||
                          machine::HasRole(actor, v1::POST_ROLE_AUDITOR, reader)) {}

  /// Goes on after `place`, the last row of the page before. Every row looked at is shown: a page
  /// costs what it holds, and a place names nothing that its reader has not seen.
  Status Read(std::size_t page_size, const std::string& place) {
    bool begun = place.empty();
    std::string last;
    for (const Table table : {Table::kAgency, Table::kMember, Table::kPost}) {
      const Key rows = Visible(table);
      Key from = rows;
      if (!begun) {
        if (place.front() != static_cast<char>(table)) continue;
        if (!place.starts_with(rows.bytes())) break;
        begun = true;
        from = Key(table).Fixed(std::string_view(place).substr(1));
      }
      const std::size_t room = page_size - static_cast<std::size_t>(response_.entries_size());
      for (const auto& [key, bytes] : reader_.Scan(rows, from, room + 2)) {
        if (key == place) continue;
        if (static_cast<std::size_t>(response_.entries_size()) == page_size) {
          response_.set_next_page_token(WritePageToken(last));
          return {};
        }
        Add(table, bytes);
        last = key;
      }
    }
    if (begun) return {};
    return Refuse(v1::ERROR_REASON_FIELD_INVALID,
                  "`page_token` must be one that was given out, or empty");
  }

 private:
  /// The rows of a table that the caller may see: of members, those of the own agency.
  Key Visible(Table table) const {
    Key rows(table);
    if (table == Table::kMember && !sees_all_members_) {
      return std::move(rows).Name(actor_.agency());
    }
    return rows;
  }

  void Add(Table table, const std::string& bytes) {
    if (table == Table::kAgency) {
      const auto row = Parse<stored::v1::AgencyRow>(bytes);
      v1::DirectoryEntry& entry = *response_.add_entries();
      *entry.mutable_agency() = row.agency();
      entry.mutable_agency()->clear_authority_certificate();
      entry.set_suspended(row.suspended());
    } else if (table == Table::kMember) {
      const auto row = Parse<stored::v1::MemberRow>(bytes);
      v1::DirectoryEntry& entry = *response_.add_entries();
      *entry.mutable_member() = row.member();
      entry.set_suspended(row.suspended());
    } else {
      const auto row = Parse<stored::v1::PostRow>(bytes);
      *response_.add_entries()->mutable_post() = Shown(row.post());
    }
  }

  /// Of other agencies' posts nobody need know who the people are.
  v1::Post Shown(const v1::Post& post) const {
    v1::Post shown = post;
    if (!sees_all_members_ && machine::AgencyOfPost(post.post()) != actor_.agency()) {
      shown.clear_holder();
      shown.clear_deputy();
      shown.clear_services();
    }
    return shown;
  }

  template <typename Row>
  static Row Parse(const std::string& bytes) {
    Row row;
    TEARLINE_INVARIANT(row.ParseFromString(bytes), "a directory row parses");
    return row;
  }

  const stored::v1::Actor& actor_;
  const state::Reader& reader_;
  v1::ListDirectoryResponse& response_;
  const bool sees_all_members_;
};

}  // namespace

grpc::ServerUnaryReactor* Directory::AdmitAgency(grpc::CallbackServerContext* context,
                                                 const v1::AdmitAgencyRequest* request,
                                                 v1::AdmitAgencyResponse* response) {
  return RecordCommand(door_, context, request, response, stored::v1::COMMAND_NUMBER_ADMIT_AGENCY,
                       [request](const stored::v1::Actor&) { return ReadAgency(*request); });
}

grpc::ServerUnaryReactor* Directory::AdmitMember(grpc::CallbackServerContext* context,
                                                 const v1::AdmitMemberRequest* request,
                                                 v1::AdmitMemberResponse* response) {
  return RecordCommand(door_, context, request, response, stored::v1::COMMAND_NUMBER_ADMIT_MEMBER,
                       [request](const stored::v1::Actor&) -> Result<stored::v1::AdmitMember> {
                         stored::v1::AdmitMember command;
                         *command.mutable_member() = request->member();
                         return command;
                       });
}

grpc::ServerUnaryReactor* Directory::SetPost(grpc::CallbackServerContext* context,
                                             const v1::SetPostRequest* request,
                                             v1::SetPostResponse* response) {
  return RecordCommand(door_, context, request, response, stored::v1::COMMAND_NUMBER_SET_POST,
                       [request](const stored::v1::Actor&) -> Result<stored::v1::SetPost> {
                         stored::v1::SetPost command;
                         *command.mutable_post() = request->post();
                         return command;
                       });
}

grpc::ServerUnaryReactor* Directory::SetSuspension(grpc::CallbackServerContext* context,
                                                   const v1::SetSuspensionRequest* request,
                                                   v1::SetSuspensionResponse* response) {
  return RecordCommand(
      door_, context, request, response, stored::v1::COMMAND_NUMBER_SET_SUSPENSION,
      [request](const stored::v1::Actor&) -> Result<stored::v1::SetSuspension> {
        TEARLINE_RETURN_IF_REFUSED(model::CheckName(request->agency(), "agency"));
        if (!request->member().empty()) {
          TEARLINE_RETURN_IF_REFUSED(model::CheckName(request->member(), "member"));
        }
        stored::v1::SetSuspension command;
        command.set_agency(request->agency());
        command.set_member(request->member());
        command.set_suspended(request->suspended());
        return command;
      });
}

grpc::ServerUnaryReactor* Directory::EnrolSigningKey(grpc::CallbackServerContext* context,
                                                     const v1::EnrolSigningKeyRequest* request,
                                                     v1::EnrolSigningKeyResponse* response) {
  return RecordCommand(door_, context, request, response,
                       stored::v1::COMMAND_NUMBER_ENROL_SIGNING_KEY,
                       [request](const stored::v1::Actor&) { return ReadEnrolment(*request); });
}

grpc::ServerUnaryReactor* Directory::RevokeSigningKey(grpc::CallbackServerContext* context,
                                                      const v1::RevokeSigningKeyRequest* request,
                                                      v1::RevokeSigningKeyResponse* response) {
  return RecordCommand(door_, context, request, response,
                       stored::v1::COMMAND_NUMBER_REVOKE_SIGNING_KEY,
                       [request](const stored::v1::Actor&) { return ReadRevocation(*request); });
}

grpc::ServerUnaryReactor* Directory::ListSigningKeys(grpc::CallbackServerContext* context,
                                                     const v1::ListSigningKeysRequest* request,
                                                     v1::ListSigningKeysResponse* response) {
  return Look(door_, context, request->acting(),
              [request, response](const stored::v1::Actor&, const state::Reader& view) {
                return rpc::ListSigningKeys(*request, view, *response);
              });
}

grpc::ServerUnaryReactor* Directory::GiveSecondHand(grpc::CallbackServerContext* context,
                                                    const v1::GiveSecondHandRequest* request,
                                                    v1::GiveSecondHandResponse* response) {
  return RecordAgain(
      door_, context, request, response, stored::v1::COMMAND_NUMBER_SECOND_HAND,
      [request](const stored::v1::Actor& actor, model::Position position,
                const sequencer::Workbench& bench) {
        return sequencer::PrepareSecondHand(*request, actor, position, bench);
      },
      [](v1::GiveSecondHandResponse&) {});
}

grpc::ServerUnaryReactor* Directory::ListPending(grpc::CallbackServerContext* context,
                                                 const v1::ListPendingRequest* request,
                                                 v1::ListPendingResponse* response) {
  return ConsultOfOthers(
      door_, context, request->acting(),
      [](const stored::v1::Actor&, const state::Reader&) { return true; },
      [this, request, response](const stored::v1::Actor& actor, const state::Reader& view) {
        return LookAtPending(*request, actor, view, page_seal_, *response);
      });
}

grpc::ServerUnaryReactor* Directory::ListDirectory(grpc::CallbackServerContext* context,
                                                   const v1::ListDirectoryRequest* request,
                                                   v1::ListDirectoryResponse* response) {
  return Look(
      door_, context, request->acting(),
      [request, response](const stored::v1::Actor& actor, const state::Reader& view) -> Status {
        const Result<std::size_t> page_size = ReadPageSize(request->page_size());
        if (!page_size.ok()) return page_size.status();
        const Result<std::string> place = ReadPageToken(request->page_token());
        if (!place.ok()) return place.status();
        return Listing(actor, view, *response).Read(*page_size, *place);
      });
}

}  // namespace tearline::rpc
