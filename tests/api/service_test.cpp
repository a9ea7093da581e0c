#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <regex>
#include <set>
#include <sstream>

#include "adapters/api/answer.hpp"
#include "adapters/api/base64.hpp"
#include "adapters/api/faults.hpp"
#include "tests/api/harness.hpp"
#include "tests/support/paths/paths.hpp"

// What holds for the API as a whole: routing, methods, health, the table of problems.
namespace confman::testing {
namespace {

TEST(Routing, UnknownPathsAndMethods) {
  Harness h;
  for (const char* path :
       {"/", "/api", "/api/v1", "/api/v1/", "/api/v1/configs/k", "/api/v2/config/k",
        "/api/v1/config", "/api/v1/history", "/api/v1/history/a/", "/api/v1/admin",
        "/api/v1/admin/member", "/healthy"}) {
    const auto answer = h.get(path);
    EXPECT_EQ(answer->status(), 404) << path;
    EXPECT_EQ(answer->code(), "unknown_path") << path;
  }
  const auto post = h.request("POST", "/api/v1/config/k");
  EXPECT_EQ(post->status(), 405);
  EXPECT_EQ(post->header("Allow"), "GET, HEAD, PUT, DELETE, OPTIONS");
  EXPECT_EQ(h.request("DELETE", "/api/v1/audit")->header("Allow"), "GET, HEAD, OPTIONS");
  EXPECT_EQ(h.request("HEAD", "/api/v1/watch")->header("Allow"), "GET, OPTIONS");
  EXPECT_EQ(h.request("PUT", "/health", {{"Content-Type", "text/plain"}}, "x")->status(), 405);
}

TEST(Routing, EveryAnswerSaysWhereItComesFrom) {
  Harness h;
  const std::string revision = h.put("/api/v1/config/k", "1")->header("X-Confman-Version");
  for (const char* path : {"/health", "/nowhere", "/api/v1/config/k", "/api/v1/config/none",
                           "/api/v1/admin/status", "/api/v1/audit/head"}) {
    const auto answer = h.get(path);
    EXPECT_EQ(answer->header("X-Confman-Node"), "node1") << path;
    EXPECT_EQ(answer->header("X-Confman-Leader"), "node1") << path;
    EXPECT_EQ(answer->header("X-Confman-Version"), revision) << path;
  }
}

TEST(Routing, NamesFollowTheGrammar) {
  Harness h;
  EXPECT_EQ(h.get("/api/v1/config/a//k")->code(), "empty_segment");
  EXPECT_EQ(h.get("/api/v1/config//k")->code(), "empty_segment");
  EXPECT_EQ(h.get("/api/v1/config/a/../k")->code(), "dot_segment");
  EXPECT_EQ(h.get("/api/v1/config/a/%2e%2e")->code(), "dot_segment");
  EXPECT_EQ(h.get("/api/v1/namespaces/" + std::string(300, 'n'))->code(), "key_too_long");
  std::string deep = "/api/v1/namespaces";
  for (int i = 0; i < 33; ++i) deep += "/n";
  EXPECT_EQ(h.get(deep)->code(), "path_too_deep");
}

TEST(Parameters, DurationsAndBooleans) {
  Harness h;
  h.put("/api/v1/config/k", "1");
  for (const char* timeout : {"0s", "61s", "-5", "abc", "5", "5h", "1.5s"}) {
    EXPECT_EQ(h.get("/api/v1/config/k?timeout=" + std::string(timeout))->code(), "bad_timeout")
        << timeout;
  }
  for (const char* timeout : {"60s", "1ms", "1m", "500ms"}) {
    EXPECT_EQ(h.get("/api/v1/config/k?timeout=" + std::string(timeout))->status(), 200) << timeout;
  }
  EXPECT_EQ(h.get("/api/v1/config/?recursive=yes")->code(), "bad_parameter");
  EXPECT_EQ(h.get("/api/v1/config/k?version=0")->code(), "bad_version");
  EXPECT_EQ(h.get("/api/v1/config/k?min_version=1")->code(), "bad_version_token");
  EXPECT_EQ(h.get("/api/v1/config/k?wait=1s")->code(), "unknown_parameter");
  EXPECT_EQ(h.get("/api/v1/config/k", {{"X-Confman-Version", "1:1"}, {"X-Confman-Version", "1:1"}})
                ->code(),
            "duplicate_header");
}

TEST(Health, LivenessNeedsNobodyReadinessNeedsALeader) {
  Harness alone;
  EXPECT_EQ(alone.get("/health")->at("status"), "live");
  EXPECT_EQ(alone.get("/health/live")->status(), 200);
  EXPECT_EQ(alone.get("/health/ready")->at("status"), "ready");
  alone.report_age = Duration::seconds(6);
  EXPECT_NE(alone.get("/health/ready")->at("checks/loop"), "ok");

  Harness minority(3);
  EXPECT_EQ(minority.get("/health/live")->status(), 200);
  const auto ready = minority.get("/health/ready");
  EXPECT_EQ(ready->status(), 503);
  EXPECT_EQ(ready->code(), "not_ready");
  EXPECT_NE(ready->at("checks/leader"), "ok");
  EXPECT_EQ(ready->at("checks/shutdown"), "ok");
}

// The API of a node that reports just this of itself.
class Reporting final : public api::NodeGateway, public api::Clock {
 public:
  explicit Reporting(api::StatusReport report)
      : report_(std::make_shared<api::StatusReport>(std::move(report))) {}

  http::Response get(const std::string& target) {
    struct Kept final : api::Exchange {
      explicit Kept(http::Response& kept) : response(kept) {}
      void respond(http::Response given) override { response = std::move(given); }
      void when_gone(std::function<void()>) override {}
      void start_stream(http::Response, http::StreamCallbacks) override {}
      void write(Payload) override {}
      void finish() override {}
      http::Response& response;
    };
    http::RequestParser parser;
    parser.feed("GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n");
    api::Api api({.self = consensus::MemberId{1}, .self_name = "node1"}, *this, *this);
    http::Response response;
    api.handle(parser.take(), std::make_unique<Kept>(response));
    return response;
  }

 private:
  void submit(node::Request) override {}
  void cancel(node::RequestId) override {}
  std::shared_ptr<const api::StatusReport> status() const override { return report_; }
  api::LoopFigures look_at_loop() override { return {}; }
  Time now() const override { return report_->taken_at; }

  std::shared_ptr<const api::StatusReport> report_;
};

http::Response readiness(const api::StatusReport& report) {
  return Reporting(report).get("/health/ready");
}

TEST(Health, ADiskThatIsAsGoodAsFullIsNotReady) {
  api::StatusReport report;
  report.node.raft.leader = consensus::MemberId{1};
  report.node.raft.standing = consensus::Standing::Voter;
  EXPECT_EQ(readiness(report).status, 200);
  report.node.raft.low_space = true;
  const http::Response answer = readiness(report);
  EXPECT_EQ(answer.status, 503);
  EXPECT_NE(answer.body.find(R"("space":"the disk is as good as full)"), std::string::npos)
      << answer.body;
}

TEST(Health, WhoHasNoPartInTheClusterOrNoRoomForItsStateIsNotReady) {
  api::StatusReport report;
  report.node.raft.leader = consensus::MemberId{1};
  using enum consensus::Standing;
  for (const auto standing : {Founding, Waiting, Learner, Voter, Removed}) {
    report.node.raft.standing = standing;
    const bool member = standing == Learner || standing == Voter;
    EXPECT_EQ(readiness(report).status, member ? 200 : 503) << consensus::name_of(standing);
  }
  report.node.raft.standing = Learner;
  report.node.raft.refused_snapshot = consensus::RefusedSnapshot{.bytes = 10, .room = 3};
  EXPECT_EQ(readiness(report).status, 503);
}

TEST(Status, TellsWhoIsConnectedWhatTheSettingsSayOtherwiseAndWhatThereIsNoRoomFor) {
  api::StatusReport report;
  report.membership.members = {{.id = consensus::MemberId{2}, .name = "node2"},
                               {.id = consensus::MemberId{3}, .name = "node3"}};
  report.linked = {consensus::MemberId{3}};
  report.settings_differ = {"node4 is in the settings and no member"};
  report.node.raft.refused_snapshot = consensus::RefusedSnapshot{.bytes = 10, .room = 3};
  const std::string body = Reporting(report).get("/api/v1/admin/status").body;
  for (const char* part : {R"("settingsDiffer":["node4 is in the settings and no member"])",
                           R"("refusedSnapshot":{"bytes":10,"room":3})"}) {
    EXPECT_NE(body.find(part), std::string::npos) << part << " in " << body;
  }
  EXPECT_LT(body.find(R"("connected":false)"), body.find(R"("connected":true)")) << body;
}

TEST(Status, TellsRoleIndexesMembersAndStorage) {
  Harness h;
  h.put("/api/v1/config/k", "1");
  const auto status = h.get("/api/v1/admin/status");
  EXPECT_EQ(status->at("loop/longestTurnMs"), "12.345");
  EXPECT_EQ(status->at("loop/longestTurnCpuMs"), "7");
  EXPECT_EQ(status->at("loop/sinceLastLookMs"), "3000");
  EXPECT_EQ(status->at("node"), "node1");
  EXPECT_EQ(status->at("role"), "leader");
  EXPECT_EQ(status->at("leader"), "node1");
  EXPECT_EQ(status->at("term"), "1");
  EXPECT_EQ(status->at("commitIndex"), status->at("appliedIndex"));
  EXPECT_EQ(status->at("members/0/name"), "node1");
  EXPECT_EQ(status->at("members/0/leader"), "true");
  EXPECT_EQ(status->at("storage/freeBytes"), "4");
  EXPECT_EQ(status->at("clock/offsetMs"), "0");
  EXPECT_EQ(status->at("clock/off"), "false");
  EXPECT_EQ(status->at("state/entries"), "1");
  EXPECT_EQ(status->at("version"), "0.0.test");
  EXPECT_TRUE(status->at("security").starts_with("development mode"));
  EXPECT_EQ(Harness(3).get("/api/v1/admin/status")->at("leader"), "null");
  EXPECT_EQ(Harness(3).get("/api/v1/admin/status")->at("clock/offsetMs"), "null");
  // Whom it has a link to, it has none to itself.
  EXPECT_EQ(Harness(3).get("/api/v1/admin/status")->at("members/0/connected"), "");
  EXPECT_EQ(Harness(3).get("/api/v1/admin/status")->at("members/1/connected"), "false");
}

void expect_camel_case(const json::Value& value) {
  if (const auto* items = value.array()) {
    for (const json::Value& item : *items) expect_camel_case(item);
  }
  if (const auto* members = value.object()) {
    for (const auto& [name, member] : *members) {
      EXPECT_TRUE(std::ranges::all_of(name, [](unsigned char c) { return std::isalnum(c) != 0; }))
          << name;
      expect_camel_case(member);
    }
  }
}

// One case for all documents: whoever reads one can guess the names in the others.
TEST(Documents, NamesOfMembersAreInCamelCase) {
  Harness h;
  h.put("/api/v1/config/k", R"({"value":1,"labels":{"l":"v"}})",
        "application/vnd.confman.entry+json");
  h.put("/api/v1/admin/members/n2",
        R"({"peerAddress":"127.0.0.1:9102","apiAddress":"127.0.0.1:8102"})");
  for (const char* target :
       {"/api/v1/admin/status", "/api/v1/admin/members", "/api/v1/config/k", "/api/v1/config/",
        "/api/v1/history/k", "/api/v1/namespaces", "/api/v1/audit", "/api/v1/audit/head",
        "/api/v1/watch?since=0:0&wait=0ms", "/health/ready", "/nowhere",
        "/api/v1/config/?limit=0"}) {
    SCOPED_TRACE(target);
    expect_camel_case(h.get(target)->json());
  }
}

TEST(Security, OutsideDevelopmentModeNothingButHealthIsOpen) {
  api::ApiConfig config;
  config.development_mode = false;
  Harness h(1, config);
  const auto refused = h.get("/api/v1/config/k");
  EXPECT_EQ(refused->status(), 401);
  EXPECT_EQ(refused->code(), "credentials_required");
  EXPECT_NE(refused->header("WWW-Authenticate"), "");
  EXPECT_EQ(h.get("/api/v1/admin/status")->status(), 401);
  EXPECT_EQ(h.get("/health")->status(), 200);
}

TEST(Api, ForgetsWhatIsAnswered) {
  Harness h;
  for (int i = 0; i < 100; ++i) h.put("/api/v1/config/k", "1");
  EXPECT_EQ(h.api().open_requests(), 0U);
}

TEST(Base64, RoundTripsAndRefusesWhatIsNotCanonical) {
  for (std::size_t size = 0; size < 10; ++size) {
    std::string bytes;
    for (std::size_t i = 0; i < size; ++i) bytes.push_back(static_cast<char>(250 - 29 * i));
    std::string text;
    api::append_base64(text, bytes);
    EXPECT_EQ(api::from_base64(text), bytes);
    EXPECT_EQ(api::from_base64url(api::to_base64url(bytes)), bytes);
  }
  for (const char* bad : {"A", "AA", "AAA", "AB==", "A===", "AA=A", "AAA=AAAA", "A A=", "AA-="}) {
    EXPECT_EQ(api::from_base64(bad), std::nullopt) << bad;
  }
}

// --- docs/api.md ---------------------------------------------------------------------------------

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// The first column of the documentation's tables of problems: | `code` | status | …
std::map<std::string, std::string> documented() {
  const std::string text = text_of(test::source_dir() / "docs/api.md");
  const std::regex row(R"(\n\| `([a-z0-9_]+)` \| (\d{3}) \|)");
  std::map<std::string, std::string> found;
  for (std::sregex_iterator it(text.begin(), text.end(), row), end; it != end; ++it) {
    found[(*it)[1]] = (*it)[2];
  }
  return found;
}

TEST(Documentation, HasEveryProblemOfTheApi) {
  const auto table = documented();
  for (const api::Fault& fault : api::fault_table()) {
    const auto row = table.find(std::string(fault.code));
    ASSERT_NE(row, table.end()) << fault.code << " is not in docs/api.md";
    EXPECT_EQ(row->second, std::to_string(fault.status)) << fault.code;
  }
}

TEST(Documentation, HasEveryProblemOfTheHttpServer) {
  const auto table = documented();
  const std::regex code(
      R"re((?:\b([45]\d\d),\s*|error_at\([^,]*,\s*)(?:\.code = )?"([a-z0-9_]+)")re");
  std::size_t codes = 0;
  for (const auto& file :
       std::filesystem::directory_iterator(test::source_dir() / "adapters/http")) {
    if (file.path().extension() != ".cpp") continue;
    const std::string text = text_of(file.path());
    for (std::sregex_iterator it(text.begin(), text.end(), code), end; it != end; ++it) {
      ++codes;
      EXPECT_TRUE(table.contains((*it)[2])) << (*it)[2] << " in " << file.path().filename();
    }
  }
  EXPECT_GT(codes, 20U) << "the codes of the HTTP server were not found in its sources";
}

TEST(Documentation, EveryRefusalAndFaultHasAProblem) {
  for (const domain::RefusalRow& row : domain::kRefusals) {
    const api::Fault* fault = api::find_fault(row.code);
    ASSERT_NE(fault, nullptr) << row.code;
    EXPECT_FALSE(fault->detail.empty()) << row.code;
  }
  for (const auto& [fault, code] : domain::kQueryFaults) {
    EXPECT_FALSE(api::problem_of(fault).detail.empty()) << code;
  }
  for (int i = 0; i <= static_cast<int>(domain::NameFaultKind::InvalidCharacter); ++i) {
    EXPECT_NE(api::find_fault(domain::code_of(static_cast<domain::NameFaultKind>(i))), nullptr);
  }
  for (int i = 0; i <= static_cast<int>(json::FaultKind::TooManyMembers); ++i) {
    EXPECT_NE(api::find_fault(json::code_of(static_cast<json::FaultKind>(i))), nullptr);
  }
}

}  // namespace
}  // namespace confman::testing
