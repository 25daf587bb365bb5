#include "tests/witness/submissions.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <sys/stat.h>

#include <cstdio>
#include <memory>
#include <span>

#include "clients/verifier/base64.h"

namespace tearline::witness {
namespace {

using verifier::Hash;

Hash RootBy(std::span<const Hash> leaves) {
  verifier::TreeHead tree;
  for (const Hash& leaf : leaves) tree.Append(leaf);
  return tree.Root();
}

std::vector<Hash> SubProof(std::span<const Hash> leaves, std::size_t old_size, bool whole) {
  if (old_size == leaves.size()) {
    return whole ? std::vector<Hash>() : std::vector<Hash>{RootBy(leaves)};
  }
  std::size_t split = 1;
  while (split * 2 < leaves.size()) split *= 2;
  const auto left = leaves.first(split);
  const auto right = leaves.subspan(split);
  std::vector<Hash> proof = old_size <= split ? SubProof(left, old_size, whole)
                                              : SubProof(right, old_size - split, false);
  proof.push_back(RootBy(old_size <= split ? right : left));
  return proof;
}

}  // namespace

doubles::InventedLog LogOf(std::size_t size) {
  doubles::InventedLog log;
  while (log.Entries().size() < size) log.Add({}, 2000);
  return log;
}

std::vector<Hash> ConsistencyOf(doubles::InventedLog& log, std::size_t old_size,
                                std::size_t new_size) {
  if (old_size == 0) return {};
  std::vector<Hash> leaves;
  for (std::size_t i = 0; i < new_size; ++i) {
    leaves.push_back(verifier::LeafHash(log.Entries()[i].leaf));
  }
  return SubProof(leaves, old_size, true);
}

std::string Body(std::uint64_t old_size, const std::vector<Hash>& proof,
                 const std::string& signed_note) {
  std::string body = "old " + std::to_string(old_size) + '\n';
  for (const Hash& hash : proof) body += verifier::Base64(verifier::Bytes(hash)) + '\n';
  return body + '\n' + signed_note;
}

std::string Body(doubles::InventedLog& log, std::size_t old_size, std::size_t new_size) {
  return Body(old_size, ConsistencyOf(log, old_size, new_size), log.Note(new_size));
}

void WriteKeyFile(const std::string& path) {
  const std::string seed(32, 'w');
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
      EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr,
                                   reinterpret_cast<const unsigned char*>(seed.data()), 32),
      EVP_PKEY_free);
  const std::unique_ptr<std::FILE, decltype(&std::fclose)> file(std::fopen(path.c_str(), "w"),
                                                                &std::fclose);
  PEM_write_PrivateKey(file.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  chmod(path.c_str(), S_IRUSR | S_IWUSR);
}

Cosigner CosignerIn(const std::string& directory) {
  const std::string path = directory + "/key.pem";
  WriteKeyFile(path);
  return *Cosigner::Open("witness.example.org/one", path);
}

}  // namespace tearline::witness
