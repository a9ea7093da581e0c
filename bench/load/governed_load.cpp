#include "bench/load/governed_load.hpp"

#include <memory>

#include "bench/load/http_session.hpp"

namespace confman::bench {
namespace {

constexpr int kTimeoutMs = 20'000;

class Client {
 public:
  Client(Work work, const WorkPlan& plan, const Endpoint& node, std::uint32_t number,
         const Reviewers& reviewers)
      : work_(work),
        session_(node, kTimeoutMs),
        key_("c" + std::to_string(number)),
        value_(plan.value_size, 'v'),
        editor_{{"X-API-Key", reviewers.editor}},
        publisher_{{"X-API-Key", reviewers.publisher}} {}

  // Nothing: it was done.
  std::string once() {
    const std::string count = std::to_string(++count_);
    value_.replace(0, std::min(value_.size(), count.size()), count);
    return work_ == Work::Write ? write() : publish();
  }

 private:
  std::string write() {
    return fault_of(session_.ask("PUT", "/api/v1/config/bench/" + key_, value_,
                                 {{"Content-Type", "text/plain"}}));
  }

  std::string publish() {
    const std::string change = R"({"action":"put","namespace":"/governed","key":")" + key_ +
                               R"(","contentType":"text/plain","value":")" + value_ + R"("})";
    const auto opened = session_.ask("POST", "/api/v1/requests",
                                     R"({"title":"bench","changes":[)" + change + "]}", editor_);
    const auto id = member_of(opened, "id");
    if (!id) return id.error();
    auto version = member_of(opened, "version");
    const std::string path = "/api/v1/requests/" + *id + "/";
    const auto step = [&](const char* name, const HttpSession::Headers& by) {
      if (!version) return;
      HttpSession::Headers headers = by;
      headers.emplace_back("If-Match", '"' + *version + '"');
      version = member_of(session_.ask("POST", path + name, "{}", headers), "version");
    };
    step("submit", editor_);
    step("approve", publisher_);
    step("publish", publisher_);
    return version ? "" : version.error();
  }

  Work work_;
  HttpSession session_;
  std::string key_;
  std::string value_;
  HttpSession::Headers editor_;
  HttpSession::Headers publisher_;
  std::uint64_t count_ = 0;
};

}  // namespace

std::expected<Reviewers, std::string> prepare_reviews(const Endpoint& node) {
  HttpSession session(node, kTimeoutMs);
  const auto key_for = [&](const std::string& owner) {
    return member_of(session.ask("POST", "/api/v1/keys", R"({"owner":")" + owner + R"("})"), "key");
  };
  const auto editor = key_for("user:editor");
  const auto publisher = key_for("user:publisher");
  if (!editor || !publisher) return std::unexpected((editor ? publisher : editor).error());
  struct Put {
    const char* target;
    const char* body;
  };
  for (const Put& put :
       {Put{"/api/v1/namespaces/bench", "{}"}, Put{"/api/v1/namespaces/governed", "{}"},
        Put{"/api/v1/assignments/governed/user:editor", R"({"roles":["editor"]})"},
        Put{"/api/v1/assignments/governed/user:publisher", R"({"roles":["publisher"]})"},
        Put{"/api/v1/policies/governed", R"({"approvals":1})"}}) {
    const auto answer = session.ask("PUT", put.target, put.body);
    constexpr int kConflict = 409;  // it exists already
    if (answer && answer->status == kConflict) continue;
    if (const std::string fault = fault_of(answer); !fault.empty()) {
      return std::unexpected(std::string(put.target) + ": " + fault);
    }
  }
  return Reviewers{*editor, *publisher};
}

WorkDone do_work(Work work, const WorkPlan& plan, const std::vector<Endpoint>& nodes,
                 const Reviewers& reviewers) {
  return run_clients(plan, [&](std::uint32_t i) -> Once {
    auto client = std::make_shared<Client>(work, plan, nodes[i % nodes.size()], i, reviewers);
    return [client] { return client->once(); };
  });
}

}  // namespace confman::bench
