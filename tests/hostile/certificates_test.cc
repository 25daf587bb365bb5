// Forged and foreign passes, over the wire. tests/rpc/server_test.cc turns away an authority of the
// same name, an expired pass, one agency's authority speaking for another, agencies and members
// nobody admitted, two URIs and none; tests/rpc/tls_test.cc everything below TLS 1.3;
// tests/identity reads every malformed certificate. Here is what they leave.
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include "tests/hostile/arena.h"
#include "tests/hostile/raw_http2.h"

namespace tearline::hostile {
namespace {

class Certificates : public Arena {
 protected:
  Pass Minted(const std::string& by, const identity::Order& order) const {
    return PassFrom(identity::IssuedBy(AuthorityOf(by), order));
  }
};

TEST_F(Certificates, EachForgedOrForeignPassIsTurnedAway) {
  const identity::Issued feeder =
      identity::IssuedBy(AuthorityOf("police"), OrderFor("police", "feeder"));
  const Pass chained = PassFrom(identity::IssuedBy(feeder, OrderFor("police", "feeder")));
  const identity::Issued impostor = identity::SelfIssued(CurrentAuthority("police authority"));
  const Pass decorated = PassFrom(identity::IssuedBy(impostor, OrderFor("police", "feeder")));
  identity::Order capitals = OrderFor("police", "feeder");
  capitals.uris = {"SPIFFE://TEARLINE.EXAMPLE/agency/police/member/feeder"};
  identity::Order cut = OrderFor("police", "feeder");
  cut.uris = {std::string("spiffe://tearline.example/agency/police/member/feeder\0x", 55)};
  identity::Order escaped = OrderFor("police", "feeder");
  escaped.uris = {"spiffe://tearline.example/agency/police/member/f%65eder"};
  identity::Order for_servers = OrderFor("police", "feeder");
  for_servers.extended_key_usage = "serverAuth";
  identity::Order issuing = OrderFor("police", "feeder");
  issuing.basic_constraints = "critical,CA:TRUE";
  issuing.key_usage = "critical,digitalSignature,keyCertSign";

  struct Row {
    const char* attack;
    Pass pass;
  };
  const Row rows[] = {
      {"no certificate at all", {}},
      {"a member's pass used to mint another, with itself in the chain",
       {chained.certificate_pem + feeder.pem, chained.key_pem}},
      {"an impostor's, with the true authority shown behind it",
       {decorated.certificate_pem + AuthorityOf("police").pem, decorated.key_pem}},
      {"the agency's authority itself", PassFrom(AuthorityOf("police"))},
      {"the broker's own certificate", PassOf("broker")},
      {"the true certificate with another's key",
       {PassOf("police/feeder").certificate_pem, PassOf("office/clerk").key_pem}},
      {"the office's clerk, minted by the police", Minted("police", OrderFor("office", "clerk"))},
      {"the right name in capitals", Minted("police", capitals)},
      {"the right name, and more behind a NUL", Minted("police", cut)},
      {"the right name, percent-encoded", Minted("police", escaped)},
      {"a pass for servers", Minted("police", for_servers)},
      {"a pass that may issue others", Minted("police", issuing)},
      {"another trust domain's",
       Minted("police",
              [] {
                identity::Order order = OrderFor("police", "feeder");
                order.uris = {"spiffe://tearline.example.org/agency/police/member/feeder"};
                return order;
              }())},
  };
  for (const Row& row : rows) {
    const grpc::Status status = Knock(Connect(row.pass));
    EXPECT_TRUE(status.error_code() == grpc::StatusCode::UNAVAILABLE ||
                status.error_code() == grpc::StatusCode::UNAUTHENTICATED)
        << row.attack << ": " << status.error_code() << " " << status.error_message();
  }
  ExpectTheHonestAreServed();
}

/// The rows above could all fail for a reason of the test's own making.
TEST_F(Certificates, TheSameMadeRightIsServed) {
  const grpc::Status status = Knock(Connect(Minted("police", OrderFor("police", "feeder"))));
  EXPECT_TRUE(status.ok()) << status.error_message();
}

/// Knocking fills neither the log nor the ledger with what the stranger's pass says.
TEST_F(Certificates, AStrangersNamesAreRepeatedNowhere) {
  for (const char* name : {"zanzibar-quagga", "ZanzibarQuagga", "zanzibar\x1b[2Jquagga"}) {
    identity::Order order = OrderFor("police", name);
    order.common_name = "zanzibar quagga";
    const grpc::Status status = Knock(Connect(Minted("police", order)));
    EXPECT_FALSE(status.ok());
    EXPECT_EQ(status.error_message().find("anzibar"), std::string::npos);
  }
  ExpectTheHonestAreServed();
  EXPECT_EQ(Log().find("anzibar"), std::string::npos);
}

}  // namespace
}  // namespace tearline::hostile
