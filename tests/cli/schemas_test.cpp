#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <string>

#include "tests/cli/program.hpp"

// Schemas and files that are held to them, without a server.
namespace confman::testing {
namespace {

class CliSchemaCheck : public ::testing::Test {
 protected:
  CliSchemaCheck() {
    std::string name = (std::filesystem::temp_directory_path() / "confman-schema-XXXXXX").string();
    EXPECT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  ~CliSchemaCheck() override { std::filesystem::remove_all(folder_); }

  std::string file(const std::string& name, const std::string& text) const {
    const std::string path = folder_ / name;
    std::ofstream(path) << text;
    return path;
  }

  std::filesystem::path folder_;
};

TEST_F(CliSchemaCheck, TellsWhatIsWrongWithASchemaAndWhere) {
  expect_failure(
      run({"schema", "check", file("s.json", R"({"properties":{"a":{"type":"strng"}}})")}), 65,
      "/properties/a/type");
  expect_failure(run({"schema", "check", file("s.json", "{")}), 65, "invalid_json");
  expect_failure(run({"schema", "check", file("s.json", "false")}), 65,
                 "schema_rejects_everything");
  EXPECT_EQ(run({"schema", "check", file("s.json", "false"), "--force"}).status, 0);
  EXPECT_EQ(run({"schema", "check", file("s.json", "{}")}).status, 0);
  expect_failure(run({"schema", "check", (folder_ / "none.json").string()}), 66, "not found");
}

TEST_F(CliSchemaCheck, HoldsFilesToASchemaEachByItself) {
  const std::string schema = file("s.json", R"({"properties":{"port":{"maximum":65535}}})");
  const std::string good = file("good.yaml", "port: 80\n");
  const std::string bad = file("bad.yaml", "port: 70000\n");
  const Result result = run({"schema", "check", schema, good, bad});
  EXPECT_EQ(result.status, 65) << result.err;
  EXPECT_NE(result.out.find("bad.yaml /port: maximum: expected at most 65535, found 70000"),
            std::string::npos)
      << result.out;
  EXPECT_EQ(result.out.find("good.yaml"), std::string::npos) << result.out;
  EXPECT_EQ(run({"schema", "check", schema, good}).out, "valid: 1 file\n");
}

TEST_F(CliSchemaCheck, HoldsFilesToASchemaOfTheirNamespace) {
  const std::string schema =
      file("s.json", R"({"required":["rate"],"properties":{"rate":{"type":"integer"}}})");
  EXPECT_EQ(run({"schema", "check", schema, "--whole", file("rate.json", "5")}).status, 0);
  const Result text = run({"schema", "check", schema, "--whole", file("rate.txt", "5")});
  EXPECT_EQ(text.status, 65);
  EXPECT_NE(text.out.find("/rate: type"), std::string::npos) << text.out;
  const Result missing = run({"schema", "check", schema, "--whole", file("other.json", "5")});
  EXPECT_EQ(missing.status, 65);
  EXPECT_NE(missing.out.find("(root): required"), std::string::npos) << missing.out;
}

TEST(CliSchemaBind, NamesWhatIsBoundAndWhere) {
  expect_failure(run({"schema", "bind", "/a", "/s"}), 64, "SCHEMA@VERSION");
  expect_failure(run({"schema", "bind", "/a", "/s@"}), 64, "SCHEMA@VERSION");
  expect_failure(run({"schema", "show", "s"}), 64, "a schema is named");
}

}  // namespace
}  // namespace confman::testing
