#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>
#include <variant>
#include <vector>

#include "adapters/http/server.hpp"
#include "adapters/net/io_loop.hpp"

namespace confman::http {

// What a ResponseSink says to a connection.
struct StreamStart {
  Response head;
  StreamCallbacks callbacks;
};
struct StreamEnd {};
struct WhenGone {
  std::function<void()> call;
};
struct Delivery {
  std::uint64_t connection{};
  std::uint64_t sequence{};
  std::variant<Response, StreamStart, Payload, StreamEnd, WhenGone> content;
};

// Carries answers to the I/O thread whose connections they are for. Lives as long as any sink; says
// nothing to nobody once it is closed. Thread-safe.
class ResponseSink::Mailbox {
 public:
  using Deliver = std::function<void(Delivery&&)>;

  // `deliver` is called on the loop's thread only.
  Mailbox(net::IoLoop& loop, Deliver deliver) : loop_(&loop), deliver_(std::move(deliver)) {}

  // On the loop's thread, before its first turn.
  void open() { thread_.store(std::this_thread::get_id()); }
  // After the loop's last turn.
  void close();
  // From the I/O thread itself: delivered before this returns. From others: queued; the first of a
  // burst wakes the loop.
  void send(Delivery&& delivery);

 private:
  void deliver_queued();

  net::IoLoop* loop_;
  Deliver deliver_;
  std::atomic<std::thread::id> thread_;
  std::mutex mutex_;
  bool closed_ = false;           // guarded by mutex_
  std::vector<Delivery> queued_;  // guarded by mutex_
  std::vector<Delivery> delivering_;
};

}  // namespace confman::http
