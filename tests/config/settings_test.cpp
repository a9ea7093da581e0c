#include "adapters/config/settings.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <map>

#include "adapters/config/setting_table.hpp"

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

// Another value for each than any default or kGood has.
const std::map<std::string_view, std::string> kOthers{
    {"node.id", "node2"},
    {"node.data_dir", "/srv/other"},
    {"cluster.name", "other"},
    {"cluster.members", R"([{id: node1, peer: "127.0.0.1:9201", api: "127.0.0.1:9101"}])"},
    {"http.threads", "3"},
    {"raft.heartbeat_interval", "31ms"},
    {"raft.election_timeout_min", "301ms"},
    {"raft.election_timeout_max", "601ms"},
    {"writes", "redirect"},
    {"reads.lease", "true"},
    {"storage.min_free", "65MiB"},
    {"storage.flush_bytes", "33MiB"},
    {"storage.flush_interval", "6s"},
    {"secrets.master_keys", "/etc/confman/master.keys"},
    {"log.level", "debug"},
    {"log.format", "json"},
    {"dev.open", "false"},
};

// All of them, as text.
std::string shown(const Settings& s) {
  std::string members;
  for (const MemberSettings& m : s.members) members += m.id + " " + m.peer + " " + m.api + ",";
  std::string text;
  for (const std::string& value :
       {s.node_id, s.data_dir, s.cluster_name, s.master_keys, members,
        std::to_string(s.http_threads), std::to_string(s.heartbeat_interval.us),
        std::to_string(s.election_timeout_min.us), std::to_string(s.election_timeout_max.us),
        std::to_string(s.forward_writes), std::to_string(s.lease_reads), std::to_string(s.min_free),
        std::to_string(s.flush_bytes), std::to_string(s.flush_interval.us),
        std::to_string(static_cast<int>(s.log_level)),
        std::to_string(static_cast<int>(s.log_format)), std::to_string(s.dev_open)}) {
    text += value + "\n";
  }
  return text;
}

// Every setting means every one, lists too.
TEST(Settings, EachCanBeSetByItsVariable) {
  const auto plain = parse_settings(kGood, "f", {});
  ASSERT_TRUE(plain);
  Environment all;
  for (const Setting& setting : setting_table()) {
    const auto other = kOthers.find(setting.path);
    ASSERT_NE(other, kOthers.end()) << setting.path << " has no value in this test";
    const std::string variable = variable_of(setting.path);
    all[variable] = other->second;
    const auto loaded = parse_settings(kGood, "f", {{variable, other->second}});
    ASSERT_TRUE(loaded) << variable << ": " << to_string(loaded.error()[0]);
    EXPECT_TRUE(std::ranges::none_of(loaded->warnings, [](const Problem& p) {
      return p.code == "unknown_env";
    })) << variable;
    EXPECT_NE(shown(loaded->settings), shown(plain->settings)) << variable;
    const auto broken = parse_settings(kGood, "f", {{variable, "\x01 {"}});
    // A directory may be called anything.
    if (setting.path == "node.data_dir") continue;
    ASSERT_FALSE(broken) << variable;
    EXPECT_TRUE(broken.error()[0].where.starts_with(variable)) << to_string(broken.error()[0]);
  }
  all["CONFMAN_NODE_ID"] = "node1";
  const auto alone = parse_settings("", "f", all);
  ASSERT_TRUE(alone) << "no file is needed: " << to_string(alone.error()[0]);
  EXPECT_EQ(alone->settings.self().api, "127.0.0.1:9101");
}

TEST(Settings, AListInAVariableIsCheckedAsInTheFileAndNamedByTheVariable) {
  const auto problems_of_list = [](const std::string& list) {
    return problems_of(kGood, {{"CONFMAN_CLUSTER_MEMBERS", list}});
  };
  // The same as JSON, which is YAML.
  EXPECT_TRUE(problems_of_list(R"([{"id":"node1","peer":"127.0.0.1:9201","api":"127.0.0.1:9101"}])")
                  .empty());
  const std::pair<const char*, const char*> cases[] = {
      {"node1", "wrong_type"},
      {"[node1]", "wrong_type"},
      {"[]", "no_nodes"},
      {"[{id: node1, peer: \"127.0.0.1:9201\"}]", "missing_key"},
      {"[{id: node1, peer: \"127.0.0.1:9201\", api: \"127.0.0.1\"}]", "bad_address"},
      {"[{id: node1, peer: \"127.0.0.1:9201\", api: \"127.0.0.1:9201\"}]", "duplicate_address"},
      {"[{id: node1, peer: \"127.0.0.1:9201\", api: \"192.0.2.1:80\"}]", "insecure_auth_off"},
  };
  for (const auto& [list, code] : cases) {
    const auto problems = problems_of_list(list);
    EXPECT_TRUE(has(problems, code, "CONFMAN_CLUSTER_MEMBERS:"))
        << list << ": " << (problems.empty() ? "accepted" : to_string(problems[0]));
  }
  EXPECT_FALSE(problems_of_list("[{id: node1").empty());
  for (const Problem& problem : problems_of_list("[{id: node1")) {
    EXPECT_TRUE(problem.where.starts_with("CONFMAN_CLUSTER_MEMBERS:")) << to_string(problem);
  }
}

// What is written otherwise and means the same is no difference.
TEST(Settings, AreComparedWithTheMembersFieldByField) {
  const auto loaded = parse_settings(kGood, "f", {});
  ASSERT_TRUE(loaded);
  consensus::Membership members = founders_of(loaded->settings);
  const auto differences_now = [&] { return differences(loaded->settings, members); };
  EXPECT_TRUE(differences_now().empty());
  consensus::Member* second = members.find(consensus::member_id("node2"));
  second->peer_address = "localhost:8202";
  EXPECT_TRUE(differences_now().empty());
  second->peer_address = "127.0.0.1:9999";
  EXPECT_EQ(differences_now(),
            std::vector<std::string>{"the peer address of node2 is 127.0.0.1:8202 in the settings, "
                                     "127.0.0.1:9999 of the member"});
  second->name = "node7";
  second->id = consensus::member_id("node7");
  std::ranges::sort(members.members, {}, &consensus::Member::id);
  EXPECT_EQ(differences_now(),
            (std::vector<std::string>{"node2 is in the settings and no member",
                                      "node7 is a member and not in the settings"}));
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
      {"\"127.0.0.1:8202\"", "\"localhost:8101\"", "duplicate_address", ":8:26"},
      {"\"127.0.0.1:8101\"", "\"127.0.0.1:8201\"", "duplicate_address", ":7:49"},
      {"\"127.0.0.1:8201\"", "\"http://127.0.0.1:8201\"", "bad_address", ":7:26"},
      {"id: node2", "id: node1", "duplicate_node_id", ":8:"},
      {"\"127.0.0.1:8101\"", "\"10.0.0.1:8101\"", "insecure_auth_off", ":7:49"},
      {"open: true", "open: maybe", "bad_boolean", ":11:9"},
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
