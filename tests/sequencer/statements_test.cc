#include "broker/sequencer/statements.h"

#include <gtest/gtest.h>

#include <string>

#include "broker/crypto/digest.h"
#include "clients/verifier/statement.h"

namespace tearline::sequencer {
namespace {

v1::Segment SegmentOf(const std::string& media_type, const std::string& content) {
  v1::Segment segment;
  segment.set_media_type(media_type);
  segment.set_content(content);
  segment.set_salt("0123456789abcdef");
  return segment;
}

/// Spelled out, as docs/verifying.md tells it.
TEST(Statements, DigestsAreAsTheyAreWritten) {
  const std::string salt = "0123456789abcdef";
  const std::string zero(1, '\0');
  EXPECT_EQ(PublicationDigest(salt, "r1"),
            crypto::Sha256("tearline publication" + zero + salt + "r1").Bytes());
  EXPECT_EQ(TextDigest(salt, "words"),
            crypto::Sha256("tearline text" + zero + salt + "words").Bytes());
  const std::string heading = "\x0a\x0atext/plain";
  EXPECT_EQ(SegmentDigest(SegmentOf("text/plain", "words")),
            crypto::Sha256("tearline segment" + zero + salt + std::string("\0\0\0\x0c", 4) +
                           heading + "words")
                .Bytes());
}

/// Two implementations that share no line.
TEST(Statements, DigestsAreThoseOfWhoeverVerifies) {
  const v1::Segment segment = SegmentOf("text/plain; charset=utf-8", "the content");
  v1::SegmentHeading heading;
  heading.set_media_type(segment.media_type());
  EXPECT_EQ(SegmentDigest(segment),
            verifier::SegmentDigest(segment.salt(), heading, segment.content()));
  EXPECT_EQ(TextDigest("s", "t"), verifier::TextDigest("s", "t"));
}

/// What is moved from the heading into the content is another segment.
TEST(Statements, AHeadingEndsWhereItSays) {
  EXPECT_NE(SegmentDigest(SegmentOf("text/plain", "words")),
            SegmentDigest(SegmentOf("text/plai", "nwords")));
  v1::Segment flagged = SegmentOf("text/plain", "words");
  flagged.add_flags(v1::CONTENT_FLAG_VICTIM_ADDRESS);
  EXPECT_NE(SegmentDigest(flagged), SegmentDigest(SegmentOf("text/plain", "words")));
}

}  // namespace
}  // namespace tearline::sequencer
