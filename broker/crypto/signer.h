#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "broker/status/status.h"

struct evp_pkey_st;

namespace tearline::crypto {

/// An Ed25519 public key, seed and signature, in bytes.
inline constexpr std::size_t kPublicKeyBytes = 32;
inline constexpr std::size_t kSignerSeedBytes = 32;
inline constexpr std::size_t kSignatureBytes = 64;

/// Something that holds an Ed25519 private key, here or in other hardware, and signs with it.
///
/// Source: RFC 8032, section 5.1.
/// Threads: any; a signer guards itself.
class Signer {
 public:
  virtual ~Signer() = default;

  /// The public key, 32 raw bytes; the same for the signer's whole life.
  virtual std::string PublicKey() const = 0;

  /// The signature over `message`, 64 raw bytes.
  ///
  /// Refuses: SIGNING_KEY_UNAVAILABLE.
  virtual Result<std::string> Sign(std::string_view message) = 0;
};

/// Signs with a key read from a file.
class FileSigner final : public Signer {
 public:
  /// Reads a PKCS#8 PEM file without passphrase, at most 16 KiB. `setting` is what the sentence of
  /// a refusal calls the file.
  ///
  /// Refuses: KEY_FILE_UNSAFE             as ReadPrivateFile (key_file.h).
  ///          SIGNING_KEY_UNAVAILABLE     the file holds no Ed25519 private key, or a locked one.
  static Result<std::unique_ptr<FileSigner>> Open(
      const std::filesystem::path& path, std::string_view setting = "the signing key file");

  ~FileSigner() override;
  FileSigner(const FileSigner&) = delete;
  FileSigner& operator=(const FileSigner&) = delete;

  std::string PublicKey() const override;
  Result<std::string> Sign(std::string_view message) override;

 private:
  friend std::unique_ptr<Signer> MakeSignerFromSeed(std::string_view seed);
  struct Free {
    void operator()(evp_pkey_st* key) const;
  };
  using Key = std::unique_ptr<evp_pkey_st, Free>;
  explicit FileSigner(Key key);

  Key key_;
};

/// A signer whose private key is `seed`: the same seed, the same key, for ever.
///
/// Requires: `seed` is 32 bytes.
[[nodiscard]] std::unique_ptr<Signer> MakeSignerFromSeed(std::string_view seed);

/// Whether `key` is 32 bytes that may stand for a signer: written canonically, and not one of the
/// few points of low order, whose owner could deny any signature because it fits other messages
/// too.
///
/// Source: RFC 8032, section 5.1.3; Chalkias, Garillot, Nikolaenko, "Taming the many EdDSAs"
/// (2020).
[[nodiscard]] bool IsFitPublicKey(std::string_view key);

/// Whether `signature` is one of `public_key` over `message`. False for wrong lengths and for keys
/// that are not fit.
[[nodiscard]] bool VerifyEd25519(std::string_view public_key, std::string_view message,
                                 std::string_view signature);

}  // namespace tearline::crypto
