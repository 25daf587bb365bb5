#include "tests/clients/invented_log.h"

#include <openssl/evp.h>

#include <memory>

#include "clients/verifier/base64.h"

namespace tearline::doubles {
namespace {

constexpr char kOrigin[] = "tearline.example.org/audit";

std::string Number(std::uint64_t number, int width) {
  std::string bytes;
  for (int shift = 8 * (width - 1); shift >= 0; shift -= 8) {
    bytes += static_cast<char>(number >> shift & 0xff);
  }
  return bytes;
}

using Pkey = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

Pkey PrivateKey() {
  const std::string seed(32, 'k');
  return {EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr,
                                       reinterpret_cast<const unsigned char*>(seed.data()), 32),
          EVP_PKEY_free};
}

std::string PublicKey() {
  std::string key(32, '\0');
  std::size_t size = key.size();
  EVP_PKEY_get_raw_public_key(PrivateKey().get(), reinterpret_cast<unsigned char*>(key.data()),
                              &size);
  return key;
}

std::string Sign(const std::string& text) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        EVP_MD_CTX_free);
  const Pkey key = PrivateKey();
  std::string signature(64, '\0');
  std::size_t size = signature.size();
  EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key.get());
  EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                 reinterpret_cast<const unsigned char*>(text.data()), text.size());
  return signature;
}

std::string KeyId() {
  std::string named = kOrigin;
  named += "\n\x01";
  named += PublicKey();
  return verifier::Bytes(verifier::Sha256(named)).substr(0, 4);
}

/// What a leaf commits to if it holds what `entry` does.
std::string RootOfDetails(const verifier::LeafEntry& entry) {
  verifier::LeafParts parts;
  parts.Lay(entry);
  return verifier::Bytes(*verifier::DetailsRoot(parts));
}

}  // namespace

stored::v1::Detail Decided(const std::string& event, const std::string& post, v1::Level level) {
  stored::v1::Detail detail;
  detail.mutable_decision()->set_event_id(event);
  detail.mutable_decision()->set_post(post);
  detail.mutable_decision()->set_level(level);
  return detail;
}

stored::v1::Detail LetGo(const std::string& event, const std::string& feed, std::uint64_t sequence,
                         v1::Level level) {
  stored::v1::Detail detail;
  detail.mutable_released()->set_event_id(event);
  detail.mutable_released()->set_feed(feed);
  detail.mutable_released()->set_lane(v1::URGENCY_URGENT);
  detail.mutable_released()->set_sequence(sequence);
  detail.mutable_released()->set_level(level);
  return detail;
}

stored::v1::Detail LetGoAgain(const std::string& event, const std::string& feed,
                              std::uint64_t sequence, v1::Level level) {
  stored::v1::Detail detail = LetGo(event, feed, sequence, level);
  detail.mutable_released()->set_again(true);
  return detail;
}

InventedLog::InventedLog() {
  Add({Decided("e1", "probation-north/chair", v1::LEVEL_TEAR_LINE),
       Decided("e1", "college/guest", v1::LEVEL_WITHHELD)},
      1000);
  Add({LetGo("e1", "probation-north/chair", 1, v1::LEVEL_TEAR_LINE)}, 1005);
  Add({}, 1005, verifier::kRefused);
  Add({Decided("e2", "probation-north/chair", v1::LEVEL_FULL),
       LetGo("e2", "probation-north/chair", 2, v1::LEVEL_FULL)},
      1900);
}

void InventedLog::Add(const std::vector<stored::v1::Detail>& facts, std::int64_t stamp_ms,
                      std::uint16_t outcome) {
  verifier::LeafEntry entry;
  entry.index = entries_.size();
  for (const stored::v1::Detail& fact : facts) {
    const char slot = static_cast<char>('a' + entry.details.size());
    entry.details.push_back(std::string(16, slot) + fact.SerializeAsString());
  }
  while (entry.details.size() + entry.padding_hashes.size() < 8) {
    entry.padding_hashes.push_back(
        verifier::Bytes(verifier::Sha256("pad" + std::to_string(entry.padding_hashes.size()))));
  }
  entry.leaf = "TLL1" + Number(1, 2) + Number(1, 2) + std::string(16, 'L') +
               Number(entry.index + 1, 8) + std::string(32, 'h') +
               Number(static_cast<std::uint64_t>(stamp_ms), 8) + Number(50, 2) +
               Number(outcome, 2) + Number(outcome == verifier::kRefused ? 206 : 0, 4) +
               std::string(32, 'p') + RootOfDetails(entry);
  entries_.push_back(entry);
}

void InventedLog::Scatter(std::size_t index) {
  verifier::LeafEntry& entry = entries_[index];
  const auto places =
      static_cast<std::uint32_t>(entry.details.size() + entry.padding_hashes.size());
  constexpr std::uint32_t kSides = 0b0100101;
  for (std::uint32_t i = 0; i < entry.details.size(); ++i) {
    entry.slots.push_back(kSides * places + places - 1 - i);
  }
  for (int level = 3; level < 10; ++level) {
    entry.beside_hashes.push_back(
        verifier::Bytes(verifier::Sha256("beside" + std::to_string(level))));
  }
  entry.leaf.replace(6, 2, Number(2, 2));
  entry.leaf.replace(kDetailsRootAt, 32, RootOfDetails(entry));
}

std::string InventedLog::Note(std::size_t size) const {
  verifier::TreeHead tree;
  for (std::size_t i = 0; i < size; ++i) tree.Append(verifier::LeafHash(entries_[i].leaf));
  const std::string text = std::string(kOrigin) + '\n' + std::to_string(size) + '\n' +
                           verifier::Base64(verifier::Bytes(tree.Root())) + '\n';
  return SignedText(text);
}

std::string InventedLog::SignedText(const std::string& text) {
  return text + "\n\xe2\x80\x94 " + kOrigin + ' ' + verifier::Base64(KeyId() + Sign(text)) + '\n';
}

std::string InventedLog::VerifierKeyText() const {
  return std::string(kOrigin) + '+' + verifier::Hex(KeyId()) + '+' +
         verifier::Base64('\x01' + PublicKey());
}

verifier::VerifierKey InventedLog::Key() const {
  return *verifier::ReadVerifierKey(VerifierKeyText());
}

std::string InventedLog::Export(const std::string& note) const {
  std::string file = verifier::HeadLine({note, VerifierKeyText()});
  for (const verifier::LeafEntry& entry : entries_) file += verifier::LeafLine(entry);
  return file;
}

}  // namespace tearline::doubles
