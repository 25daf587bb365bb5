#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "broker/crypto/digest.h"
#include "broker/model/limits.h"
#include "broker/sequencer/check_publish.h"
#include "broker/sequencer/prepare_publish.h"
#include "broker/status/invariant.h"
#include "tearline/v1/publisher_service.pb.h"
#include "tests/fuzz/refusal.h"
#include "tests/sequencer/station.h"

namespace {

using namespace tearline;

/// Preparing syncs new keys: one item in this many is taken further than its form.
constexpr std::uint8_t kPrepareOneIn = 16;

void ExpectNotInTheClear(std::string_view said, const sequencer::Proposal& proposal) {
  if (said.size() < 16) return;  // short enough to stand in a proposal by chance
  TEARLINE_INVARIANT(proposal.command_bytes.find(said) == std::string::npos,
                     "that nothing that was said lies in the clear");
  for (const std::string& segment : proposal.segments) {
    TEARLINE_INVARIANT(segment.find(said) == std::string::npos, "that segments are sealed");
  }
}

void Prepare(const v1::PublishItem& item, std::string_view input) {
  static sequencer::Station station;
  const auto proposal = sequencer::PreparePublish(
      item, sequencer::Station::System("ct-police/intel"), station.Bench());
  if (!proposal.ok()) return fuzz::ExpectGoodRefusal(proposal.status(), input);
  stored::v1::Publish command;
  TEARLINE_INVARIANT(command.ParseFromString(proposal->command_bytes),
                     "that what is proposed is a command");
  TEARLINE_INVARIANT(
      command.segments_size() == item.event().segments_size() &&
          proposal->segments.size() == static_cast<std::size_t>(command.segments_size()),
      "that every segment is kept");
  for (const v1::Segment& segment : item.event().segments()) {
    if (input.find(segment.content()) == input.rfind(segment.content())) {
      ExpectNotInTheClear(segment.content(), *proposal);
    }
  }
}

}  // namespace

/// Whatever a publisher sends: its form is refused with a reason and a sentence that quotes
/// nothing, or it is prepared, and nothing of its content lies in the clear.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view view(reinterpret_cast<const char*>(bytes), size);
  v1::PublishItem item;
  if (!item.ParseFromArray(bytes, static_cast<int>(size))) return 0;
  const Status form = sequencer::CheckPublish(item, sequencer::Station::kStartMs);
  if (!form.ok()) {
    fuzz::ExpectGoodRefusal(form, view);
    return 0;
  }
  if (crypto::Sha256(view).octets[0] % kPrepareOneIn == 0) Prepare(item, view);
  return 0;
}
