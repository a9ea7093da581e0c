#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "app/node/request.hpp"

namespace confman::api {

struct Round;

// Who waits for what the node answers.
class Waiter {
 public:
  virtual ~Waiter() = default;
  // On the thread that brings the answers, of one request at a time; must not block.
  virtual void answered(node::Response&& response, Round& round) = 0;
};

// The requests that the node was asked and hasn't answered, and who waits for each. One that waits
// once is forgotten with its answer; a series asks again and again until it is closed.
//
// Thread-safe; the lock is held for a few instructions at a time. A request's id is a number that
// grows, above the number of its slot: found without a search, and never used twice.
class OpenRequests {
 public:
  static constexpr std::size_t kMaxOpen = std::size_t{1} << 20;

  // The id to ask the node with. Nothing: too many are open.
  std::optional<node::RequestId> open(std::shared_ptr<Waiter> waiter);
  // The id of a series' first request, by which the series is known from then on.
  std::optional<node::RequestId> open_series(std::shared_ptr<Waiter> waiter);

  // Of a series: the id to ask with once more. Nothing: it is closed, or has been asked already.
  std::optional<node::RequestId> ask_again(node::RequestId series);
  struct Closed {
    bool now = false;                        // false: it was closed before
    std::optional<node::RequestId> pending;  // what is asked and won't be waited for
  };
  Closed close(node::RequestId series);

  // Nobody waits for that one any more. False: it was answered, or is of a series.
  bool forget(node::RequestId id);
  // Who waits for each of these; null: nobody does, or not any more.
  std::vector<std::shared_ptr<Waiter>> claim(std::span<const node::Response> responses);

  std::size_t size() const;

 private:
  struct Slot {
    std::shared_ptr<Waiter> waiter;  // null: free
    std::uint64_t request = 0;       // the id the node was asked with; 0: nothing is asked now
    std::uint64_t series = 0;        // the first id of the series that lives here; 0: none
  };

  std::optional<node::RequestId> open(std::shared_ptr<Waiter> waiter, bool series);
  std::uint64_t next_id(std::uint32_t index);  // these require the lock
  Slot* find_series(node::RequestId series);
  void free(std::uint32_t index);

  mutable std::mutex mutex_;
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_slots_;
  std::uint64_t sequence_ = 0;
};

}  // namespace confman::api
