#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include <nlohmann/json.hpp>

#include "tests/clients/run_tearline.h"
#include "tests/doubles/temporary_directory.h"
#include "tests/end_to_end/stage.h"

namespace tearline::end_to_end {
namespace {

namespace fs = std::filesystem;
using doubles::Ended;
using doubles::RunTearline;
using nlohmann::json;
using testing::HasSubstr;

/// `tearline witness serve`, as a process that can be killed and started again.
class ServedWitness {
 public:
  ServedWitness(const fs::path& home, const std::string& log_key) : home_(home), log_key_(log_key) {
    fs::create_directories(home / "remembered");
    const std::string make =
        "openssl genpkey -algorithm ed25519 -out '" + Key() + "' && chmod 600 '" + Key() + "'";
    EXPECT_EQ(std::system(make.c_str()), 0);
    Start();
  }
  ~ServedWitness() { End(SIGTERM); }

  void Start() {
    int output[2];
    ASSERT_EQ(pipe(output), 0);
    child_ = fork();
    if (child_ == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      dup2(output[1], STDOUT_FILENO);
      close(output[0]);
      const std::string program = TEARLINE_BINARY_DIR "/bin/tearline";
      const std::string directory = (home_ / "remembered").string();
      execl(program.c_str(), program.c_str(), "witness", "serve", "--json", "--name", "one",
            "--signing-key", Key().c_str(), "--log", log_key_.c_str(), "--directory",
            directory.c_str(), "--listen", listen_.c_str(), nullptr);
      _exit(127);
    }
    close(output[1]);
    std::string line;
    for (char c = 0; read(output[0], &c, 1) == 1 && c != '\n';) line += c;
    close(output[0]);
    ASSERT_TRUE(json::accept(line)) << line;
    const json said = json::parse(line);
    address_ = said["address"];
    verifier_key_ = said["verifier_key"];
    listen_ = address_.substr(std::string("http://").size());
  }
  int End(int signal) {
    if (child_ < 0) return 0;
    kill(child_, signal);
    int status = 0;
    waitpid(child_, &status, 0);
    child_ = -1;
    return status;
  }

  const std::string& address() const { return address_; }
  const std::string& verifier_key() const { return verifier_key_; }

 private:
  std::string Key() const { return (home_ / "witness.pem").string(); }

  const fs::path home_;
  const std::string log_key_;
  std::string listen_ = "127.0.0.1:0";
  std::string address_, verifier_key_;
  pid_t child_ = -1;
};

class Witnessed : public testing::Test {
 protected:
  Witnessed() {
    const std::string binaries = TEARLINE_BINARY_DIR "/bin/";
    stage_ = std::make_unique<Stage>(
        StagePlace{.broker = binaries + "tearlined",
                   .certificates = TEARLINE_SOURCE_DIR "/deploy/certs/make-development-certs",
                   .policy = TEARLINE_SOURCE_DIR "/config/policies/public_protection.textproto",
                   .directory = home_.path() / "stage"});
    EXPECT_TRUE(Comes([this] { return Say(kFeeder, "audit checkpoint").code == 0; }));
    log_key_ = json::parse(Say(kFeeder, "audit checkpoint --json").out)["verifier_key"];
    witness_ = std::make_unique<ServedWitness>(home_.path() / "witness", log_key_);
    stage_->Stop();
    const fs::path config = stage_->directory() / "broker.textproto";
    std::string text = doubles::FileBytes(config.string());
    const std::string before = "audit { ";
    text.replace(text.find(before), before.size(),
                 "audit { checkpoint_interval_ms: 100 witness_gap_after_s: 1 witnesses { "
                 "verifier_key: \"" +
                     witness_->verifier_key() + "\" address: \"" + witness_->address() + "\" } ");
    std::ofstream(config) << text;
    stage_->Start();
  }

  static constexpr char kFeeder[] = "police/feeder>police/intelligence";
  static constexpr char kAuditor[] = "inspectorate/auditor>inspectorate/auditor";
  static constexpr char kKeeper[] = "office/keeper>office/operator";

  Ended Say(const std::string& who, const std::string& words) const {
    const std::size_t arrow = who.find('>');
    const auto profile = stage_->ProfileOf(who.substr(0, arrow), who.substr(arrow + 1));
    return RunTearline(words + " --profile " + profile.string());
  }
  /// Whether something comes to be, within half a minute.
  static bool Comes(const std::function<bool()>& holds) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (std::chrono::steady_clock::now() < end) {
      if (holds()) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return false;
  }
  std::string Publish(const std::string& content) {
    const std::string path = (home_.path() / "event").string();
    std::ofstream(path) << R"(event {
  event_type: "intelligence.report.submitted" occurred_at { seconds: 1700000000 }
  urgency: URGENCY_URGENT label { marking { tier: TIER_OFFICIAL sensitive: true } }
  nominals { nominal_id: ")"
                        << stage_->nominal_id() << R"(" }
  segments { nominal_indexes: 0 media_type: "text/plain" content: ")"
                        << content << "\" } }";
    const Ended ended = Say(kFeeder, "event publish --json --file " + path);
    EXPECT_EQ(ended.code, 0) << ended.out << ended.err;
    const std::size_t at = ended.out.find("ev_");
    return at == std::string::npos ? "" : ended.out.substr(at, 35);
  }
  std::uint64_t Size() const {
    const json said = json::parse(Say(kFeeder, "audit checkpoint --json").out);
    const std::string note = said["checkpoint"];
    return std::stoull(note.substr(note.find('\n') + 1));
  }
  /// Whether the newest checkpoint with the witness's line, verified here, covers `size` leaves.
  bool IsCosigned(std::uint64_t size) const {
    const Ended ended = Say(kFeeder, "audit checkpoint --json --verifier-key " + log_key_ +
                                         " --witness " + witness_->verifier_key());
    if (ended.code != 0) return false;
    const std::string note = json::parse(ended.out)["cosigned_checkpoint"];
    return std::stoull(note.substr(note.find('\n') + 1)) >= size;
  }
  std::string Keys() const {
    return " --verifier-key " + log_key_ + " --witness " + witness_->verifier_key();
  }

  doubles::TemporaryDirectory home_;
  std::unique_ptr<Stage> stage_;
  std::string log_key_;
  std::unique_ptr<ServedWitness> witness_;
};

TEST_F(Witnessed, ReceiptsAndTilesAreVerifiedWithoutTheBroker) {
  const std::string event = Publish("seen at noon");
  const std::uint64_t size = Size();
  ASSERT_TRUE(Comes([&] { return IsCosigned(size); }));
  const std::string receipt = (home_.path() / "r.tlog-proof").string();
  ASSERT_TRUE(Comes([&] {
    return Say(kFeeder, "audit prove --event " + event + " --out " + receipt + Keys()).code == 0;
  }));
  const std::string tiles = (home_.path() / "tiles").string();
  const std::string export_tiles =
      "audit export --json --purpose inspection --tiles " + tiles + Keys();
  const Ended first = Say(kAuditor, export_tiles);
  ASSERT_EQ(first.code, 0) << first.out << first.err;
  Publish("seen at one");
  const std::uint64_t larger = Size();
  ASSERT_TRUE(Comes([&] { return IsCosigned(larger); }));
  const Ended second = Say(kAuditor, export_tiles);
  ASSERT_EQ(second.code, 0) << second.out << second.err;
  const json said = json::parse(second.out);
  EXPECT_LT(said["added"].get<std::uint64_t>(), said["tree_size"].get<std::uint64_t>())
      << "it went on where it had ended";
  const std::string log = (home_.path() / "log.jsonl").string();
  const Ended exported = Say(kAuditor, "audit replay --json --purpose inspection --out " + log);
  ASSERT_EQ(exported.code, 0) << exported.err;
  EXPECT_EQ(json::parse(exported.out)["cosigned"], true) << exported.out;

  stage_->Stop();
  const Ended offline = RunTearline("audit verify --offline " + log + Keys());
  EXPECT_EQ(offline.code, 0) << "its witnesses' lines went with it: " << offline.err;
  const Ended proof = RunTearline("audit verify --proof " + receipt + Keys());
  EXPECT_EQ(proof.code, 0) << proof.err;
  EXPECT_THAT(proof.out, HasSubstr("asked by police/feeder as police/intelligence"));
  const Ended whole = RunTearline("audit verify --tiles " + tiles + Keys());
  EXPECT_EQ(whole.code, 0) << whole.err;
}

TEST_F(Witnessed, AWitnessKilledRemembers) {
  Publish("seen at noon");
  const std::uint64_t size = Size();
  ASSERT_TRUE(Comes([&] { return IsCosigned(size); }));
  witness_->End(SIGKILL);
  Publish("seen at one");
  ASSERT_TRUE(Comes([&] {
    return Say(kKeeper, "obligation list").out.find("witnesses-missing") != std::string::npos;
  })) << Say(kKeeper, "obligation list").out;
  const json gap = json::parse(Say(kFeeder, "audit checkpoint --json").out);
  EXPECT_LT(gap["witnesses"][0]["tree_size"].get<std::uint64_t>(), Size()) << gap.dump(2);
  EXPECT_FALSE(IsCosigned(Size())) << "it goes on, and says how far its witnesses are";
  witness_->Start();
  const std::uint64_t larger = Size();
  EXPECT_TRUE(Comes([&] { return IsCosigned(larger); }));
  EXPECT_TRUE(Comes([&] {
    return Say(kKeeper, "obligation list").out.find("witnesses-missing") == std::string::npos;
  }));
}

/// The whole broker put back to yesterday, and another past written over what had been since, with
/// the right keys: nothing within it can notice. The witness does, and so does whoever kept an old
/// checkpoint.
TEST_F(Witnessed, ALedgerCutAndRewrittenIsCaughtByTheWitnessAndByAnAuditor) {
  const std::string trust = (home_.path() / "trust").string();
  const std::string look = "audit checkpoint --trust " + trust + " --verifier-key " + log_key_;
  const fs::path& place = stage_->directory();
  const fs::path yesterday = home_.path() / "yesterday";
  const auto copy = [&](const fs::path& from, const fs::path& to) {
    for (const char* each : {"ledger", "state", "vault", "checkpoints"}) {
      fs::remove_all(to / each);
      fs::copy(from / each, to / each, fs::copy_options::recursive);
    }
  };
  stage_->Stop();
  fs::create_directories(yesterday);
  copy(place, yesterday);
  stage_->Start();
  const std::uint64_t before = Size();
  Publish("what shall be forgotten");
  ASSERT_TRUE(Comes([&] { return Size() > before; }));
  const std::uint64_t size = Size();
  ASSERT_TRUE(Comes([&] { return IsCosigned(size); }));
  ASSERT_EQ(Say(kAuditor, look).code, 0);
  stage_->Stop();
  copy(yesterday, place);
  stage_->Start();

  const Ended cut = Say(kAuditor, look);
  EXPECT_EQ(cut.code, 4) << cut.out << "a shorter log";
  EXPECT_TRUE(Comes([&] {
    return doubles::FileBytes((place / "log").string()).find("witness_contradicts") !=
           std::string::npos;
  }));
  EXPECT_THAT(Say(kFeeder, "audit checkpoint").out, HasSubstr("HOLDS ANOTHER PAST OF THIS LOG"));
  while (Size() <= size + 2) Publish("what is told instead");
  const Ended rewritten = Say(kAuditor, look);
  EXPECT_EQ(rewritten.code, 4) << rewritten.out << "a longer log with another past";
  EXPECT_FALSE(IsCosigned(size + 1)) << "and no witness's line is under it";
  EXPECT_TRUE(Comes([&] {
    return Say(kKeeper, "obligation list").out.find("witnesses-missing") != std::string::npos;
  }));
}

}  // namespace
}  // namespace tearline::end_to_end
