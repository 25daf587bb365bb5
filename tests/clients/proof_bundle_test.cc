#include "clients/verifier/proof_bundle.h"

#include <gtest/gtest.h>

#include "clients/verifier/base64.h"

namespace tearline::verifier {
namespace {

ProofBundle Example() {
  return {"abc", 73894, {Sha256("a"), Sha256("b")}, "example.com/log\n109482\n…\n\n— …\n"};
}

TEST(ProofBundle, IsTextAsOtherToolsReadIt) {
  const ProofBundle bundle = Example();
  EXPECT_EQ(Text(bundle), "c2sp.org/tlog-proof@v1\nextra YWJj\nindex 73894\n" +
                              Base64(Bytes(Sha256("a"))) + '\n' + Base64(Bytes(Sha256("b"))) +
                              "\n\n" + bundle.signed_note);
  EXPECT_EQ(ReadProofBundle(Text(bundle)).value(), bundle);
}

TEST(ProofBundle, MayDoWithoutExtraAndWithoutHashes) {
  ProofBundle bundle = Example();
  bundle.extra.clear();
  bundle.proof.clear();
  bundle.index = 0;
  EXPECT_EQ(Text(bundle), "c2sp.org/tlog-proof@v1\nindex 0\n\n" + bundle.signed_note);
  EXPECT_EQ(ReadProofBundle(Text(bundle)).value(), bundle);
}

TEST(ProofBundle, IsRefusedInAnyOtherForm) {
  const std::string hash = Base64(Bytes(Sha256("a"))) + '\n';
  const std::string title = "c2sp.org/tlog-proof@v1\n";
  std::string long_proof;
  for (int i = 0; i < 65; ++i) long_proof += hash;
  EXPECT_TRUE(ReadProofBundle(title + "index 1\n" + hash + "\nnote").ok());
  for (const std::string& text :
       {std::string(), title, std::string("c2sp.org/tlog-proof@v2\nindex 1\n\nnote"),
        title + "index 01\n\nnote", title + "index -1\n\nnote", title + "index \n\nnote",
        title + "index 18446744073709551616\n\nnote", title + "extra \nindex 1\n\nnote",
        title + "extra !\nindex 1\n\nnote", title + "index 1\nextra YWJj\n\nnote",
        title + "index 1\n" + hash, title + "index 1\n" + hash + "\n",
        title + "index 1\n" + hash.substr(4) + "\nnote",
        title + "index 1\n" + long_proof + "\nnote", title + "\nindex 1\n\nnote"}) {
    EXPECT_FALSE(ReadProofBundle(text).ok()) << text;
  }
}

}  // namespace
}  // namespace tearline::verifier
