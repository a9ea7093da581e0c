// A cluster outside development mode: its first key, and the one that is made offline.

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>
#include <regex>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "domain/access/api_key.hpp"
#include "tests/process/cluster.hpp"
#include "tests/support/paths/paths.hpp"

namespace confman::testing {
namespace {

using namespace std::chrono_literals;

void leave_development_mode(const Cluster& cluster) {
  for (std::size_t node = 0; node < kNodes; ++node) {
    std::ifstream in(cluster.config_file(node));
    std::stringstream text;
    text << in.rdbuf();
    std::string changed = text.str();
    const std::string open = "open: true";
    changed.replace(changed.find(open), open.size(), "open: false");
    std::ofstream(cluster.config_file(node)) << changed;
  }
}

// Every key that the logs of the nodes show.
std::vector<std::string> shown_keys(const Cluster& cluster) {
  std::vector<std::string> keys;
  const std::regex pattern("cfm_[0-9a-f]{72}");
  for (std::size_t node = 0; node < kNodes; ++node) {
    const std::string log = cluster.log_of(node);
    for (std::sregex_iterator it(log.begin(), log.end(), pattern), end; it != end; ++it) {
      keys.push_back(it->str());
    }
  }
  return keys;
}

// Looks again and again until it is so, or the time is over.
template <class Condition>
bool await(std::chrono::seconds deadline, Condition condition) {
  const auto end = std::chrono::steady_clock::now() + deadline;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(20ms);
  }
  return true;
}

struct Ran {
  int status = -1;
  std::string output;
};
Ran run(const std::string& command) {
  Ran ran;
  FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
  char buffer[4096];
  while (const std::size_t got = std::fread(buffer, 1, sizeof buffer, pipe)) {
    ran.output.append(buffer, got);
  }
  ran.status = WEXITSTATUS(::pclose(pipe));
  return ran;
}

std::string program(const char* name) {
  return (test::binary_dir() / "bin" / name).string();
}
// confman, asking that node, with that key.
Ran confman(const Cluster& cluster, std::size_t node, const std::string& key,
            const std::string& arguments) {
  return run("CONFMAN_API_KEY=" + key + " XDG_CONFIG_HOME=" + cluster.folder().string() + " " +
             program("confman") +
             " --server http://127.0.0.1:" + std::to_string(cluster.port(node)) + " " + arguments);
}

TEST(ProcessAccess, AClusterShowsItsFirstKeyOnceAndIsClosed) {
  Cluster cluster("access");
  leave_development_mode(cluster);
  cluster.start_all();
  cluster.await_all_ready();
  ASSERT_TRUE(await(30s, [&] { return !shown_keys(cluster).empty(); }));
  const std::string key = shown_keys(cluster).front();

  EXPECT_EQ(confman(cluster, 0, "", "namespace create /shop").status, 77);
  for (std::size_t node = 0; node < kNodes; ++node) {
    const Ran made = confman(cluster, node, key, "namespace create /n" + std::to_string(node));
    EXPECT_EQ(made.status, 0) << made.output;
    EXPECT_EQ(confman(cluster, node, key, "status").status, 0);
  }
  const Ran created = confman(cluster, 1, key, "key create user:ada --json");
  ASSERT_EQ(created.status, 0) << created.output;
  std::smatch found;
  ASSERT_TRUE(std::regex_search(created.output, found, std::regex("cfm_[0-9a-f]{72}")));
  const std::string ada = found.str();
  EXPECT_EQ(confman(cluster, 2, ada, "set /n0/k 1").status, 77);
  EXPECT_EQ(confman(cluster, 0, key, "access grant /n0 user:ada publisher").status, 0);
  const Ran set = confman(cluster, 2, ada, "set /n0/k 1");
  EXPECT_EQ(set.status, 0) << set.output;

  // Nobody keeps a key: no file of any node has one, but for the log of the one that showed it.
  const Ran grep = run("grep -rlaE 'cfm_[0-9a-f]{72}' " + cluster.folder().string() +
                       " --include='*.db*' --include=log.head --include='*.snapshot*'");
  EXPECT_EQ(grep.output, "");
  EXPECT_EQ(shown_keys(cluster).size(), 1U);
}

TEST(ProcessAccess, AKeyThatIsMadeOfflineClosesAnOpenCluster) {
  Cluster cluster("access-offline");
  cluster.start_all();
  cluster.await_all_ready();
  EXPECT_EQ(confman(cluster, 0, "", "namespace create /shop").status, 0);
  const std::string mint =
      program("confmand") + " --config " + cluster.config_file(1).string() + " --mint-key";
  cluster.kill(1);
  const Ran minted = run(mint);
  ASSERT_EQ(minted.status, 0) << minted.output;
  const Ran another = run(mint + " 2>&1");
  EXPECT_NE(another.status, 0) << "or the first would be good for nothing";
  EXPECT_TRUE(another.output.contains("api-key.new")) << another.output;
  cluster.start(1);
  std::string key = minted.output;
  key.erase(key.find_last_not_of('\n') + 1);
  ASSERT_TRUE(domain::is_api_key(key)) << minted.output;
  ASSERT_TRUE(await(30s, [&] { return confman(cluster, 1, key, "list /shop").status == 0; }));
  EXPECT_EQ(confman(cluster, 0, "", "list /shop").status, 77) << "the cluster is closed";
  EXPECT_EQ(confman(cluster, 2, key, "set /shop/k 1").status, 0);
  EXPECT_FALSE(std::filesystem::exists(cluster.data_dir(1) / "api-key.new"));
}

}  // namespace
}  // namespace confman::testing
