#include "tests/rpc/listen_files.h"

#include <fstream>

#include "tests/rpc/running_door.h"

namespace tearline::rpc {
namespace {

constexpr std::int64_t kFarPast_s = 1'577'836'800;    // 2020
constexpr std::int64_t kFarFuture_s = 4'102'444'800;  // 2100

identity::Order Lasting(identity::Order order) {
  order.not_before_s = kFarPast_s;
  order.not_after_s = kFarFuture_s;
  return order;
}

}  // namespace

ListenFiles::ListenFiles()
    : broker_authority_(
          identity::SelfIssued(Lasting(identity::AuthorityOrder("broker authority")))) {
  RenewBroker(kFarPast_s, kFarFuture_s);
}

void ListenFiles::Write(const std::string& name, const std::string& text) const {
  const std::filesystem::path fresh = Path(name + ".new");
  std::ofstream(fresh, std::ios::binary) << text;
  if (name.ends_with(".key")) {
    std::filesystem::permissions(
        fresh, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  }
  std::filesystem::rename(fresh, Path(name));
}

std::string ListenFiles::RenewBroker(std::int64_t not_before_s, std::int64_t not_after_s) const {
  identity::Order order;
  order.common_name = "broker";
  order.uris.clear();
  order.dns_names = {"localhost"};
  order.extended_key_usage = "serverAuth";
  order.not_before_s = not_before_s;
  order.not_after_s = not_after_s;
  const Pass pass = RunningDoor::PassOf(identity::IssuedBy(broker_authority_, order));
  Write("broker.pem", pass.certificate_pem);
  Write("broker.key", pass.key_pem);
  return pass.certificate_pem;
}

settings::v1::Listen ListenFiles::listen() const {
  settings::v1::Listen listen;
  listen.set_address("127.0.0.1:0");
  listen.set_certificate_file(Path("broker.pem"));
  listen.set_key_file(Path("broker.key"));
  listen.set_agency_authorities_file(Path("agencies.pem"));
  return listen;
}

}  // namespace tearline::rpc
