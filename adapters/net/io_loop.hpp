#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "domain/base/time.hpp"

namespace Poco::Net {
class Socket;
}

// One thread's event loop: sockets, timers, and work posted from other threads. The HTTP server,
// the peer links and the node's own loop thread are written on it.
//
// It polls through Poco::Net::PollSet (epoll underneath). Measured with 256 sockets of which 32
// were ready, PollSet costs 0.14 µs a ready socket and bare epoll_wait 0.11 µs: the map that it
// builds is not worth an epoll of our own.
namespace confman::net {

enum class Interest : std::uint8_t { None = 0, Read = 1, Write = 2, ReadWrite = 3 };

struct IoEvents {
  bool readable{};  // also at end of stream
  bool writable{};
  bool error{};  // reported whatever the interest is
};

// Told of its socket's events, on the loop's thread. May add, change and remove any socket from
// within, itself included (and be destroyed by that).
class IoHandler {
 public:
  virtual void on_io(IoEvents events) = 0;

 protected:
  ~IoHandler() = default;
};

class IoLoop;

// A one-shot timer in its owner's hands: no allocation when it is armed, disarmed by destruction.
// Belongs to the loop's thread like the loop itself. Must not be destroyed within its own expiry.
class IoTimer {
 public:
  explicit IoTimer(std::function<void()> on_expiry) : on_expiry_(std::move(on_expiry)) {}
  ~IoTimer();
  IoTimer(const IoTimer&) = delete;
  IoTimer& operator=(const IoTimer&) = delete;

  bool armed() const { return loop_ != nullptr; }
  Time at() const { return at_; }

 private:
  friend class IoLoop;

  std::function<void()> on_expiry_;
  IoLoop* loop_ = nullptr;
  std::size_t heap_index_ = 0;
  Time at_;
};

// Thread safety: post(), stop() and in_loop_thread() from any thread; everything else only on the
// thread in run(), or before run() is called. Handlers, timers, tasks and hooks must not throw.
class IoLoop {
 public:
  using Task = std::move_only_function<void()>;

  // Throws std::system_error when the process has no descriptor left.
  IoLoop();
  ~IoLoop();
  IoLoop(const IoLoop&) = delete;
  IoLoop& operator=(const IoLoop&) = delete;

  // Returns after stop(), and may be called again. Turn by turn: wait for events, due timers or
  // posted work; handle the sockets, then the posted tasks, then the timers; then call the
  // end-of-turn hooks once.
  void run();
  void stop();

  // Runs the task on the loop's thread, in the order of posting, also when called from that thread
  // (in the next turn then). A burst of posts costs one wake-up. Tasks that are still waiting when
  // the loop stops are destroyed unrun, with the loop.
  void post(Task task);
  // True also before run() has been called: nobody else can be inside then.
  bool in_loop_thread() const;

  // The loop keeps a reference to the socket, not to the handler: remove() it before it dies.
  void add(const Poco::Net::Socket& socket, Interest interest, IoHandler& handler);
  void set_interest(const Poco::Net::Socket& socket, Interest interest);
  // No event is delivered afterwards, not even one of the current turn. Call it before close().
  void remove(const Poco::Net::Socket& socket);

  // (Re-)arms: O(log n) in the number of armed timers. A time in the past expires in the next turn.
  // Expires at most 1 ms late, plus the turn's length.
  void arm(IoTimer& timer, Time at);
  void disarm(IoTimer& timer);

  // Called once after each turn's events, in the order of registration: flush what was gathered.
  void add_end_of_turn(std::function<void()> hook);
  // Asked before each wait for a moment at which the loop has to turn, whatever else happens; the
  // end-of-turn hooks then find now() at or past it. Time::never() for none.
  void set_deadline_source(std::function<Time()> source);

  // The monotonic clock as read at the start of this turn.
  Time now() const { return now_; }
  static Time read_clock();

 private:
  friend class IoTimer;
  struct Impl;

  Time next_wake() const;
  void poll_sockets(Time until);
  void run_tasks();
  void run_timers();
  void place(std::size_t index, IoTimer* timer);
  void sift(std::size_t index);

  std::unique_ptr<Impl> impl_;
  Time now_;
};

}  // namespace confman::net
