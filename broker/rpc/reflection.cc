#include "broker/rpc/reflection.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>

#include <vector>

namespace tearline::rpc {
namespace {

class ReflectionOption final : public grpc::ServerBuilderOption {
 public:
  explicit ReflectionOption(Reflection reflection) : reflection_(reflection) {}

  void UpdateArguments(grpc::ChannelArguments*) override {}
  void UpdatePlugins(std::vector<std::unique_ptr<grpc::ServerBuilderPlugin>>* plugins) override {
    plugins->clear();
    if (reflection_ == Reflection::kNotServed) return;
    plugins->push_back(std::make_unique<grpc::reflection::ProtoServerReflectionPlugin>());
  }

 private:
  const Reflection reflection_;
};

}  // namespace

std::unique_ptr<grpc::ServerBuilderOption> With(Reflection reflection) {
  return std::make_unique<ReflectionOption>(reflection);
}

}  // namespace tearline::rpc
