// No plain text of a secret on any disk: three real processes, every way to write one, and then all
// files of all nodes.

#include <chrono>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <sstream>
#include <string>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>
#include <vector>

#include "adapters/api/base64.hpp"
#include "domain/base/hash.hpp"
#include "domain/json/value.hpp"
#include "domain/json/writer.hpp"
#include "tests/process/cluster.hpp"
#include "tests/support/http_connection.hpp"
#include "tests/support/paths/paths.hpp"

namespace confman::testing {
namespace {

using namespace std::chrono_literals;

constexpr auto kTimeout = 20s;

std::string base64(std::string_view bytes) {
  std::string text;
  api::append_base64(text, bytes);
  return text;
}

// A file of master keys that goes with the test.
class KeyFile {
 public:
  explicit KeyFile(const std::vector<std::string>& ids) {
    std::filesystem::create_directories(test::binary_dir() / "process-test");
    std::string name = (test::binary_dir() / "process-test" / "keys-XXXXXX").string();
    ::close(::mkstemp(name.data()));
    path_ = name;
    write(ids);
  }
  ~KeyFile() { ::unlink(path_.c_str()); }
  KeyFile(const KeyFile&) = delete;
  KeyFile& operator=(const KeyFile&) = delete;

  void write(const std::vector<std::string>& ids) const {
    std::ofstream out(path_);
    for (const std::string& id : ids) {
      out << id << ' ' << base64(as_view(sha256("of a test: " + id))) << '\n';
    }
  }
  std::string path() const { return path_; }
  std::string settings() const { return "secrets:\n  master_keys: " + path_ + "\n"; }

 private:
  std::string path_;
};

class ProcessSecrets : public ::testing::Test {
 protected:
  using Headers = std::map<std::string, std::string>;

  explicit ProcessSecrets(const std::vector<std::string>& ids = {"k1"})
      : keys_(ids), cluster_("secrets", keys_.settings() + "storage:\n  flush_interval: 50ms\n") {
    cluster_.start_all();
    cluster_.await_all_ready();
    for (const char* path : {"a", "b", "s"}) {
      EXPECT_LT(send(0, "PUT", "/api/v1/namespaces/" + std::string(path), "{}").status, 300);
    }
  }

  HttpAnswer send(std::size_t node, const std::string& method, const std::string& target,
                  const std::string& body, const Headers& headers = {}) {
    const auto answer =
        ask(cluster_.port(node),
            {.method = method, .target = target, .headers = headers, .body = body}, kTimeout);
    EXPECT_TRUE(answer) << method << " " << target;
    return answer ? *answer : HttpAnswer{};
  }
  // A write that has to be done.
  std::string done(std::size_t node, const std::string& method, const std::string& target,
                   const std::string& body, const Headers& headers = {}) {
    const HttpAnswer answer = send(node, method, target, body, headers);
    EXPECT_LT(answer.status, 300) << method << " " << target << ": " << answer.body;
    return answer.body;
  }
  static std::string member(const std::string& document, std::string_view name) {
    const auto value = json::parse(document);
    const json::Value* found = value ? value->find(name) : nullptr;
    if (found == nullptr) return "";
    return found->string() != nullptr ? *found->string()
                                      : std::to_string(found->uint64().value_or(0));
  }
  // Publishes a request.
  void publish(std::size_t node, const std::string& request) {
    const std::string id = member(request, "id");
    const std::string submitted = done(node, "POST", "/api/v1/requests/" + id + "/submit", "{}");
    done(node, "POST", "/api/v1/requests/" + id + "/publish", "{}",
         {{"If-Match", "\"" + member(submitted, "version") + "\""}});
  }

  // The files of all nodes that hold that text.
  std::vector<std::string> files_with(std::string_view text) const {
    std::vector<std::string> found;
    for (const auto& file : std::filesystem::recursive_directory_iterator(cluster_.folder())) {
      if (!file.is_regular_file()) continue;
      std::ostringstream all;
      all << std::ifstream(file.path(), std::ios::binary).rdbuf();
      if (all.str().find(text) != std::string::npos) found.push_back(file.path().string());
    }
    return found;
  }
  // In every form in which a careless program might have written it.
  void expect_nowhere(const std::string& secret) const {
    std::string quoted;
    json::append_quoted(quoted, secret);
    // Of base64 what doesn't depend on where in a text it stands.
    std::vector<std::string> forms{secret, quoted.substr(1, quoted.size() - 2),
                                   to_hex(as_view(sha256(secret))), to_hex(secret),
                                   std::string(as_view(sha256(secret)))};
    for (std::size_t shift = 0; shift < 3; ++shift) {
      const std::string encoded = base64(std::string(shift, 'x') + secret);
      forms.push_back(encoded.substr(4, encoded.size() - 8));
    }
    for (const std::string& form : forms) {
      EXPECT_EQ(files_with(form), std::vector<std::string>{}) << "a form of " << secret;
    }
  }

  KeyFile keys_;
  Cluster cluster_;
};

TEST_F(ProcessSecrets, NoFileOfAnyNodeHoldsThePlainText) {
  done(0, "PUT", "/api/v1/schemas/s/x",
       R"({"properties":{"marked":{"type":"string","maxLength":60,)"
       R"("x-confman-encrypted":true}}})");
  done(0, "PUT", "/api/v1/bindings/b", R"({"schemas":[{"schema":"/s/x","version":1}]})");
  std::vector<std::string> secrets;
  const auto secret = [&](const std::string& name) {
    secrets.push_back("planted-" + name + "-\xc3\xa9\n\"quoted\"-canary");
    std::string quoted;
    json::append_quoted(quoted, secrets.back());
    return quoted;
  };
  // Each way, by each node in turn: one of them leads, the others pass it on.
  for (std::size_t node = 0; node < kNodes; ++node) {
    const std::string n = std::to_string(node);
    const std::string key = "k" + n;
    done(node, "PUT", "/api/v1/config/a/" + key + "?encrypted=true", secret("put" + n));
    done(node, "PUT", "/api/v1/config/a/" + key, secret("edit" + n));
    done(node, "PUT", "/api/v1/config/a/" + key, secret("retried" + n),
         {{"Idempotency-Key", "once" + n}});
    done(node, "PUT", "/api/v1/config/b/marked", secret("schema" + n));
    publish(node,
            done(node, "PUT", "/api/v1/drafts/a/d" + n + "?encrypted=true", secret("draft" + n)));
    publish(node, done(node, "POST", "/api/v1/requests",
                       R"({"title":"t","changes":[{"action":"put","namespace":"/a","key":"r)" + n +
                           R"(","encrypted":true,"value":)" + secret("request" + n) +
                           R"(},{"action":"put","namespace":"/b","key":"marked","value":)" +
                           secret("marked" + n) + "}]}"));
    // Refused ones are in the log, too: for a condition, for a schema, for the retry's content.
    EXPECT_EQ(send(node, "PUT", "/api/v1/config/a/" + key, secret("refused" + n),
                   {{"If-Match", "\"99\""}})
                  .status,
              412);
    EXPECT_EQ(send(node, "PUT", "/api/v1/config/a/" + key, secret("reused" + n),
                   {{"Idempotency-Key", "once" + n}})
                  .status,
              422);
    const std::string too_long = secret("violates" + n + std::string(60, 'v'));
    EXPECT_EQ(send(node, "PUT", "/api/v1/config/b/marked", too_long).status, 422);
    done(node, "POST", "/api/v1/rollback/a/" + key, R"({"toVersion":1})");
    done(node, "PUT", "/api/v1/config/a/plain" + n, R"("in the open, canary )" + n + "\"");
    done(node, "DELETE", "/api/v1/config/a/" + key, "");
  }
  // They are there, for those who may read them, also by a node that was only told of them.
  cluster_.await_same_applied();
  const auto read = ask(cluster_.port(1), {.target = "/api/v1/config/a/d0"}, kTimeout);
  ASSERT_TRUE(read);
  const auto document = json::parse(read->body);
  ASSERT_TRUE(document && document->find("value") != nullptr);
  EXPECT_TRUE(document->find("value")->string()->starts_with("planted-draft0-"));

  cluster_.await_same_applied();
  // What is on its way to a disk arrives there; and what a crash leaves is looked at as well.
  cluster_.kill(2);
  for (const std::size_t node : {0U, 1U}) EXPECT_EQ(cluster_.stop(node, 20s), 0);
  EXPECT_GE(files_with("in the open, canary 1").size(), kNodes) << "who looks finds nothing";
  for (const std::string& each : secrets) expect_nowhere(each);
}

TEST_F(ProcessSecrets, AWriteThatManyMakeAtOnceIsSealedByOneKey) {
  // The first secrets of a namespace come by all nodes at the same time: one key wins.
  for (int round = 0; round < 5; ++round) {
    const std::string space = "/race" + std::to_string(round);
    done(0, "PUT", "/api/v1/namespaces" + space, "{}");
    std::vector<std::thread> writers;
    std::array<int, kNodes> status{};
    for (std::size_t node = 0; node < kNodes; ++node) {
      writers.emplace_back([&, node] {
        const auto answer = ask(
            cluster_.port(node),
            {.method = "PUT",
             .target = "/api/v1/config" + space + "/k" + std::to_string(node) + "?encrypted=true",
             .body = "\"of node " + std::to_string(node) + "\""},
            kTimeout);
        status[node] = answer ? answer->status : 0;
      });
    }
    for (std::thread& writer : writers) writer.join();
    cluster_.await_same_applied();
    for (std::size_t node = 0; node < kNodes; ++node) {
      EXPECT_EQ(status[node], 201);
      const auto read =
          ask(cluster_.port((node + 1) % kNodes),
              {.target = "/api/v1/config" + space + "/k" + std::to_string(node)}, kTimeout);
      ASSERT_TRUE(read);
      EXPECT_EQ(member(read->body, "value"), "of node " + std::to_string(node));
    }
  }
}

TEST_F(ProcessSecrets, TheMasterKeyIsChangedNodeByNodeWhileServing) {
  done(0, "PUT", "/api/v1/config/a/k?encrypted=true", R"("planted")");
  const auto restart_all = [&] {
    for (std::size_t node = 0; node < kNodes; ++node) {
      EXPECT_EQ(cluster_.stop(node, 20s), 0);
      cluster_.start(node);
      cluster_.await_ready(node);
      const auto read = ask(cluster_.port(node), {.target = "/api/v1/config/a/k"}, kTimeout);
      ASSERT_TRUE(read);
      EXPECT_EQ(member(read->body, "value"), "planted") << "node " << node;
    }
  };
  keys_.write({"k1", "k2"});  // each node knows the new one before any uses it
  restart_all();
  keys_.write({"k2", "k1"});
  restart_all();
  EXPECT_EQ(member(done(1, "POST", "/api/v1/admin/secrets/rewrap", "{}"), "remaining"), "0");
  keys_.write({"k2"});
  restart_all();
}

TEST(ProcessSecretsAtTheStart, AKeyFileThatOthersMayReadIsRefused) {
  const KeyFile keys({"k1"});
  ::chmod(keys.path().c_str(), 0644);
  Cluster cluster("secrets", keys.settings());
  EXPECT_EQ(cluster.run_to_end(0, 20s), 78);
  EXPECT_NE(cluster.log_of(0).find("insecure_permissions"), std::string::npos) << cluster.log_of(0);
}

}  // namespace
}  // namespace confman::testing
