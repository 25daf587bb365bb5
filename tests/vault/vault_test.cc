#include "broker/vault/vault.h"

#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>
#include <vector>

#include "broker/crypto/seal.h"
#include "broker/vault/remains.h"
#include "tests/doubles/torn_manifest.h"
#include "tests/vault/vault_fixture.h"

namespace tearline::vault {
namespace {

using VaultTest = VaultFixture;

std::string Bytes(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

TEST_F(VaultTest, MakesKeysThatAreAllDifferent) {
  const Result<std::vector<model::SubjectKeyId>> ids = vault_->Make(50);
  ASSERT_TRUE(ids.ok());
  std::set<model::SubjectKeyId> different_ids;
  std::set<std::string> different_keys;
  for (const model::SubjectKeyId& id : *ids) {
    const Result<crypto::Secret> key = vault_->Find(id);
    ASSERT_TRUE(key.ok());
    EXPECT_EQ(key->size(), 32u);
    different_ids.insert(id);
    different_keys.insert(std::string(key->View()));
  }
  EXPECT_EQ(different_ids.size(), 50u);
  EXPECT_EQ(different_keys.size(), 50u);
  EXPECT_TRUE(vault_->Make(0)->empty());
}

TEST_F(VaultTest, KeysAndIndexKeyAreTheSameAfterARestart) {
  const model::SubjectKeyId id = MakeOne();
  const std::string key(vault_->Find(id)->View());
  const std::string index_key(vault_->IndexKey().View());
  EXPECT_EQ(index_key.size(), 32u);
  Reopen();
  EXPECT_EQ(vault_->Find(id)->View(), key);
  EXPECT_EQ(vault_->IndexKey().View(), index_key);
}

TEST_F(VaultTest, TwoVaultsHaveDifferentIndexKeys) {
  const auto other = Vault::Open(home_.path() / "other", KeyFile());
  ASSERT_TRUE(other.ok());
  EXPECT_NE(vault_->IndexKey().View(), (*other)->IndexKey().View());
}

TEST_F(VaultTest, AnUnknownKeyIsMissing) {
  EXPECT_EQ(ReasonOf(vault_->Find(model::SubjectKeyId()).status()), v1::ERROR_REASON_KEY_MISSING);
}

TEST_F(VaultTest, HoldsAllExactlyWhileNoneIsGone) {
  std::vector<model::SubjectKeyId> ids = *vault_->Make(40);
  EXPECT_TRUE(*vault_->HoldsAll(ids));  // in any order
  std::sort(ids.begin(), ids.end());
  EXPECT_TRUE(*vault_->HoldsAll(ids));
  EXPECT_TRUE(*vault_->HoldsAll({ids[3], ids[9]}));
  EXPECT_TRUE(*vault_->HoldsAll({}));
  for (const std::size_t gone : {std::size_t{0}, std::size_t{20}, std::size_t{37}}) {
    ASSERT_TRUE(vault_->Destroy({ids[gone]}).ok());
    EXPECT_FALSE(*vault_->HoldsAll(ids));
    ids.erase(ids.begin() + static_cast<std::ptrdiff_t>(gone));
    EXPECT_TRUE(*vault_->HoldsAll(ids));
    ids.push_back(*model::SubjectKeyId::FromBytes(std::string(16, '\xff')));
    EXPECT_FALSE(*vault_->HoldsAll(ids));
    ids.pop_back();
  }
}

TEST_F(VaultTest, NoKeyLiesInTheClear) {
  const std::string key(vault_->Find(MakeOne())->View());
  const std::string index_key(vault_->IndexKey().View());
  vault_.reset();
  EXPECT_FALSE(AnyRemains(Directory(), {key, index_key, std::string(32, 'k')}));
}

/// P7. The bytes are looked for in the raw files, after the destruction and after a restart; before
/// it they are there, so that the search is seen to find.
TEST_F(VaultTest, ADestroyedKeyIsInNoFile) {
  const Result<std::vector<model::SubjectKeyId>> ids = vault_->Make(200);
  ASSERT_TRUE(ids.ok());
  Reopen();  // Some of it now lies in a table, not in a log.
  const model::SubjectKeyId late = MakeOne();
  const std::vector<model::SubjectKeyId> doomed = {(*ids)[3], (*ids)[77], late};
  std::vector<std::string> wrapped;
  for (const model::SubjectKeyId& id : doomed) {
    wrapped.push_back(crypto::Wrap(std::string(32, 'k'), vault_->Find(id)->View()));
    ASSERT_TRUE(AnyRemains(Directory(), {wrapped.back()}));
  }
  ASSERT_TRUE(vault_->Destroy(doomed).ok());
  EXPECT_FALSE(AnyRemains(Directory(), wrapped));
  for (int round = 0; round < 2; ++round) {
    for (const model::SubjectKeyId& id : doomed) {
      EXPECT_EQ(ReasonOf(vault_->Find(id).status()), v1::ERROR_REASON_KEY_MISSING);
    }
    EXPECT_TRUE(vault_->Find((*ids)[4]).ok());
    EXPECT_TRUE(vault_->Find((*ids)[199]).ok());
    Reopen();
  }
  EXPECT_FALSE(AnyRemains(Directory(), wrapped));
}

/// A successor lies there with all that opens by it, and goes with all of it.
TEST_F(VaultTest, KeepsASuccessorWithAllThatWasWrappedAnew) {
  const auto id = *model::SubjectKeyId::FromBytes(std::string(16, 'n'));
  const std::string recorded(40, 'r');
  std::vector<Successor> successors;
  successors.push_back(
      {id, crypto::Secret(std::string(32, 's')), {{recorded, std::string(40, 'a')}}});
  ASSERT_TRUE(vault_->Keep(successors).ok());
  const model::SubjectKeyId neighbour = MakeOne();
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(vault_->Find(id)->View(), std::string(32, 's'));
    EXPECT_EQ(*vault_->FindRewrap(id, recorded), std::string(40, 'a'));
    EXPECT_FALSE(vault_->FindRewrap(id, std::string(40, 'x'))->has_value());
    EXPECT_FALSE(vault_->FindRewrap(neighbour, recorded)->has_value());
    EXPECT_EQ(vault_->List(std::nullopt, 10)->size(), 2u) << "what was wrapped anew is no key";
    Reopen();
  }
  EXPECT_FALSE(AnyRemains(Directory(), {std::string(32, 's')}));
  ASSERT_TRUE(vault_->Destroy({id}).ok());
  EXPECT_FALSE(vault_->FindRewrap(id, recorded)->has_value());
  EXPECT_EQ(ReasonOf(vault_->Find(id).status()), v1::ERROR_REASON_KEY_MISSING);
  EXPECT_TRUE(vault_->Find(neighbour).ok());
}

TEST_F(VaultTest, DestroyingWhatIsGoneChangesNothing) {
  const model::SubjectKeyId gone = MakeOne();
  const model::SubjectKeyId kept = MakeOne();
  ASSERT_TRUE(vault_->Destroy({gone}).ok());
  EXPECT_TRUE(vault_->Destroy({gone}).ok());
  EXPECT_TRUE(vault_->Destroy({}).ok());
  EXPECT_TRUE(vault_->Find(kept).ok());
}

TEST_F(VaultTest, RefusesAnotherKeyEncryptionKey) {
  vault_.reset();
  const std::filesystem::path other = home_.path() / "other-kek";
  ASSERT_TRUE(crypto::WriteNewKeyFile(other, std::string(32, 'K')).ok());
  EXPECT_EQ(ReasonOf(Vault::Open(Directory(), other).status()), v1::ERROR_REASON_SEAL_BROKEN);
}

TEST_F(VaultTest, RefusesAKeyFileThatIsMissingOpenToOthersOrOfAnotherSize) {
  vault_.reset();
  const auto reason = [this](const std::filesystem::path& file) {
    return ReasonOf(Vault::Open(Directory(), file).status());
  };
  EXPECT_EQ(reason(home_.path() / "nowhere"), v1::ERROR_REASON_KEY_FILE_UNSAFE);
  for (const std::size_t size : {31u, 33u}) {
    const std::filesystem::path file = home_.path() / std::to_string(size);
    ASSERT_TRUE(crypto::WriteNewKeyFile(file, std::string(size, 'k')).ok());
    EXPECT_EQ(reason(file), v1::ERROR_REASON_KEY_FILE_UNSAFE) << size;
  }
  ASSERT_EQ(::chmod(KeyFile().c_str(), 0640), 0);
  EXPECT_EQ(reason(KeyFile()), v1::ERROR_REASON_KEY_FILE_UNSAFE);
  ASSERT_EQ(::chmod(KeyFile().c_str(), 0600), 0);
  EXPECT_TRUE(Vault::Open(Directory(), KeyFile()).ok());
}

TEST_F(VaultTest, RefusesAKeyFileInsideTheVaultHoweverItIsWritten) {
  vault_.reset();
  const std::filesystem::path inside = Directory() / "kek";
  std::filesystem::copy(KeyFile(), inside);
  const std::filesystem::path link = home_.path() / "link";
  std::filesystem::create_symlink(inside, link);
  for (const std::filesystem::path& file :
       {inside, link, Directory() / ".." / "vault" / "kek", home_.path() / "." / "vault" / "kek"}) {
    EXPECT_EQ(ReasonOf(Vault::Open(Directory(), file).status()), v1::ERROR_REASON_KEY_FILE_UNSAFE);
    EXPECT_EQ(ReasonOf(Vault::Open(Directory() / "", file).status()),
              v1::ERROR_REASON_KEY_FILE_UNSAFE);
  }
  // A neighbour whose name begins the same is outside.
  const std::filesystem::path neighbour = home_.path() / "vault-kek";
  std::filesystem::copy(KeyFile(), neighbour);
  EXPECT_TRUE(Vault::Open(Directory(), neighbour).ok());
}

TEST_F(VaultTest, NeedsADirectoryWhoseParentExists) {
  for (const std::filesystem::path& directory :
       {std::filesystem::path(), home_.path() / "no" / "parent", KeyFile() / "vault"}) {
    EXPECT_FALSE(Vault::Open(directory, KeyFile()).ok()) << directory;
  }
  EXPECT_TRUE(Vault::Open(home_.path() / "with-a-slash" / "", KeyFile()).ok());
}

TEST_F(VaultTest, RefusesASecondOpening) {
  EXPECT_EQ(ReasonOf(Vault::Open(Directory(), KeyFile()).status()),
            v1::ERROR_REASON_STORAGE_FAILED);
}

/// A key that damage took must never look like one that was destroyed.
TEST_F(VaultTest, RefusesToOpenWhereItsLogIsDamaged) {
  ASSERT_TRUE(vault_->Make(20).ok());
  ASSERT_TRUE(vault_->Make(20).ok());
  vault_.reset();
  int damaged = 0;
  for (const auto& entry : std::filesystem::directory_iterator(Directory())) {
    if (entry.path().extension() != ".log" || entry.file_size() == 0) continue;
    std::string bytes = Bytes(entry.path());
    bytes[bytes.size() / 2] ^= 1;
    std::ofstream(entry.path(), std::ios::binary | std::ios::trunc) << bytes;
    ++damaged;
  }
  ASSERT_EQ(damaged, 1);
  EXPECT_EQ(ReasonOf(Vault::Open(Directory(), KeyFile()).status()),
            v1::ERROR_REASON_STORAGE_FAILED);
}

TEST_F(VaultTest, OpensWhereItsLastWriteWasCutOff) {
  const model::SubjectKeyId kept = MakeOne();
  ASSERT_TRUE(vault_->Make(1).ok());
  vault_.reset();
  for (const auto& entry : std::filesystem::directory_iterator(Directory())) {
    if (entry.path().extension() != ".log" || entry.file_size() == 0) continue;
    std::filesystem::resize_file(entry.path(), entry.file_size() - 5);
  }
  Reopen();
  EXPECT_TRUE(vault_->Find(kept).ok());
}

/// Power loss may leave blocks of a last write unwritten, not only its end. What was durable before
/// it is enough to go on if it is all that anybody ever used; if it is not, nothing is changed.
TEST_F(VaultTest, CutsALogThatDoesNotReadToItsEndOnlyIfWhatReadsIsProved) {
  const model::SubjectKeyId kept = MakeOne();
  const model::SubjectKeyId torn = MakeOne();
  vault_.reset();
  for (const auto& entry : std::filesystem::directory_iterator(Directory())) {
    if (entry.path().extension() != ".log" || entry.file_size() == 0) continue;
    std::string bytes = Bytes(entry.path());
    bytes.replace(bytes.size() - 40, 20, 20, '\0');
    std::ofstream(entry.path(), std::ios::binary | std::ios::trunc) << bytes;
  }
  const auto holds = [](const model::SubjectKeyId& id) {
    return [id](const Vault& vault) { return vault.Find(id).status(); };
  };
  EXPECT_EQ(ReasonOf(Vault::Open(Directory(), KeyFile()).status()),
            v1::ERROR_REASON_STORAGE_FAILED);
  for (int again = 0; again < 2; ++again) {
    EXPECT_EQ(ReasonOf(Vault::Open(Directory(), KeyFile(), holds(torn)).status()),
              v1::ERROR_REASON_KEY_MISSING);
  }
  {
    const auto vault = Vault::Open(Directory(), KeyFile(), holds(kept));
    ASSERT_TRUE(vault.ok()) << SentenceOf(vault.status());
    EXPECT_EQ(ReasonOf((*vault)->Find(torn).status()), v1::ERROR_REASON_KEY_MISSING);
    EXPECT_TRUE((*vault)->Make(1).ok());
  }
  Reopen();
  EXPECT_TRUE(vault_->Find(kept).ok());
}

/// What RocksDB noted and never synced, lost power may tear: nothing depends on it. A note that was
/// synced is another matter.
TEST_F(VaultTest, OpensWhereItsManifestsLastNoteIsTornAndNotWhereItIsDamaged) {
  const model::SubjectKeyId id = MakeOne();
  vault_.reset();
  doubles::TearManifest(Directory());
  Reopen();
  EXPECT_TRUE(vault_->Find(id).ok());
  vault_.reset();
  doubles::FlipManifest(Directory());
  EXPECT_EQ(ReasonOf(Vault::Open(Directory(), KeyFile()).status()),
            v1::ERROR_REASON_STORAGE_FAILED);
}

TEST_F(VaultTest, IsNeverMadeAnewOverOneThatLostAFile) {
  const model::SubjectKeyId id = MakeOne();
  vault_.reset();
  std::filesystem::rename(Directory() / "CURRENT", home_.path() / "CURRENT");
  EXPECT_EQ(ReasonOf(Vault::Open(Directory(), KeyFile()).status()),
            v1::ERROR_REASON_STORAGE_FAILED);
  std::filesystem::rename(home_.path() / "CURRENT", Directory() / "CURRENT");
  Reopen();
  EXPECT_TRUE(vault_->Find(id).ok());
}

TEST_F(VaultTest, ListsEveryKeyOnceInOrderAPageAtATime) {
  EXPECT_TRUE(vault_->List({}, 10)->empty()) << "the index key is no subject key";
  std::vector<model::SubjectKeyId> made = *vault_->Make(5);
  std::sort(made.begin(), made.end());
  std::vector<model::SubjectKeyId> listed;
  for (std::optional<model::SubjectKeyId> last; listed.size() < 5; last = listed.back()) {
    const auto page = vault_->List(last, 2);
    ASSERT_TRUE(page.ok());
    ASSERT_FALSE(page->empty());
    EXPECT_LE(page->size(), 2u);
    listed.insert(listed.end(), page->begin(), page->end());
  }
  EXPECT_EQ(listed, made);
  EXPECT_TRUE(vault_->List(made.back(), 2)->empty());
  ASSERT_TRUE(vault_->Destroy({made[2]}).ok());
  EXPECT_EQ(vault_->List(made[1], 1)->front(), made[3]);
}

}  // namespace
}  // namespace tearline::vault
