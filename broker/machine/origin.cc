#include "broker/machine/origin.h"

#include <algorithm>

#include "broker/machine/permission.h"
#include "broker/machine/rows.h"

namespace tearline::machine {
namespace {

using stored::v1::Publish;

/// Whether the actor's agency may speak in the originating agency's name.
Status CheckAgency(const Publish& command, const stored::v1::Actor& actor,
                   const state::Reader& reader) {
  if (command.originating_agency() != actor.agency()) {
    return CheckMaySpeakFor(command.originating_agency(), actor, reader);
  }
  if (command.originating_post() == actor.post()) return {};
  return Refuse(v1::ERROR_REASON_NOT_YOUR_POST, "the originating post is the one acted for");
}

}  // namespace

Status CheckOrigin(const Publish& command, const stored::v1::Actor& actor,
                   const state::Reader& reader) {
  TEARLINE_RETURN_IF_REFUSED(CheckAgency(command, actor, reader));
  if (!command.imported()) return {};
  const auto post = reader.See<stored::v1::PostRow>(PostKey(actor.post()));
  if (post && HasRole(post->post(), v1::POST_ROLE_INTAKE)) return {};
  return Refuse(v1::ERROR_REASON_NOT_PERMITTED,
                "`imported` needs a post whose role is intake; without it, duties have deadlines");
}

Status CheckMaySpeakFor(const std::string& agency, const stored::v1::Actor& actor,
                        const state::Reader& reader) {
  if (agency == actor.agency()) return {};
  const auto its_own = reader.See<stored::v1::AgencyRow>(AgencyKey(actor.agency()));
  const auto publishes = [&] {
    const auto& for_others = its_own->agency().publishes_for();
    return std::find(for_others.begin(), for_others.end(), agency) != for_others.end();
  };
  if (!its_own || !publishes()) {
    return Refuse(v1::ERROR_REASON_NOT_PERMITTED,
                  "the directory must say that the agency publishes for the originating one");
  }
  const auto originator = reader.See<stored::v1::AgencyRow>(AgencyKey(agency));
  if (!originator) {
    return Refuse(v1::ERROR_REASON_NOT_FOUND,
                  "`originating_agency` must be an agency the directory knows");
  }
  if (originator->suspended()) {
    return Refuse(v1::ERROR_REASON_SUSPENDED, "the originating agency is suspended");
  }
  return {};
}

}  // namespace tearline::machine
