#include "clients/verifier/trust.h"

#include <filesystem>
#include <fstream>

#include <nlohmann/json.hpp>

namespace tearline::verifier {

absl::StatusOr<std::optional<Trust>> ReadTrust(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return std::nullopt;
  std::ifstream file(path, std::ios::binary);
  const nlohmann::json object = nlohmann::json::parse(file, nullptr, /*allow_exceptions=*/false);
  if (!object.is_object() || !object.value("verifier_key", nlohmann::json()).is_string() ||
      !object.value("checkpoint", nlohmann::json()).is_string()) {
    return absl::DataLossError("the trust file must hold a verifier key and a checkpoint");
  }
  const absl::StatusOr<VerifierKey> key =
      ReadVerifierKey(object["verifier_key"].get<std::string>());
  if (!key.ok()) return absl::DataLossError("the trust file's verifier key does not read");
  return Trust{*key, object["checkpoint"].get<std::string>()};
}

absl::Status WriteTrust(const std::string& path, const Trust& trust) {
  const std::string beside = path + ".new";
  {
    std::ofstream file(beside, std::ios::binary | std::ios::trunc);
    const nlohmann::json object = {{"verifier_key", Text(trust.key)},
                                   {"checkpoint", trust.signed_note}};
    file << object.dump(2) << '\n';
    file.flush();
    if (!file) return absl::PermissionDeniedError("the trust file could not be written");
  }
  std::error_code error;
  std::filesystem::rename(beside, path, error);
  if (error) return absl::PermissionDeniedError("the trust file could not be replaced");
  return absl::OkStatus();
}

}  // namespace tearline::verifier
