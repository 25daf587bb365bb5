#pragma once

#include <grpcpp/impl/server_builder_option.h>

#include <memory>

namespace tearline::rpc {

/// Whether a server tells strangers what calls it has.
///
/// gRPC's reflection library puts itself into every server of a program that links it; this takes
/// out all that put itself there, and puts reflection back where it is wanted.
enum class Reflection { kServed, kNotServed };

/// To be set on a server's builder.
[[nodiscard]] std::unique_ptr<grpc::ServerBuilderOption> With(Reflection reflection);

}  // namespace tearline::rpc
