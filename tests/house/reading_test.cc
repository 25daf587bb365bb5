// The rules are only as good as the eyes: what the house reads, it reads right.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/house/source_file.h"

namespace tearline::house {
namespace {

TEST(Reading, CodeIsWhatIsLeftWithoutCommentsAndLiterals) {
  struct Row {
    const char* text;
    const char* code;
  };
  const std::vector<Row> rows = {
      {"int a;  // float\nint b;", "int a;          \nint b;"},
      {"a /* float\n */ b", "a         \n    b"},
      {"x = \"{ \\\" float\";", "x =             ;"},
      {"y = '{';", "y =    ;"},
      {"n = 1'000'000;", "n = 1'000'000;"},
      {"r = R\"(\" { )\";", "r =          ;"},
      {"#include \"a/b.h\"\n", "#include \"a/b.h\"\n"},
  };
  for (const Row& row : rows) EXPECT_EQ(CodeOnly(row.text), row.code) << row.text;
}

TEST(Reading, AWordStandsAlone) {
  SourceFile file;
  file.code = "int floating;\nint unfloat;\nfloat f;\n#include <random>\n";
  EXPECT_EQ(file.FirstLineWithWord("float"), 3);
  EXPECT_EQ(file.FirstLineWithWord("<random>"), 4);
  EXPECT_EQ(file.FirstLineWithWord("double"), 0);
}

TEST(Reading, AFunctionIsMeasuredFromBraceToBrace) {
  const char* code =
      "namespace a {\n"                                // 1
      "struct B {\n"                                   // 2
      "  B() : x_{1}, y_(2) {\n"                       // 3
      "    Do();\n"                                    // 4
      "  }\n"                                          // 5
      "  int x_ = 0;\n"                                // 6
      "};\n"                                           // 7
      "constexpr int kRows[] = {1,\n 2};\n"            // 8, 9
      "int F(int a) {\n"                               // 10
      "  if (a) {\n"                                   // 11
      "    return 1;\n"                                // 12
      "  }\n"                                          // 13
      "  auto g = [](int b) {\n    return b;\n  };\n"  // 14 to 16
      "  return g(a);\n"                               // 17
      "}\n"                                            // 18
      "}\n";
  const std::vector<FunctionBody> bodies = FunctionBodies(code);
  ASSERT_EQ(bodies.size(), 2U);
  EXPECT_EQ(bodies[0].lines, 3);
  EXPECT_EQ(bodies[1].line, 10);
  EXPECT_EQ(bodies[1].lines, 9);
}

TEST(Reading, IncludesAreReadWithTheirLines) {
  SourceFile file;
  file.text = "// #include \"no.h\"\n#include \"broker/status/status.h\"\n#include <string>\n";
  const std::vector<Include> includes = file.Includes();
  ASSERT_EQ(includes.size(), 2U);
  EXPECT_EQ(includes[0].name, "broker/status/status.h");
  EXPECT_EQ(includes[0].line, 2);
  EXPECT_EQ(includes[1].name, "string");
}

}  // namespace
}  // namespace tearline::house
