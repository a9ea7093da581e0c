#include "bench/load/heavy_load.hpp"

#include <Poco/JSON/Object.h>
#include <Poco/JSON/Parser.h>
#include <algorithm>
#include <array>
#include <atomic>
#include <functional>
#include <thread>

#include "bench/load/clock.hpp"
#include "bench/load/http_session.hpp"

namespace confman::bench {
namespace {

constexpr int kTimeoutMs = 60'000;
constexpr std::size_t kFillThreads = 16;
constexpr std::uint32_t kLabelled = 10;

struct Put {
  std::string method = "PUT";
  std::string target;
  std::string body;
  std::string type = "application/json";
};

// `put_of(i)` for each i below `count`, on some threads.
std::expected<void, std::string> send_all(const Endpoint& node, std::uint32_t count,
                                          const std::function<Put(std::uint32_t)>& put_of) {
  std::atomic<std::uint32_t> next{0};
  std::array<std::string, kFillThreads> faults;
  {
    std::vector<std::jthread> threads;
    for (std::string& fault : faults) {
      threads.emplace_back([&] {
        HttpSession session(node, kTimeoutMs);
        for (std::uint32_t i = next++; i < count && fault.empty(); i = next++) {
          const Put put = put_of(i);
          const auto answer =
              session.ask(put.method, put.target, put.body, {{"Content-Type", put.type}});
          if (!answer) {
            fault = answer.error();
          } else if (!answer->ok() && answer->status != 409) {
            fault = "HTTP " + std::to_string(answer->status) + ": " + answer->body;
          }
        }
      });
    }
  }
  for (const std::string& fault : faults) {
    if (!fault.empty()) return std::unexpected("filling: " + fault);
  }
  return {};
}

// What a kind of request asks for; a watch goes on by its revision, the others by their cursor.
struct Kind {
  const char* name;
  const char* target;
};
constexpr auto kKinds = std::to_array<Kind>({
    {"label", "/api/v1/config/bench/?label=nobody=nothing&limit=10"},
    {"rare", "/api/v1/config/bench/?label=heavy=yes&limit=10"},
    {"tombstones", "/api/v1/config/gone/?recursive=true&limit=10"},
    {"prefix", "/api/v1/config/?recursive=true&prefix=zzz&limit=10"},
    {"audit", "/api/v1/audit?actor=nobody&limit=10"},
    {"namespaces", "/api/v1/namespaces/?limit=10"},
    {"history", "/api/v1/history/heavy/versions?limit=1000"},
    {"watch", "/api/v1/watch/heavy?since=0:0&wait=0ms"},
});

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) c == ':' ? out += "%3A" : out += c;
  return out;
}

// Where to go on, and how much there was; an empty target at the end.
struct Next {
  std::string target;
  std::size_t items = 0;
};
Next next_of(const Kind& kind, const std::string& body) {
  Poco::JSON::Parser parser;
  const auto document = parser.parse(body).extract<Poco::JSON::Object::Ptr>();
  const std::string target = kind.target;
  if (std::string_view(kind.name) == "watch") {
    // From the beginning once more when it has caught up.
    const auto changes = document->getArray("changes")->size();
    const std::string since = document->getValue<std::string>("revision");
    const std::string before = target.substr(0, target.find("since="));
    return {changes == 0 ? "" : before + "since=" + escaped(since) + "&wait=0ms", changes};
  }
  const auto items = document->getArray("items")->size();
  if (document->isNull("next")) return {"", items};
  return {target + (target.contains('?') ? "&" : "?") +
              "cursor=" + document->getValue<std::string>("next"),
          items};
}

}  // namespace

std::expected<void, std::string> fill_for_heavy_load(const Endpoint& node, std::uint32_t size) {
  const auto number = [](std::uint32_t i) { return std::to_string(i); };
  for (const char* space : {"bench", "gone", "heavy", "many"}) {
    auto made = send_all(node, 1, [&](std::uint32_t) {
      return Put{.target = std::string("/api/v1/namespaces/") + space, .body = "{}"};
    });
    if (!made) return made;
  }
  auto done = send_all(node, kLabelled, [&](std::uint32_t i) {
    return Put{.target = "/api/v1/config/bench/labelled" + number(i),
               .body = R"({"value":1,"labels":{"heavy":"yes"}})",
               .type = "application/vnd.confman.entry+json"};
  });
  if (!done) return done;
  // One lives among those that are gone, so that the namespace isn't skipped as a whole.
  done = send_all(node, size + 1, [&](std::uint32_t i) {
    return Put{.target = "/api/v1/config/gone/" + (i == 0 ? "~last" : "k" + number(i)),
               .body = "1"};
  });
  if (!done) return done;
  done = send_all(node, size, [&](std::uint32_t i) {
    return Put{.method = "DELETE", .target = "/api/v1/config/gone/k" + number(i + 1)};
  });
  if (!done) return done;
  done = send_all(node, size, [&](std::uint32_t i) {
    return Put{.target = "/api/v1/namespaces/many/n" + number(i), .body = "{}"};
  });
  if (!done) return done;
  return send_all(node, size, [&](std::uint32_t) {
    return Put{.target = "/api/v1/config/heavy/versions", .body = "1"};
  });
}

std::vector<std::string> heavy_kinds() {
  std::vector<std::string> names;
  for (const Kind& kind : kKinds) names.emplace_back(kind.name);
  return names;
}

struct HeavyLoad::Client {
  const Kind& kind;
  HeavyResult result;
  std::jthread thread;

  Client(const Endpoint& node, const Kind& what)
      : kind(what), thread([this, node](const std::stop_token& stop) { run(node, stop); }) {}

  void run(const Endpoint& node, const std::stop_token& stop) {
    HttpSession session(node, kTimeoutMs);
    std::string target = kind.target;
    while (!stop.stop_requested()) {
      const std::int64_t began = monotonic_ns();
      const auto answer = session.ask("GET", target);
      const std::int64_t took = monotonic_ns() - began;
      if (!answer || answer->status != 200) {
        ++result.failed;
        if (result.first_failure.empty()) {
          result.first_failure = answer ? answer->body : answer.error();
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        continue;
      }
      result.page.record(static_cast<std::uint64_t>(took));
      const Next next = next_of(kind, answer->body);
      result.items += next.items;
      result.walks += next.target.empty() ? 1 : 0;
      target = next.target.empty() ? kind.target : next.target;
    }
  }
};

HeavyLoad::HeavyLoad(const Endpoint& node, const std::vector<std::string>& kinds,
                     std::uint32_t clients) {
  std::vector<const Kind*> chosen;
  for (const Kind& kind : kKinds) {
    if (std::ranges::find(kinds, kind.name) != kinds.end()) chosen.push_back(&kind);
  }
  for (std::uint32_t i = 0; i < clients && !chosen.empty(); ++i) {
    clients_.push_back(std::make_unique<Client>(node, *chosen[i % chosen.size()]));
  }
}

HeavyLoad::~HeavyLoad() {
  stop();
}

std::map<std::string, HeavyResult> HeavyLoad::stop() {
  for (const auto& client : clients_) client->thread.request_stop();
  std::map<std::string, HeavyResult> results;
  for (const auto& client : clients_) {
    client->thread.join();
    HeavyResult& result = results[client->kind.name];
    result.page.merge(client->result.page);
    result.walks += client->result.walks;
    result.items += client->result.items;
    result.failed += client->result.failed;
    if (result.first_failure.empty()) result.first_failure = client->result.first_failure;
  }
  clients_.clear();
  return results;
}

struct StatusWatch::Watcher {
  Seen seen;
  std::jthread thread;

  explicit Watcher(const Endpoint& node)
      : thread([this, node](const std::stop_token& stop) { run(node, stop); }) {}

  void run(const Endpoint& node, const std::stop_token& stop) {
    HttpSession session(node, kTimeoutMs);
    std::uint64_t first_term = 0;
    // Once more at the end: what happened since the last look.
    for (bool first = true, last = false; !last; first = false) {
      last = stop.stop_requested();
      look(session, first, first_term);
      if (!last) std::this_thread::sleep_for(std::chrono::milliseconds(300));
    }
  }

  void look(HttpSession& session, bool first, std::uint64_t& first_term) {
    const auto answer = session.ask("GET", "/api/v1/admin/status");
    if (!answer || answer->status != 200) {
      ++seen.unanswered;
      return;
    }
    Poco::JSON::Parser parser;
    const auto status = parser.parse(answer->body).extract<Poco::JSON::Object::Ptr>();
    const auto term = status->getValue<std::uint64_t>("term");
    if (first_term == 0) first_term = term;
    seen.terms = term - first_term;
    const auto loop = status->getObject("loop");
    if (loop.isNull() || first) return;  // the first is of the time before
    const double longest = loop->getValue<double>("longestTurnMs");
    seen.longest_turn_ms = std::max(seen.longest_turn_ms, longest);
    seen.longest_turn_cpu_ms =
        std::max(seen.longest_turn_cpu_ms, loop->getValue<double>("longestTurnCpuMs"));
  }
};

StatusWatch::StatusWatch(std::vector<Endpoint> nodes) {
  for (const Endpoint& node : nodes) watchers_.push_back(std::make_unique<Watcher>(node));
}

StatusWatch::~StatusWatch() {
  stop();
}

StatusWatch::Seen StatusWatch::stop() {
  for (const auto& watcher : watchers_) watcher->thread.request_stop();
  Seen all;
  for (const auto& watcher : watchers_) {
    watcher->thread.join();
    const Seen& seen = watcher->seen;
    all.longest_turn_ms = std::max(all.longest_turn_ms, seen.longest_turn_ms);
    all.longest_turn_cpu_ms = std::max(all.longest_turn_cpu_ms, seen.longest_turn_cpu_ms);
    all.terms = std::max(all.terms, seen.terms);
    all.unanswered += seen.unanswered;
  }
  watchers_.clear();
  return all;
}

}  // namespace confman::bench
