#include "broker/rpc/tls.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "broker/crypto/key_file.h"
#include "tests/doubles/run_command.h"
#include "tests/rpc/running_door.h"

namespace tearline::rpc {
namespace {

class TlsTest : public testing::Test {
 protected:
  TlsTest() {
    const Pass pass = door_.Issue("police", RunningDoor::OrderFor("police", "intel-system"));
    std::ofstream(door_.home() / "client.pem") << pass.certificate_pem;
    std::ofstream(door_.home() / "client.key") << pass.key_pem;
    std::ofstream(door_.home() / "broker-ca.pem") << door_.broker_authority_pem();
  }

  /// What a stranger's TLS client says of the door. OpenSSL may itself forbid old versions;
  /// security level 0 makes it offer them.
  doubles::CommandOutcome Handshake(std::vector<std::string> options) {
    std::vector<std::string> command = {"openssl",
                                        "s_client",
                                        "-connect",
                                        door_.Address(),
                                        "-servername",
                                        "localhost",
                                        "-verify_return_error",
                                        "-CAfile",
                                        (door_.home() / "broker-ca.pem").string(),
                                        "-cert",
                                        (door_.home() / "client.pem").string(),
                                        "-key",
                                        (door_.home() / "client.key").string(),
                                        "-alpn",
                                        "h2"};
    command.insert(command.end(), options.begin(), options.end());
    return doubles::RunCommand(command);
  }

  RunningDoor door_;
};

TEST_F(TlsTest, SpeaksTls13) {
  const doubles::CommandOutcome outcome = Handshake({"-tls1_3"});
  EXPECT_NE(outcome.output.find("TLSv1.3, Cipher is TLS_"), std::string::npos)
      << outcome.output << outcome.errors;
}

TEST_F(TlsTest, RefusesTls12AndBelow) {
  for (const char* version : {"-tls1_2", "-tls1_1", "-tls1"}) {
    const doubles::CommandOutcome outcome =
        Handshake({version, "-cipher", "ALL:eNULL:@SECLEVEL=0"});
    EXPECT_NE(outcome.exit_code, 0) << version;
    EXPECT_NE(outcome.output.find("Cipher is (NONE)"), std::string::npos)
        << version << outcome.output << outcome.errors;
  }
}

}  // namespace
}  // namespace tearline::rpc
