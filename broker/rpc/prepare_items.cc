#include "broker/rpc/prepare_items.h"

#include <memory>
#include <span>
#include <utility>

#include "broker/sequencer/prepare_publish.h"

namespace tearline::rpc {
namespace {

/// A preparation and all it leans on.
struct OnItsWay {
  OnItsWay(Door& door, std::span<const v1::PublishItem* const> items, stored::v1::Actor acting)
      : view(door.View()), actor(std::move(acting)), preparation(items, actor, door.Bench(*view)) {}

  const std::shared_ptr<const state::View> view;
  const stored::v1::Actor actor;
  sequencer::PublishPreparation preparation;
};

}  // namespace

Status PrepareItems(Door& door, const google::protobuf::RepeatedPtrField<v1::PublishItem>& items,
                    const stored::v1::Actor& actor,
                    std::function<void(std::vector<Result<sequencer::Proposal>>)> then) {
  const auto way = std::make_shared<OnItsWay>(
      door, std::span(items.data(), static_cast<std::size_t>(items.size())), actor);
  if (!way->preparation.MakesKeys()) {
    then(way->preparation.Finish());
    return {};
  }
  return door.OnAWorker([way, then = std::move(then)] { then(way->preparation.Finish()); });
}

}  // namespace tearline::rpc
