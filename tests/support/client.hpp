#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "sim/check/history.hpp"
#include "tests/support/http_connection.hpp"

namespace confman::testing {

// Where all clients of a run write down what they did and saw. Thread-safe.
class Recorder {
 public:
  static sim::Moment now();  // nanoseconds of the monotonic clock

  std::uint64_t next_id() { return ++last_id_; }
  std::uint64_t next_session() { return ++last_session_; }
  void add(sim::OpRecord op);
  // An answer that no client should ever get.
  void add_surprise(std::string what);

  // Writes that were done so far.
  std::uint64_t acknowledged() const { return acknowledged_.load(); }
  std::vector<sim::OpRecord> operations() const;
  std::vector<std::string> surprises() const;

 private:
  std::atomic<std::uint64_t> last_id_{0};
  std::atomic<std::uint64_t> last_session_{0};
  std::atomic<std::uint64_t> acknowledged_{0};
  mutable std::mutex mutex_;
  std::vector<sim::OpRecord> operations_;
  std::vector<std::string> surprises_;
};

struct Patience {
  std::chrono::milliseconds of_server{1500};  // it is asked to give up by then,
  std::chrono::milliseconds of_client{4000};  // before the client does
};

// A client with a connection to each node, which writes down each operation: done, refused,
// certainly not done, or unknown. One thread; one session.
class Client {
 public:
  Client(const Endpoints& cluster, Recorder& recorder, std::uint64_t number,
         Patience patience = {});

  enum class Retry : std::uint8_t {
    Never,
    // Under one idempotency key, at one node after the other, until the outcome is known.
    UntilKnown,
  };
  // Each goes to `node` first; keys are full paths, "/chaos/k1".
  sim::OpRecord put(std::size_t node, const std::string& key, sim::Precondition precondition,
                    Retry retry);
  sim::OpRecord erase(std::size_t node, const std::string& key, sim::Precondition precondition,
                      Retry retry);
  sim::OpRecord read(std::size_t node, const std::string& key, sim::Consistency consistency);

 private:
  sim::OpRecord begin(const std::string& key, sim::EntryAction::Kind kind);
  sim::OpRecord finish(sim::OpRecord op);
  HttpRequest request_of(const sim::OpRecord& op) const;
  sim::OpRecord write(std::size_t node, sim::OpRecord op, Retry retry);
  void judge_write(sim::OpRecord& op, const std::expected<HttpAnswer, Trouble>& answer);
  void judge_read(sim::OpRecord& op, const std::expected<HttpAnswer, Trouble>& answer);
  void surprise(const sim::OpRecord& op, const HttpAnswer& answer);

  Recorder& recorder_;
  const std::uint64_t number_;
  const std::uint64_t session_;
  const Patience patience_;
  std::vector<HttpConnection> nodes_;
  sim::Revision seen_;  // the newest revision that an answer told
};

}  // namespace confman::testing
