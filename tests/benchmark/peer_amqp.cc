#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>

#include "tests/benchmark/event_of.h"
#include "tests/benchmark/peer_clients.h"

// AMQP 0-9-1, as much of it as publishing with confirmations needs: 2.3.5 and 4.2.3 of the
// specification (frames), its class definitions (methods), and RabbitMQ's extension confirm.select.

namespace tearline::benchmark {
namespace {

enum FrameType : std::uint8_t { kMethod = 1, kHeader = 2, kBody = 3, kHeartbeat = 8 };
constexpr char kFrameEnd = '\xCE';
constexpr std::size_t kFrameHeadBytes = 7;
constexpr std::uint16_t kConnectionChannel = 0;
constexpr std::uint16_t kChannel = 1;

/// Class and method, the first four bytes of a method frame.
constexpr std::uint32_t Method(std::uint16_t of_class, std::uint16_t method) {
  return std::uint32_t{of_class} << 16 | method;
}
constexpr std::uint32_t kStart = Method(10, 10);
constexpr std::uint32_t kStartOk = Method(10, 11);
constexpr std::uint32_t kTune = Method(10, 30);
constexpr std::uint32_t kTuneOk = Method(10, 31);
constexpr std::uint32_t kOpen = Method(10, 40);
constexpr std::uint32_t kOpenOk = Method(10, 41);
constexpr std::uint32_t kChannelOpen = Method(20, 10);
constexpr std::uint32_t kChannelOpenOk = Method(20, 11);
constexpr std::uint32_t kQueueDeclare = Method(50, 10);
constexpr std::uint32_t kQueueDeclareOk = Method(50, 11);
constexpr std::uint32_t kConfirmSelect = Method(85, 10);
constexpr std::uint32_t kConfirmSelectOk = Method(85, 11);
constexpr std::uint32_t kPublish = Method(60, 40);
constexpr std::uint32_t kAck = Method(60, 80);

template <typename Number>
std::string Big(Number number) {
  std::string bytes;
  for (int shift = 8 * (sizeof number - 1); shift >= 0; shift -= 8) {
    bytes += static_cast<char>(number >> shift);
  }
  return bytes;
}
template <typename Number>
Number FromBig(std::string_view bytes) {
  Number number = 0;
  for (std::size_t i = 0; i < sizeof number; ++i) {
    number = static_cast<Number>(number << 8 | static_cast<std::uint8_t>(bytes.at(i)));
  }
  return number;
}

std::string Short(const std::string& text) {
  return Big(static_cast<std::uint8_t>(text.size())) + text;
}
std::string Long(const std::string& text) {
  return Big(static_cast<std::uint32_t>(text.size())) + text;
}

std::string Frame(FrameType type, std::uint16_t channel, const std::string& payload) {
  return Big(static_cast<std::uint8_t>(type)) + Big(channel) + Long(payload) + kFrameEnd;
}
std::string MethodFrame(std::uint16_t channel, std::uint32_t method, const std::string& arguments) {
  return Frame(kMethod, channel, Big(method) + arguments);
}

/// Takes the next whole frame, and gives its payload if it is a method; nothing if none is there.
std::optional<std::string> TakeMethod(Wire& wire) {
  while (true) {
    const std::string_view unread = wire.Unread();
    if (unread.size() < kFrameHeadBytes) return std::nullopt;
    const std::size_t whole = kFrameHeadBytes + FromBig<std::uint32_t>(unread.substr(3)) + 1;
    if (unread.size() < whole) return std::nullopt;
    const auto type = static_cast<std::uint8_t>(unread[0]);
    std::string payload(unread.substr(kFrameHeadBytes, whole - kFrameHeadBytes - 1));
    wire.Take(whole);
    if (type == kMethod) return payload;
    if (type != kHeartbeat) throw std::runtime_error("RabbitMQ sends what nobody asked for");
  }
}

/// What a method that came was asked to be, without its number.
std::string Expect(std::uint32_t method, Wire& wire) {
  std::optional<std::string> payload;
  while (!(payload = TakeMethod(wire))) wire.Fill();
  if (FromBig<std::uint32_t>(*payload) != method) {
    throw std::runtime_error("RabbitMQ answers with another method than asked for");
  }
  return payload->substr(4);
}

void Ask(const std::string& frame, std::uint32_t answer, Wire& wire) {
  wire.Write(frame);
  (void)Expect(answer, wire);
}

void LogIn(Wire& wire) {
  using namespace std::string_literals;
  wire.Write("AMQP\0\0\x09\x01"s);
  (void)Expect(kStart, wire);
  wire.Write(MethodFrame(kConnectionChannel, kStartOk,
                         Long("") + Short("PLAIN") + Long("\0guest\0guest"s) + Short("en_US")));
  const std::string tune = Expect(kTune, wire);  // channels, bytes a frame, heartbeat
  wire.Write(MethodFrame(kConnectionChannel, kTuneOk,
                         tune.substr(0, 6) + Big(std::uint16_t{0})));
  Ask(MethodFrame(kConnectionChannel, kOpen, Short("/") + Short("") + '\0'), kOpenOk, wire);
  Ask(MethodFrame(kChannel, kChannelOpen, Short("")), kChannelOpenOk, wire);
}

std::string PublishOf(const std::string& queue, const std::string& content) {
  constexpr std::uint16_t kHasDeliveryMode = 0x1000;
  constexpr char kPersistent = 2;
  return MethodFrame(kChannel, kPublish,
                     Big(std::uint16_t{0}) + Short("") + Short(queue) + '\0') +
         Frame(kHeader, kChannel,
               Big(std::uint16_t{60}) + Big(std::uint16_t{0}) +
                   Big(static_cast<std::uint64_t>(content.size())) + Big(kHasDeliveryMode) +
                   kPersistent) +
         Frame(kBody, kChannel, content);
}

/// How many more publications the confirmations that came stand for. They come in any order: one
/// for each, or one for all up to a tag.
class Confirmed {
 public:
  std::size_t operator()(Wire& wire) {
    std::size_t count = 0;
    while (const std::optional<std::string> payload = TakeMethod(wire)) {
      if (FromBig<std::uint32_t>(*payload) != kAck) {
        throw std::runtime_error("RabbitMQ does not take a publication");
      }
      const auto tag = FromBig<std::uint64_t>(std::string_view(*payload).substr(4));
      const bool all_up_to = payload->at(12) != 0;
      count += all_up_to ? UpTo(tag) : One(tag);
    }
    return count;
  }

 private:
  std::size_t UpTo(std::uint64_t tag) {
    std::size_t count = 0;
    while (through_ < tag) count += single_.erase(++through_) == 0 ? 1 : 0;
    return count;
  }
  std::size_t One(std::uint64_t tag) {
    single_.insert(tag);
    while (single_.erase(through_ + 1) != 0) ++through_;
    return 1;
  }

  std::uint64_t through_ = 0;        ///< All up to it are confirmed.
  std::set<std::uint64_t> single_;  ///< Beyond it.
};

}  // namespace

double DriveRabbit(int port, const WireTls& tls, const std::string& kind, const Drive& drive) {
  Wire wire(port);
  wire.Secure(tls);
  LogIn(wire);
  constexpr char kDurable = 2;
  Ask(MethodFrame(kChannel, kQueueDeclare,
                  Big(std::uint16_t{0}) + Short(kind) + kDurable +
                      Long(Short("x-queue-type") + 'S' + Long(kind))),
      kQueueDeclareOk, wire);
  Ask(MethodFrame(kChannel, kConfirmSelect, std::string(1, '\0')), kConfirmSelectOk, wire);
  return DriveWire(wire, PublishOf(kind, std::string(kContentBytes, 'x')), Confirmed(), drive);
}

}  // namespace tearline::benchmark
