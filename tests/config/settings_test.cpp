#include "adapters/config/settings.hpp"

#include <algorithm>
#include <gtest/gtest.h>

namespace confman::config {
namespace {

const std::string kGood = R"(node:
  id: node1
  data_dir: /var/lib/confman
cluster:
  name: prod
  members:
    - { id: node1, peer: "127.0.0.1:8201", api: "127.0.0.1:8101" }
    - { id: node2, peer: "127.0.0.1:8202", api: "127.0.0.1:8102" }
    - { id: node3, peer: "127.0.0.1:8203", api: "127.0.0.1:8103" }
dev:
  open: true
)";

std::vector<Problem> problems_of(const std::string& text, const Environment& environment = {}) {
  auto loaded = parse_settings(text, "confman.yaml", environment);
  return loaded ? std::vector<Problem>{} : loaded.error();
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

bool has(const std::vector<Problem>& problems, const std::string& code,
         const std::string& where = "") {
  return std::ranges::any_of(problems, [&](const Problem& p) {
    return p.code == code && p.where.find(where) != std::string::npos;
  });
}

TEST(Settings, AWholeFileIsRead) {
  const auto loaded =
      parse_settings(kGood + "raft:\n  heartbeat_interval: 20ms\nwrites: redirect\n", "f", {});
  ASSERT_TRUE(loaded.has_value()) << to_string(loaded.error()[0]);
  const Settings& settings = loaded->settings;
  EXPECT_EQ(settings.node_id, "node1");
  EXPECT_EQ(settings.members.size(), 3u);
  EXPECT_EQ(settings.self().api, "127.0.0.1:8101");
  EXPECT_EQ(settings.heartbeat_interval, Duration::millis(20));
  EXPECT_FALSE(settings.forward_writes);
  EXPECT_TRUE(loaded->warnings.empty());
}

TEST(Settings, VariablesWinOverTheFile) {
  const auto loaded = parse_settings(
      kGood, "f", {{"CONFMAN_NODE_ID", "node2"}, {"CONFMAN_RAFT_HEARTBEAT_INTERVAL", "30ms"}});
  ASSERT_TRUE(loaded.has_value());
  EXPECT_EQ(loaded->settings.node_id, "node2");
  EXPECT_EQ(loaded->settings.heartbeat_interval, Duration::millis(30));
}

TEST(Settings, AnUnknownVariableIsAWarning) {
  const auto loaded = parse_settings(kGood, "f", {{"CONFMAN_FOO", "1"}, {"PATH", "/bin"}});
  ASSERT_TRUE(loaded.has_value());
  ASSERT_EQ(loaded->warnings.size(), 1u);
  EXPECT_EQ(loaded->warnings[0].code, "unknown_env");
}

TEST(Settings, AnEvenClusterIsAWarning) {
  std::string text = kGood;
  text.erase(text.find("    - { id: node3"), text.find("dev:") - text.find("    - { id: node3"));
  const auto loaded = parse_settings(text, "f", {});
  ASSERT_TRUE(loaded.has_value());
  EXPECT_TRUE(has(loaded->warnings, "even_cluster"));
}

struct BadCase {
  const char* from;
  const char* to;
  const char* code;
  const char* where;  // line and column
};

TEST(Settings, EachMistakeIsNamedWithItsPlace) {
  const BadCase cases[] = {
      {"id: node1\n", "idd: node1\n", "unknown_key", ":2:3"},
      {"id: node1\n", "id: \"no de\"\n", "bad_node_id", ":2:7"},
      {"id: node1\n", "id: node9\n", "node_not_in_cluster", ""},
      {"\"127.0.0.1:8201\"", "\"127.0.0.1\"", "bad_address", ":7:26"},
      {"\"127.0.0.1:8201\"", "\"127.0.0.256:8201\"", "bad_address", ":7:26"},
      {"\"127.0.0.1:8201\"", "\"127.0.0.1:70000\"", "bad_port", ":7:26"},
      {"\"127.0.0.1:8201\"", "\"127.0.0.1:80a\"", "bad_port", ":7:26"},
      {"\"127.0.0.1:8202\"", "\"127.0.0.1:8201\"", "duplicate_address", ""},
      {"id: node2", "id: node1", "duplicate_node_id", ""},
      {"\"127.0.0.1:8101\"", "\"10.0.0.1:8101\"", "insecure_auth_off", ""},
      {"open: true", "open: maybe", "bad_boolean", ":11:9"},
      {"open: true", "open: false", "auth_not_available", ""},
      {"  data_dir: /var/lib/confman\n", "", "missing_key", ""},
      {"name: prod", "name: &a prod", "anchor_not_allowed", ":5:"},
      {"name: prod", "name: !!str prod", "tag_not_allowed", ":5:"},
      {"name: prod", "name: prod\n  name: other", "duplicate_key", ":6:3"},
      {"cluster:", "cluster: [", "expected_comma", ""},
      {"dev:", "---\ndev:", "multiple_documents", ""},
  };
  for (const BadCase& c : cases) {
    const auto problems = problems_of(replaced(kGood, c.from, c.to));
    EXPECT_TRUE(has(problems, c.code, c.where))
        << c.to << ": " << (problems.empty() ? "accepted" : to_string(problems[0]));
  }
}

TEST(Settings, RangesAndRelationsAreChecked) {
  EXPECT_TRUE(has(problems_of(kGood + "raft: { heartbeat_interval: 1ms }\n"), "out_of_range"));
  EXPECT_TRUE(has(problems_of(kGood + "raft: { heartbeat_interval: fast }\n"), "bad_duration"));
  EXPECT_TRUE(has(problems_of(kGood + "raft: { heartbeat_interval: 200ms }\n"), "timeout_ratio"));
  EXPECT_TRUE(has(problems_of(kGood + "raft: { election_timeout_min: 2s }\n"), "bad_range"));
  EXPECT_TRUE(has(problems_of(kGood + "storage: { flush_bytes: 1Zb }\n"), "bad_size"));
  EXPECT_TRUE(has(problems_of(kGood + "http: { threads: 12.5 }\n"), "wrong_type"));
  EXPECT_TRUE(has(problems_of(kGood, {{"CONFMAN_RAFT_HEARTBEAT_INTERVAL", "abc"}}), "bad_duration",
                  "CONFMAN_RAFT_HEARTBEAT_INTERVAL"));
}

TEST(Settings, AMisspeltKeyOrValueGetsASuggestion) {
  const auto key = problems_of(replaced(kGood, "data_dir", "datadir"));
  ASSERT_FALSE(key.empty());
  EXPECT_NE(key[0].message.find("did you mean node.data_dir?"), std::string::npos);
  const auto value = problems_of(kGood + "log: { level: warnin }\n");
  ASSERT_FALSE(value.empty());
  EXPECT_NE(value[0].message.find("did you mean warning?"), std::string::npos);
}

TEST(Settings, AllProblemsAreReportedAtOnce) {
  const auto problems = problems_of("node: { idd: x }\nlog: { level: loud }\nfoo: 1\n");
  EXPECT_TRUE(has(problems, "unknown_key", ":1:"));
  EXPECT_TRUE(has(problems, "unknown_value", ":2:"));
  EXPECT_TRUE(has(problems, "unknown_key", ":3:"));
  EXPECT_TRUE(has(problems, "missing_key"));
}

TEST(Settings, AnEmptyFileSaysWhatIsRequired) {
  const auto problems = problems_of("");
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_EQ(problems[0].code, "empty_config");
}

TEST(Settings, AFileThatIsNotThereOrNoFileIsSaidSo) {
  EXPECT_TRUE(has(load_settings("/nowhere/confman.yaml", {}).error(), "not_found"));
  EXPECT_TRUE(has(load_settings("/", {}).error(), "not_a_file"));
}

TEST(Settings, BytesThatAreNoTextAreRefused) {
  EXPECT_TRUE(has(problems_of("node: \xff\xfe"), "invalid_utf8", ":1:7"));
  EXPECT_TRUE(has(problems_of("\xef\xbb\xbfnode:"), "bom_not_allowed"));
  EXPECT_TRUE(has(problems_of(std::string("a\n\0", 3)), "control_character", ":2:1"));
}

}  // namespace
}  // namespace confman::config
