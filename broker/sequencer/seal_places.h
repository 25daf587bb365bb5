#pragma once

#include <google/protobuf/repeated_field.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "broker/model/ids.h"
#include "broker/vault/envelope.h"
#include "tearline/stored/v1/command.pb.h"

namespace tearline::sequencer {

/// How the parts of a publication are named and bound, the same when they are sealed and when they
/// are opened.

/// Random bytes before a segment's content, sealed with it.
inline constexpr std::size_t kSaltBytes = 16;

/// The event's id: SHA-256("tearline event id", seed) cut to 16 bytes.
[[nodiscard]] std::string EventIdOf(const std::string& seed);

/// What a segment is sealed as: the bytes an adapter received, or a segment like any other.
[[nodiscard]] stored::v1::ContentClass ClassOf(const google::protobuf::RepeatedField<int>& flags);

/// The place of a segment or tear-line of an event.
[[nodiscard]] vault::Place PlaceOf(const model::LedgerId& ledger_id, const std::string& event_id,
                                   stored::v1::ContentClass content_class, std::uint32_t index);

/// SHA-256 over 8 slots of 32 bytes: the segments' content digests in order, the rest filled with
/// SHA-256("tearline empty slot", event id, slot number as 4 bytes big-endian). How many segments
/// there are cannot be seen from it.
[[nodiscard]] std::string ManifestDigest(const stored::v1::Publish& publish);

}  // namespace tearline::sequencer
