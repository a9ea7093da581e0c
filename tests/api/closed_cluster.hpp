#pragma once

#include <string>
#include <string_view>

#include "domain/access/api_key.hpp"
#include "tests/api/harness.hpp"

// The API of a cluster that knows who asks, once it is told to.
namespace confman::testing {

class ClosedCluster : public ::testing::Test {
 protected:
  // From now on nobody does anything without a key; this one is an administrator's.
  std::string close() {
    const std::string key = domain::api_key_text(sha256("bootstrap"));
    node::Write write;
    write.command.actor = {.type = domain::ActorType::System, .id = "bootstrap", .ip = {}};
    write.command.body = domain::MintBootstrapKey{.digest = sha256(key), .only_if_open = true};
    bool done = false;
    h_.api().ask_for_itself(write, Duration::seconds(5), [&](node::Response&& response) {
      const auto* made = std::get_if<node::WriteDone>(&response.outcome);
      done = made != nullptr && !made->reply.refusal;
    });
    h_.pass(Duration::millis(100));
    EXPECT_TRUE(done);
    return key;
  }
  CapturePtr as(const std::string& key, std::string_view method, std::string_view target,
                std::string_view body = {}) {
    Fields fields{{"X-API-Key", key}};
    if (!body.empty()) fields.emplace_back("Content-Type", "application/json");
    return h_.request(method, target, fields, body);
  }
  // A new user with that role in that namespace, and a key.
  std::string hire(const std::string& admin, const std::string& name, const std::string& path,
                   const std::string& role) {
    const auto made = as(admin, "POST", "/api/v1/keys", R"({"owner":"user:)" + name + R"("})");
    EXPECT_EQ(made->status(), 201) << made->body();
    if (!role.empty()) {
      const auto given =
          as(admin, "PUT", "/api/v1/assignments" + (path == "/" ? "" : path) + "/user:" + name,
             R"({"roles":[")" + role + R"("]})");
      EXPECT_EQ(given->status(), 201) << given->body();
    }
    return made->at("key");
  }

  Harness h_;
};

}  // namespace confman::testing
