#include "broker/audit/proof_bundle.h"

#include <gtest/gtest.h>

namespace tearline::audit {
namespace {

TEST(ProofBundle, IsTextAsOtherToolsReadIt) {
  const std::vector<crypto::Digest> proof = {crypto::Sha256("a"), crypto::Sha256("b")};
  EXPECT_EQ(ProofBundle("abc", 73894, proof, "example.com/log\n…\n"),
            "c2sp.org/tlog-proof@v1\nextra YWJj\nindex 73894\n"
            "ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLs=\n"
            "PiPoFgA5WUoziU9lZOGxNIu9egCI1CxKy3PurtWcAJ0=\n"
            "\nexample.com/log\n…\n");
  EXPECT_EQ(ProofBundle("", 0, {}, "note"), "c2sp.org/tlog-proof@v1\nindex 0\n\nnote");
}

}  // namespace
}  // namespace tearline::audit
