#include "bench/load/assigned_load.hpp"

#include <memory>

#include "bench/load/http_session.hpp"
#include "bench/load/prng.hpp"

namespace confman::bench {
namespace {

constexpr int kTimeoutMs = 20'000;
constexpr std::uint32_t kFillThreads = 64;
constexpr const char* kOwner = "user:editor";

std::string path_of(const Assigned& assigned, std::uint32_t number) {
  return "assigned/n" + std::to_string(number % assigned.namespaces);
}
std::string entry_of(const Assigned& assigned, std::uint32_t number) {
  return "/api/v1/config/" + path_of(assigned, number) + "/k" + std::to_string(number);
}

using Numbered = std::function<std::string(std::uint32_t)>;

// A client that puts something under each number.
std::function<Numbered()> putting(
    const std::vector<Endpoint>& nodes,
    const std::function<std::pair<std::string, std::string>(std::uint32_t)>& what) {
  return [&nodes, what]() -> Numbered {
    auto session = std::make_shared<HttpSession>(nodes.front(), kTimeoutMs);
    return [session, what](std::uint32_t number) {
      const auto [target, body] = what(number);
      const std::string fault = fault_of(session->ask("PUT", target, body));
      return fault.empty() ? fault : target + ": " + fault;
    };
  };
}

class Client {
 public:
  Client(KeyedWork work, const WorkPlan& plan, const Endpoint& node, std::uint32_t number,
         const Assigned& assigned, const std::string& key)
      : work_(work),
        session_(node, kTimeoutMs),
        assigned_(assigned),
        random_(number + 1),
        value_(plan.value_size, 'v'),
        headers_{{"X-API-Key", key}} {
    if (work == KeyedWork::Write) headers_.emplace_back("Content-Type", "text/plain");
  }

  std::string once() {
    const auto number = static_cast<std::uint32_t>(random_.below(assigned_.entries));
    const std::string target = entry_of(assigned_, number);
    if (work_ == KeyedWork::Read) {
      return fault_of(session_.ask("GET", target + "?consistency=stale", {}, headers_));
    }
    const std::string count = std::to_string(++count_);
    value_.replace(0, std::min(value_.size(), count.size()), count);
    return fault_of(session_.ask("PUT", target, value_, headers_));
  }

 private:
  KeyedWork work_;
  HttpSession session_;
  const Assigned& assigned_;
  Prng random_;
  std::string value_;
  HttpSession::Headers headers_;
  std::uint64_t count_ = 0;
};

}  // namespace

std::expected<std::string, std::string> prepare_assigned(const std::vector<Endpoint>& nodes,
                                                         const Assigned& assigned) {
  HttpSession session(nodes.front(), kTimeoutMs);
  const auto made =
      session.ask("POST", "/api/v1/keys", std::string(R"({"owner":")") + kOwner + R"("})");
  auto key = member_of(made, "key");
  if (!key) return key;
  const auto root = session.ask("PUT", "/api/v1/namespaces/assigned", "{}");
  if (const std::string fault = fault_of(root); !fault.empty()) return std::unexpected(fault);
  const auto put_all = [&](std::uint32_t count, const auto& what) {
    return run_each(count, kFillThreads, putting(nodes, what));
  };
  using Put = std::pair<std::string, std::string>;
  std::string fault = put_all(assigned.namespaces, [&](std::uint32_t number) {
    return Put("/api/v1/namespaces/" + path_of(assigned, number), "{}");
  });
  if (fault.empty()) {
    fault = put_all(assigned.namespaces * assigned.assignments, [&](std::uint32_t number) {
      const std::uint32_t who = number / assigned.namespaces;
      const std::string principal = who == 0 ? kOwner : "user:u" + std::to_string(who);
      return Put("/api/v1/assignments/" + path_of(assigned, number) + "/" + principal,
                 R"({"roles":["editor","publisher"]})");
    });
  }
  if (fault.empty()) {
    fault = put_all(assigned.entries,
                    [&](std::uint32_t number) { return Put(entry_of(assigned, number), "1"); });
  }
  if (!fault.empty()) return std::unexpected(fault);
  return key;
}

WorkDone do_keyed_work(KeyedWork work, const WorkPlan& plan, const std::vector<Endpoint>& nodes,
                       const Assigned& assigned, const std::string& key) {
  return run_clients(plan, [&](std::uint32_t i) -> Once {
    auto client = std::make_shared<Client>(work, plan, nodes[i % nodes.size()], i, assigned, key);
    return [client] { return client->once(); };
  });
}

}  // namespace confman::bench
