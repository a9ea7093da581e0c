#include "tests/support/watcher.hpp"

#include <Poco/JSON/Array.h>
#include <Poco/JSON/Object.h>
#include <Poco/JSON/Parser.h>
#include <istream>
#include <sstream>

#include "tests/support/http_connection.hpp"

namespace confman::testing {
namespace {

using namespace std::chrono_literals;
using Poco::JSON::Object;

constexpr auto kPollTimeout = 4s;  // twice what the node is asked to wait
constexpr auto kQuietStream = 3s;  // then it is taken for dead and opened anew
constexpr auto kPauseWhenCut = 20ms;

sim::FinalVersion change_of(const Object& change) {
  sim::FinalVersion result;
  const std::string path = change.getValue<std::string>("namespace");
  result.key = (path == "/" ? "" : path) + "/" + change.getValue<std::string>("key");
  result.version = change.getValue<std::uint64_t>("version");
  result.revision = *domain::parse_revision(change.getValue<std::string>("revision"));
  result.tombstone = change.getValue<std::string>("type") == "config.deleted";
  if (!result.tombstone) result.value = change.getValue<std::uint64_t>("value");
  return result;
}

}  // namespace

Watcher::Watcher(Endpoints cluster, std::uint64_t number, Way way, Scope scope, sim::Revision start,
                 std::string last_key)
    : cluster_(std::move(cluster)),
      way_(way),
      scope_(std::move(scope)),
      last_key_(std::move(last_key)),
      record_{.watcher = number,
              .scope = scope_.path + (scope_.key.empty() ? "" : "/" + scope_.key),
              .start = start,
              .received = {},
              .complete_to = {}},
      position_(start),
      thread_([this] { run(); }) {}

Watcher::~Watcher() {
  stopping_.store(true);
  if (thread_.joinable()) thread_.join();
}

void Watcher::run() {
  std::size_t node = record_.watcher % cluster_.size();
  while (!complete_ && !stopping_) {
    const bool ok = way_ == Way::LongPoll ? poll(cluster_[node]) : stream(cluster_[node]);
    if (ok) continue;
    node = (node + 1) % cluster_.size();
    ++reconnects_;
    std::this_thread::sleep_for(kPauseWhenCut);  // as a client does that has lost its server
  }
}

std::string Watcher::target() const {
  std::string target = "/api/v1/watch" + (scope_.path == "/" ? std::string() : scope_.path) +
                       "?since=" + domain::to_string(position_);
  if (!scope_.key.empty()) target += "&key=" + scope_.key;
  return target;
}

bool Watcher::poll(const Address& node) {
  const auto answer = ask(node, {.target = target() + "&wait=2s"}, kPollTimeout);
  if (!answer || answer->status != 200) return false;
  Poco::JSON::Parser parser;
  const auto document = parser.parse(answer->body).extract<Object::Ptr>();
  const auto changes = document->getArray("changes");
  bool last = false;
  for (unsigned i = 0; i < changes->size(); ++i) {
    record_.received.push_back(change_of(*changes->getObject(i)));
    last = last || record_.received.back().key == last_key_;
  }
  position_ = *domain::parse_revision(document->getValue<std::string>("revision"));
  record_.complete_to = position_;
  if (last) complete_.store(true);
  return true;
}

// The event stream format of the HTML standard, as far as it is used here: of two ids the last.
bool Watcher::stream(const Address& node) {
  HttpConnection connection(node);
  std::istream* events = connection.open_stream(
      {.target = target(), .headers = {{"Accept", "text/event-stream"}}}, kQuietStream);
  if (events == nullptr) return false;
  std::string event;
  std::string id;
  std::string data;
  std::string line;
  while (!complete_ && !stopping_ && std::getline(*events, line)) {
    if (line.starts_with("event: ")) {
      event = line.substr(7);
    } else if (line.starts_with("id: ")) {
      id = line.substr(4);
    } else if (line.starts_with("data: ")) {
      data += line.substr(6);
    } else if (line.empty()) {
      if (event == "closing") return false;
      if (event.empty() && !data.empty()) take_change(data);
      if (!id.empty()) position_ = *domain::parse_revision(id);
      if (event == "bookmark") record_.complete_to = position_;
      event.clear();
      id.clear();
      data.clear();
    }
  }
  return false;
}

void Watcher::take_change(const std::string& json) {
  Poco::JSON::Parser parser;
  record_.received.push_back(change_of(*parser.parse(json).extract<Object::Ptr>()));
  if (record_.received.back().key == last_key_) complete_.store(true);
}

}  // namespace confman::testing
