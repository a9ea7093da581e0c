#include "bench/load/governed_load.hpp"

#include <memory>
#include <thread>

#include "bench/load/clock.hpp"
#include "bench/load/http_session.hpp"

namespace confman::bench {
namespace {

constexpr int kTimeoutMs = 20'000;
constexpr std::chrono::milliseconds kAfterFailure{50};

using Answer = std::expected<HttpSession::Answer, std::string>;

// Nothing: it was done.
std::string fault_in(const Answer& answer) {
  if (!answer) return answer.error();
  return answer->ok() ? "" : "HTTP " + std::to_string(answer->status) + ": " + answer->body;
}

// What stands behind the first member of that name: enough for documents that begin with theirs,
// and no parser that would be measured as well.
std::expected<std::string, std::string> member(const Answer& answer, std::string_view name) {
  if (std::string fault = fault_in(answer); !fault.empty()) return std::unexpected(fault);
  const std::string& body = answer->body;
  const std::string quoted = '"' + std::string(name) + "\":";
  const std::size_t at = body.find(quoted);
  if (at == body.npos) return std::unexpected("an answer without " + std::string(name));
  std::size_t begin = at + quoted.size();
  if (body[begin] == '"') ++begin;
  return body.substr(begin, body.find_first_of("\",}", begin) - begin);
}

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
    return fault_in(session_.ask("PUT", "/api/v1/config/bench/" + key_, value_,
                                 {{"Content-Type", "text/plain"}}));
  }

  std::string publish() {
    const std::string change = R"({"action":"put","namespace":"/governed","key":")" + key_ +
                               R"(","contentType":"text/plain","value":")" + value_ + R"("})";
    const auto opened = session_.ask("POST", "/api/v1/requests",
                                     R"({"title":"bench","changes":[)" + change + "]}", editor_);
    const auto id = member(opened, "id");
    if (!id) return id.error();
    auto version = member(opened, "version");
    const std::string path = "/api/v1/requests/" + *id + "/";
    const auto step = [&](const char* name, const HttpSession::Headers& by) {
      if (!version) return;
      HttpSession::Headers headers = by;
      headers.emplace_back("If-Match", '"' + *version + '"');
      version = member(session_.ask("POST", path + name, "{}", headers), "version");
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

// What one client has done from `from` until `until`.
void run(Client& client, std::int64_t from, std::int64_t until, WorkDone& result) {
  for (std::int64_t began = monotonic_ns(); began < until; began = monotonic_ns()) {
    const std::string fault = client.once();
    const std::int64_t ended = monotonic_ns();
    if (!fault.empty()) {
      if (++result.failed == 1) result.first_failure = fault;
      std::this_thread::sleep_for(kAfterFailure);
      continue;
    }
    ++result.at_any_time;
    if (ended < from || ended >= until) continue;
    ++result.done;
    result.latency.record(static_cast<std::uint64_t>(ended - began));
  }
}

}  // namespace

std::expected<Reviewers, std::string> prepare_reviews(const Endpoint& node) {
  HttpSession session(node, kTimeoutMs);
  const auto key_for = [&](const std::string& owner) {
    return member(session.ask("POST", "/api/v1/keys", R"({"owner":")" + owner + R"("})"), "key");
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
    if (const std::string fault = fault_in(answer); !fault.empty()) {
      return std::unexpected(std::string(put.target) + ": " + fault);
    }
  }
  return Reviewers{*editor, *publisher};
}

WorkDone do_work(Work work, const WorkPlan& plan, const std::vector<Endpoint>& nodes,
                 const Reviewers& reviewers) {
  std::vector<WorkDone> results(plan.clients);
  const std::int64_t from = monotonic_ns() + plan.warmup_ns;
  {
    std::vector<std::jthread> threads;
    for (std::uint32_t i = 0; i < plan.clients; ++i) {
      threads.emplace_back([&, i] {
        Client client(work, plan, nodes[i % nodes.size()], i, reviewers);
        run(client, from, from + plan.measure_ns, results[i]);
      });
    }
  }
  WorkDone all;
  all.seconds = static_cast<double>(plan.measure_ns) / static_cast<double>(kNanosPerSecond);
  for (const WorkDone& result : results) {
    all.done += result.done;
    all.at_any_time += result.at_any_time;
    all.failed += result.failed;
    all.latency.merge(result.latency);
    if (all.first_failure.empty()) all.first_failure = result.first_failure;
  }
  return all;
}

}  // namespace confman::bench
