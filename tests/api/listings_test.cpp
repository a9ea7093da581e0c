#include <gtest/gtest.h>

#include "tests/api/harness.hpp"

namespace confman::testing {
namespace {

std::string keys_of(const CapturePtr& page, std::string_view member = "key") {
  std::string keys;
  const json::Value root = page->json();
  const json::Value* items = root.find("items");
  if (items == nullptr || items->array() == nullptr) return "no items: " + page->body();
  for (const json::Value& item : *items->array()) {
    keys += (keys.empty() ? "" : " ") + *item.find(member)->string();
  }
  return keys;
}

// The target in the Link header.
std::string next_of(const CapturePtr& page) {
  const std::string link = page->header("Link");
  const std::size_t end = link.find(">; rel=\"next\"");
  return end == link.npos ? "" : link.substr(1, end - 1);
}

class Listings : public ::testing::Test {
 protected:
  Listings() {
    for (const char* path : {"/a", "/a/b", "/c"}) {
      h.put(std::string("/api/v1/namespaces") + path, "{}");
    }
    for (const char* key : {"a/one", "a/two", "a/three", "a/b/deep", "c/other", "top"}) {
      h.put(std::string("/api/v1/config/") + key, "1");
    }
    h.put("/api/v1/config/a/two", R"({"value":2,"labels":{"env":"prod"}})",
          "application/vnd.confman.entry+json");
  }
  Harness h;
};

TEST_F(Listings, EntriesInKeyOrder) {
  EXPECT_EQ(keys_of(h.get("/api/v1/config/a/")), "one three two");
  EXPECT_EQ(keys_of(h.get("/api/v1/config/")), "top");
  EXPECT_EQ(keys_of(h.get("/api/v1/config/a/?recursive=true")), "one three two deep");
  EXPECT_EQ(keys_of(h.get("/api/v1/config/a/?prefix=t")), "three two");
  EXPECT_EQ(keys_of(h.get("/api/v1/config/a/?label=env")), "two");
  EXPECT_EQ(keys_of(h.get("/api/v1/config/a/?label=env%3Dprod")), "two");
  EXPECT_EQ(keys_of(h.get("/api/v1/config/a/?label=env=test")), "");
  EXPECT_EQ(h.get("/api/v1/config/nowhere/")->code(), "namespace_not_found");
  EXPECT_EQ(h.get("/api/v1/config/a/")->at("items/0/value"), "1");
}

TEST_F(Listings, AllLabelsThatAreGivenMustMatch) {
  const auto label = [this](const char* key, const char* labels) {
    h.put(std::string("/api/v1/config/c/") + key,
          std::string(R"({"value":1,"labels":)") + labels + "}",
          "application/vnd.confman.entry+json");
  };
  label("both", R"({"env":"prod","team":"x"})");
  label("env", R"({"env":"prod","team":"y"})");
  label("team", R"({"env":"test","team":"x"})");
  EXPECT_EQ(keys_of(h.get("/api/v1/config/c/?label=env=prod&label=team=x")), "both");
  EXPECT_EQ(keys_of(h.get("/api/v1/config/?recursive=true&label=env&label=team%3Dx")), "both team");
  EXPECT_EQ(keys_of(h.get("/api/v1/config/c/?label=env=prod&label=env=test")), "");
  const auto first = h.get("/api/v1/config/c/?label=env=prod&label=team&limit=1");
  EXPECT_EQ(keys_of(first), "both");
  EXPECT_EQ(keys_of(h.get(next_of(first))), "env") << next_of(first);
  const std::string cursor = "&cursor=" + first->at("next");
  EXPECT_EQ(h.get("/api/v1/config/c/?label=env=prod" + cursor)->code(), "cursor_scope_mismatch");

  std::string many = "/api/v1/config/c/?label=env";
  for (int i = 0; i < 16; ++i) many += "&label=team";
  EXPECT_EQ(h.get(many)->code(), "bad_label");
  EXPECT_EQ(h.get("/api/v1/config/c/?label=env&label=")->code(), "bad_label");
  EXPECT_EQ(h.get("/api/v1/config/c/?prefix=a&prefix=b")->code(), "duplicate_parameter");
}

// The cursor of a page that found nothing is a place that isn't an item's.
TEST_F(Listings, APageMayEndEmptyInTheMiddleAndGoOnFromThere) {
  constexpr int kGone = 1500;
  for (int i = 0; i < kGone; ++i) {
    const std::string target = "/api/v1/config/a/b/gone" + std::to_string(i);
    h.put(target, "1");
    h.remove(target);
  }
  h.put("/api/v1/config/a/b/last", "1");
  std::string keys;
  int pages = 0;
  for (std::string target = "/api/v1/config/a/b/?limit=10"; !target.empty(); ++pages) {
    const auto page = h.get(target);
    ASSERT_EQ(page->status(), 200) << page->body();
    if (pages == 0) {
      EXPECT_EQ(page->at("items"), "1 items") << "the one before all those";
      EXPECT_NE(page->at("next"), "null");
    }
    keys += keys_of(page) + ";";
    target = next_of(page);
    ASSERT_LT(pages, 5);
  }
  EXPECT_EQ(keys, "deep;last;");
}

TEST_F(Listings, PagesFollowTheLink) {
  std::string target = "/api/v1/config/a/?recursive=true&limit=1";
  std::string keys;
  for (int pages = 0; pages < 10 && !target.empty(); ++pages) {
    const auto page = h.get(target);
    ASSERT_EQ(page->status(), 200) << page->body();
    keys += keys_of(page) + ";";
    target = next_of(page);
    EXPECT_EQ(target.empty(), page->at("next") == "null");
  }
  EXPECT_EQ(keys, "one;three;two;deep;");
}

TEST_F(Listings, ACursorIsBoundToItsListing) {
  const auto page = h.get("/api/v1/config/a/?limit=1");
  const std::string cursor = page->at("next");
  const std::string query = "cursor=" + cursor;
  EXPECT_EQ(keys_of(h.get("/api/v1/config/a/?limit=1&" + query)), "three");
  EXPECT_EQ(h.get("/api/v1/config/c/?" + query)->code(), "cursor_scope_mismatch");
  EXPECT_EQ(h.get("/api/v1/config/a/?prefix=t&" + query)->code(), "cursor_scope_mismatch");
  EXPECT_EQ(h.get("/api/v1/namespaces/a/?" + query)->code(), "cursor_scope_mismatch");
  for (std::size_t i = 0; i < cursor.size(); ++i) {
    std::string tampered = cursor;
    tampered[i] = tampered[i] == 'A' ? 'B' : 'A';
    EXPECT_EQ(h.get("/api/v1/config/a/?cursor=" + tampered)->code(), "bad_cursor") << i;
  }
  EXPECT_EQ(h.get("/api/v1/config/a/?cursor=")->code(), "bad_cursor");
  EXPECT_EQ(h.get("/api/v1/config/a/?cursor=" + cursor.substr(1))->code(), "bad_cursor");
}

TEST_F(Listings, HistoryIsNewestFirst) {
  h.put("/api/v1/config/a/one", "2");
  h.remove("/api/v1/config/a/one");
  const auto all = h.get("/api/v1/history/a/one");
  EXPECT_EQ(all->at("items/0/version"), "3");
  EXPECT_EQ(all->at("items/0/deleted"), "true");
  EXPECT_EQ(all->at("items/1/value"), "2");
  EXPECT_EQ(all->at("items/2/version"), "1");
  const auto first = h.get("/api/v1/history/a/one?limit=2");
  EXPECT_EQ(first->at("items"), "2 items");
  const auto second = h.get(next_of(first));
  EXPECT_EQ(second->at("items"), "1 items");
  EXPECT_EQ(second->at("items/0/version"), "1");
  EXPECT_EQ(h.get("/api/v1/history/a/none")->code(), "entry_not_found");
}

TEST_F(Listings, Namespaces) {
  EXPECT_EQ(keys_of(h.get("/api/v1/namespaces/"), "namespace"), "/a /c");
  EXPECT_EQ(keys_of(h.get("/api/v1/namespaces/?recursive=true"), "namespace"), "/a /a/b /c");
  EXPECT_EQ(keys_of(h.get("/api/v1/namespaces/a/"), "namespace"), "/a/b");
  const auto first = h.get("/api/v1/namespaces/?limit=1");
  EXPECT_EQ(keys_of(h.get(next_of(first)), "namespace"), "/c");
}

TEST_F(Listings, ANamespaceIsDescribedUpdatedAndDeletedWhenEmpty) {
  const auto created =
      h.put("/api/v1/namespaces/a/n", R"({"description":"d","owner":"o","labels":{"x":"y"}})");
  EXPECT_EQ(created->status(), 201);
  EXPECT_EQ(created->at("created"), "true");
  const auto described = h.get("/api/v1/namespaces/a/n");
  EXPECT_EQ(described->at("description"), "d");
  EXPECT_EQ(described->at("owner"), "o");
  EXPECT_EQ(described->at("labels/x"), "y");
  EXPECT_EQ(described->at("entries"), "0");
  EXPECT_EQ(described->header("ETag"), "\"1\"");
  EXPECT_EQ(h.put("/api/v1/namespaces/a/n", "{}")->status(), 200);
  EXPECT_EQ(
      h.put("/api/v1/namespaces/a/n", "{}", "application/json", {{"If-None-Match", "*"}})->code(),
      "namespace_exists");
  EXPECT_EQ(h.remove("/api/v1/namespaces/a")->code(), "namespace_not_empty");
  EXPECT_EQ(h.remove("/api/v1/namespaces/a")->status(), 409);
  EXPECT_EQ(h.remove("/api/v1/namespaces/a/n")->status(), 200);
  EXPECT_EQ(h.get("/api/v1/namespaces/a/n")->code(), "namespace_not_found");
  EXPECT_EQ(h.put("/api/v1/namespaces/x/y", "{}")->code(), "parent_not_found");
  EXPECT_EQ(h.remove("/api/v1/namespaces")->code(), "root_immutable");
  const auto shut = h.put("/api/v1/namespaces", R"({"inherit":false})");
  EXPECT_EQ(shut->code(), "root_immutable");
  EXPECT_NE(shut->at("detail").find("leave out inherit"), std::string::npos) << shut->body();
  EXPECT_EQ(h.get("/api/v1/namespaces")->at("namespace"), "/");
}

TEST_F(Listings, AnExportHasTheWholeTrailOldestFirstPageByPage) {
  const auto first = h.get("/api/v1/audit/export?limit=2");
  ASSERT_EQ(first->status(), 200) << first->body();
  EXPECT_EQ(first->at("items/0/action"), "namespace.created");
  EXPECT_EQ(first->at("items/0/previousChain"), "") << "nothing was before";
  EXPECT_EQ(first->at("items/1/previousChain"), first->at("items/0/chain"));
  const auto second = h.get(next_of(first));
  EXPECT_EQ(second->at("items/0/previousChain"), first->at("items/1/chain"));
  const auto since = h.get("/api/v1/audit/export?since=" + first->at("items/0/revision"));
  EXPECT_EQ(since->at("items/0/chain"), first->at("items/1/chain"));
  EXPECT_EQ(since->at("items/0/previousChain"), first->at("items/0/chain"));
  EXPECT_EQ(h.get("/api/v1/audit/export?since=x")->code(), "bad_version_token");
  for (const char* never : {"1:99999999999", "99:2", "1:9223372036854775808"}) {
    const auto unknown = h.get("/api/v1/audit/export?since=" + std::string(never));
    EXPECT_EQ(unknown->status(), 410) << never;
    EXPECT_EQ(unknown->code(), "position_unknown");
  }
  EXPECT_EQ(h.get("/api/v1/audit/export?actor=me")->code(), "unknown_parameter");
  EXPECT_EQ(h.get("/api/v1/audit/export/")->at("items"), "0 items") << "a namespace of that name";
}

TEST_F(Listings, AuditTellsWhoDidWhatNewestFirst) {
  h.put("/api/v1/config/a/one", "{\"new\":true}");
  h.put("/api/v1/config/a/one", "3", "application/json", {{"If-Match", "\"7\""}});
  const auto page = h.get("/api/v1/audit/a?limit=2");
  ASSERT_EQ(page->status(), 200) << page->body();
  EXPECT_EQ(page->at("items/0/outcome"), "refused");
  EXPECT_EQ(page->at("items/0/reason"), "version_mismatch");
  EXPECT_EQ(page->at("items/1/action"), "config.updated");
  EXPECT_EQ(page->at("items/1/actor/type"), "anonymous");
  EXPECT_EQ(page->at("items/1/actor/ip"), "127.0.0.1");
  EXPECT_EQ(page->at("items/1/resource/namespace"), "/a");
  EXPECT_EQ(page->at("items/1/resource/key"), "one");
  EXPECT_EQ(page->at("items/1/change/previousValue"), "1");
  EXPECT_EQ(page->at("items/1/change/newValue/new"), "true");
  EXPECT_EQ(page->at("items/1/change/previousVersion"), "1");
  EXPECT_EQ(page->at("items/1/change/newVersion"), "2");
  EXPECT_EQ(page->at("items/1/requestId"), "test-request");
  EXPECT_EQ(page->at("items/1/chain").size(), 64U);
  EXPECT_EQ(
      h.get("/api/v1/audit?action=namespace.created&limit=1")->at("items/0/resource/namespace"),
      "/c");
  EXPECT_EQ(h.get("/api/v1/audit?action=config.update")->code(), "bad_parameter");
  EXPECT_EQ(h.get("/api/v1/audit?action=member.added")->at("items"), "0 items");
  EXPECT_EQ(h.get("/api/v1/audit?action=member.aded")->at("suggestion"), "member.added");
  EXPECT_EQ(h.get("/api/v1/audit?actor=nobody")->at("items"), "0 items");
  EXPECT_NE(next_of(page), "");
  EXPECT_EQ(h.get(next_of(page))->at("items"), "2 items");
  const auto head = h.get("/api/v1/audit/head");
  EXPECT_EQ(head->at("chain"), h.get("/api/v1/audit?limit=1")->at("items/0/chain"));
}

}  // namespace
}  // namespace confman::testing
