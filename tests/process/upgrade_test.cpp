// What an older release has written, this one serves.

#include <chrono>
#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/process/cluster.hpp"
#include "tests/support/http_connection.hpp"
#include "tests/support/paths/paths.hpp"

namespace confman::testing {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr auto kTimeout = 10s;

std::string body_of(const Cluster& cluster, const std::string& target, int status = 200) {
  const auto answer = ask(cluster.port(0), {.target = "/api/v1/" + target}, kTimeout);
  EXPECT_TRUE(answer) << target;
  if (!answer) return {};
  EXPECT_EQ(answer->status, status) << target << ": " << answer->body;
  return answer->body;
}

// tests/golden/README.md tells what is in it.
TEST(ProcessUpgrade, TheDirectoryOfRelease010) {
  Cluster cluster("from-0.1.0");
  cluster.name_members(0, {0});
  fs::copy(test::source_dir() / "tests/golden/0.1.0/data", cluster.data_dir(0));
  for (const auto& file : fs::directory_iterator(cluster.data_dir(0))) {
    fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
  }
  fs::permissions(cluster.data_dir(0), fs::perms::owner_all);
  cluster.start(0);
  cluster.await_ready(0);
  const auto status = cluster.status(0);
  ASSERT_TRUE(status);
  EXPECT_EQ(status->audit_events, 10U);

  using ::testing::HasSubstr;
  const std::string limits = body_of(cluster, "history/shop/checkout/limits.json");
  EXPECT_THAT(limits, HasSubstr(R"("value":{"max": 0.0000001})"));
  EXPECT_THAT(limits, HasSubstr(R"("value":{"max": 100000000000000000000})"));
  EXPECT_THAT(body_of(cluster, "config/shop/checkout/banner.txt"), HasSubstr("Closed on Sundays"));
  body_of(cluster, "config/shop/checkout/gone", 404);
  body_of(cluster, "namespaces/shop/old", 404);
  EXPECT_THAT(body_of(cluster, "namespaces/shop"), HasSubstr("team-shop"));
  EXPECT_THAT(body_of(cluster, "audit/"), HasSubstr("version_mismatch"));

  // New changes join the chain.
  const auto next =
      ask(cluster.port(0), {.method = "PUT", .target = "/api/v1/config/shop/new", .body = "1"},
          kTimeout);
  ASSERT_TRUE(next);
  EXPECT_EQ(next->status, 201) << next->body;
}

}  // namespace
}  // namespace confman::testing
