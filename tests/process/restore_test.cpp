// Going back to a restore point, on real processes: one namespace after the other, over the loss of
// the leader.

#include <cstdlib>
#include <gtest/gtest.h>
#include <string>

#include "tests/process/cluster.hpp"
#include "tests/support/paths/paths.hpp"

namespace confman::testing {
namespace {

struct Ran {
  int status = -1;
  std::string output;
};

class ProcessRestore : public ::testing::Test {
 protected:
  ProcessRestore() : cluster_("restore") {
    cluster_.start_all();
    cluster_.await_all_ready();
  }

  // confman, asking all nodes.
  Ran confman(const std::string& arguments) {
    std::string servers;
    for (std::size_t node = 0; node < kNodes; ++node) {
      servers +=
          (node == 0 ? "" : ",") + ("http://127.0.0.1:" + std::to_string(cluster_.port(node)));
    }
    const std::string program = (test::binary_dir() / "bin" / "confman").string();
    Ran ran;
    FILE* pipe = ::popen(
        (program + " --server " + servers + " --timeout 30s " + arguments + " 2>&1 </dev/null")
            .c_str(),
        "r");
    char buffer[4096];
    while (const std::size_t got = std::fread(buffer, 1, sizeof buffer, pipe)) {
      ran.output.append(buffer, got);
    }
    ran.status = WEXITSTATUS(::pclose(pipe));
    return ran;
  }
  std::string done(const std::string& arguments) {
    const Ran ran = confman(arguments);
    EXPECT_EQ(ran.status, 0) << arguments << ": " << ran.output;
    return ran.output;
  }

  Cluster cluster_;
};

TEST_F(ProcessRestore, BringsAllNamespacesBackOverTheLossOfALeader) {
  for (const char* path : {"/shop", "/shop/eu", "/ops"}) {
    done(std::string("namespace create ") + path);
    done(std::string("set ") + path + "/k 1");
  }
  done("restore-point create before --text 'the sale'");
  EXPECT_NE(done("restore-point list").find("the sale"), std::string::npos);
  done("set /shop/k 2");
  done("set /shop/new 1");
  done("delete /shop/eu/k");
  done("namespace delete /shop/eu");
  // Nothing is done without being asked for.
  EXPECT_EQ(confman("restore-point rollback before").status, 64);

  cluster_.kill(cluster_.await_leader());
  const std::string said = done("restore-point rollback before --yes");
  EXPECT_NE(said.find("created /shop/eu again"), std::string::npos) << said;
  EXPECT_NE(said.find("rolled back /shop: 2 entries"), std::string::npos) << said;
  EXPECT_EQ(said.find("rolled back /ops"), std::string::npos) << "nothing has changed there";
  EXPECT_EQ(done("get /shop/k"), "1\n");
  EXPECT_EQ(done("get /shop/eu/k"), "1\n");
  EXPECT_EQ(done("get /ops/k"), "1\n");
  EXPECT_NE(confman("get /shop/new").status, 0);
  EXPECT_NE(done("restore-point rollback before --yes").find("nothing is to be done"),
            std::string::npos)
      << "whoever is interrupted runs it again";
  EXPECT_NE(done("history /shop/k").find("\n2 "), std::string::npos) << "the history stays";
}

TEST_F(ProcessRestore, ANamespaceIsRolledBackAndWhatLimitsItIsShown) {
  done("namespace create /shop");
  done("set /shop/k 1");
  const std::string at = done("set /shop/l 1");
  const std::string revision = at.substr(at.rfind(' ') + 1, at.find('\n') - at.rfind(' ') - 1);
  done("set /shop/k 2");
  EXPECT_EQ(confman("rollback /shop/ --to " + revision).status, 64) << "it asks";
  const std::string said = done("rollback /shop/ --to " + revision + " --yes");
  EXPECT_NE(said.find("update  /shop/k"), std::string::npos) << said;
  EXPECT_NE(said.find("rolled back /shop: 1 entries"), std::string::npos) << said;
  done("quota set /shop --entries 2");
  const Ran refused = confman("set /shop/m 1");
  EXPECT_EQ(refused.status, 65);
  EXPECT_NE(refused.output.find("quota"), std::string::npos) << refused.output;
  const std::string space = done("namespace describe /shop");
  EXPECT_NE(space.find("2 of 2"), std::string::npos) << space;
  done("destroy /shop/k --version 2 --text 'a mistake'");
  EXPECT_EQ(confman("get /shop/k --version 2").status, 65) << "gone, and not unknown";
  done("retention set /shop --versions 1");
  EXPECT_NE(done("retention show /shop").find("1"), std::string::npos);
}

}  // namespace
}  // namespace confman::testing
