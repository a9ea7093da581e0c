#include <array>
#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "adapters/api/catalogue.hpp"
#include "adapters/api/endpoint_table.hpp"
#include "adapters/api/incoming.hpp"
#include "tests/api/harness.hpp"
#include "tests/support/paths/paths.hpp"

// The table of endpoints: what it says of itself, what docs/api.md says of it, and what is made of
// it.
namespace confman::testing {
namespace {

using api::Permission;
using http::Method;

std::vector<const api::Endpoint*> all_rows() {
  std::vector<const api::Endpoint*> rows;
  for (const api::Rows& resource : api::catalogue()) {
    for (const api::Endpoint& row : resource) rows.push_back(&row);
  }
  return rows;
}

TEST(Endpoints, EachStatesItsPermissionItsMethodsAndItsHandler) {
  ASSERT_GT(all_rows().size(), 15U);
  for (const api::Endpoint* row : all_rows()) {
    SCOPED_TRACE(row->pattern.text());
    EXPECT_NE(row->permission, Permission::Unstated);
    EXPECT_NE(row->methods, 0);
    EXPECT_NE(row->translate, nullptr);
  }
}

TEST(Endpoints, OnlyHealthChecksAreForEverybodyAndAChangeTakesMoreThanToRead) {
  constexpr api::MethodSet kChanges = api::kPut | api::kPost | api::kDelete;
  for (const api::Endpoint* row : all_rows()) {
    SCOPED_TRACE(row->pattern.text());
    EXPECT_EQ(row->permission == Permission::None, row->pattern.fixed().starts_with("/health"));
    const bool changes = (row->methods & kChanges) != 0;
    // What a cluster has named, and who may read it, says more than its members.
    const bool of_cluster = changes || row->pattern.fixed().contains("/restore-points");
    EXPECT_EQ(row->permission == Permission::ManageCluster,
              of_cluster && row->pattern.fixed().contains("/admin/"));
    // One's own keys are for everybody who is known.
    if (changes && !row->pattern.fixed().contains("/keys")) {
      EXPECT_GT(row->permission, Permission::Read);
    }
  }
}

// Pattern → methods, as docs/api.md has them.
std::map<std::string, std::string> documented() {
  std::ifstream file(test::source_dir() / "docs/api.md");
  std::stringstream text;
  text << file.rdbuf();
  const std::string all = text.str();
  const std::size_t begin = all.find("## Resources");
  const std::string section = all.substr(begin, all.find("\n## ", begin + 1) - begin);
  std::map<std::string, std::string> found;
  const std::regex row(R"re(\n\| (`[^|]+`) \| ([A-Z, ]+) \|)re");
  const std::regex path("`([^`]+)`");
  for (std::sregex_iterator it(section.begin(), section.end(), row), end; it != end; ++it) {
    const std::string paths = (*it)[1];
    for (std::sregex_iterator one(paths.begin(), paths.end(), path); one != end; ++one) {
      found[(*one)[1]] = (*it)[2];
    }
  }
  return found;
}

TEST(Endpoints, AreThoseOfTheDocuments) {
  std::map<std::string, std::string> there;
  for (const api::PathEntry& entry : api::EndpointTable::of_api().entries()) {
    const std::string& allow = entry.allow();
    there[std::string(entry.pattern().text())] = allow.substr(0, allow.rfind(", OPTIONS"));
  }
  EXPECT_EQ(documented(), there);
}

TEST(Endpoints, EachTakesItsPathAndSaysItsMethods) {
  Harness h;
  for (const api::PathEntry& entry : api::EndpointTable::of_api().entries()) {
    const std::string path =
        std::regex_replace(std::string(entry.pattern().text()), std::regex("\\{[^}]*\\}"), "x");
    SCOPED_TRACE(path);
    const auto route = api::EndpointTable::of_api().find(path);
    ASSERT_TRUE(route.has_value());
    EXPECT_EQ(route->entry, &entry) << "taken by " << route->entry->pattern().text();
    const auto options = h.request("OPTIONS", path);
    EXPECT_EQ(options->status(), 204);
    EXPECT_EQ(options->header("Allow"), entry.allow());
    const auto refused = h.request("TRACE", path);
    EXPECT_EQ(refused->status(), 405);
    EXPECT_EQ(refused->header("Allow"), entry.allow());
    EXPECT_EQ(refused->at("allowed"), entry.allow());
  }
}

TEST(Endpoints, AQueryIsHeldAgainstTheMethodsOwnParameters) {
  Harness h;
  EXPECT_EQ(h.get("/api/v1/config/k?forward=true")->code(), "unknown_parameter");
  EXPECT_EQ(h.remove("/api/v1/config/k?version=1")->code(), "unknown_parameter");
  EXPECT_EQ(h.get("/api/v1/config/k?version=1")->code(), "entry_not_found");
}

// --- a table of one's own ------------------------------------------------------------------------

http::Response nothing(const api::LocalView&) {
  return http::Response(200);
}

constexpr auto kMarkers = std::to_array<api::Endpoint>({
    {.pattern = {"/api/v1/markers/{namespace…}/{name}", "The marker's name"},
     .methods = api::kGetAndHead,
     .permission = Permission::Read,
     .translate = api::as_local<nothing>},
    {.pattern = {"/api/v1/markers/{namespace…}/{name}", "The marker's name"},
     .methods = api::kPut,
     .permission = Permission::Publish,
     .translate = api::as_local<nothing>},
    {.pattern = "/api/v1/markers/{namespace…}",
     .methods = api::kGet,
     .permission = Permission::Read,
     .translate = api::as_local<nothing>},
    {.pattern = "/api/v1/markers/all",
     .methods = api::kGet,
     .permission = Permission::Read,
     .translate = api::as_local<nothing>},
});

TEST(Endpoints, ARowIsAllThatAResourceNeeds) {
  const api::Rows rows = kMarkers;
  const api::EndpointTable table({&rows, 1});
  const auto marker = table.find("/api/v1/markers/a/b%20c/m");
  ASSERT_TRUE(marker.has_value());
  EXPECT_EQ(marker->path, "/a/b c");
  EXPECT_EQ(marker->key, "m");
  EXPECT_EQ(marker->entry->allow(), "GET, HEAD, PUT, OPTIONS");
  EXPECT_EQ(marker->entry->find(Method::Put), &kMarkers[1]);
  EXPECT_EQ(marker->entry->find(Method::Delete), nullptr);

  const auto unknown = table.find("/api/v1/marker/m");
  ASSERT_FALSE(unknown.has_value());
  EXPECT_NE(unknown.error().detail.find("/api/v1/ (markers)"), std::string::npos);
  const auto bad = table.find("/api/v1/markers/a/..");
  ASSERT_FALSE(bad.has_value());
  EXPECT_TRUE(bad.error().detail.starts_with("The marker's name")) << bad.error().detail;
}

TEST(Endpoints, OfSeveralThatTakeAPathTheMostSpecificHasIt) {
  const api::Rows rows = kMarkers;
  const api::EndpointTable table({&rows, 1});
  const auto pattern_of = [&](std::string_view path) {
    return table.find(path)->entry->pattern().text();
  };
  EXPECT_EQ(pattern_of("/api/v1/markers/all"), "/api/v1/markers/all");
  EXPECT_EQ(pattern_of("/api/v1/markers/all/"), "/api/v1/markers/{namespace…}");
  EXPECT_EQ(pattern_of("/api/v1/markers/a/m"), "/api/v1/markers/{namespace…}/{name}");
  EXPECT_EQ(pattern_of("/api/v1/markers"), "/api/v1/markers/{namespace…}");
}

}  // namespace
}  // namespace confman::testing
