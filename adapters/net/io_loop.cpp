#include "adapters/net/io_loop.hpp"

#include <Poco/Net/PollSet.h>
#include <Poco/Net/StreamSocket.h>
#include <Poco/Net/StreamSocketImpl.h>
#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <mutex>
#include <sys/eventfd.h>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <unordered_map>
#include <vector>

#include "domain/base/assert.hpp"

namespace confman::net {

namespace {

using Poco::Net::PollSet;
using Poco::Net::Socket;

// The longest wait: bounds how late a turn can be when the clock and the kernel disagree.
constexpr Duration kLongestWait = Duration::seconds(60);

int poll_mode(Interest interest) {
  const auto bits = static_cast<unsigned>(interest);
  return PollSet::POLL_ERROR | ((bits & 1U) != 0 ? PollSet::POLL_READ : 0) |
         ((bits & 2U) != 0 ? PollSet::POLL_WRITE : 0);
}

int make_eventfd() {
  const int fd = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (fd < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
  return fd;
}

// Poco 1.11's PollSet can't be woken; an eventfd among its sockets can. One write for a burst of
// posts: only the first after a drain finds the flag down.
class Waker final : public IoHandler {
 public:
  Waker() : fd_(make_eventfd()), socket_(new Poco::Net::StreamSocketImpl(fd_)) {}

  void wake() {
    if (pending_.exchange(true)) return;
    const std::uint64_t one = 1;
    // Can fail only with a full counter, and then the descriptor is readable anyway.
    while (::write(fd_, &one, sizeof one) < 0 && errno == EINTR) {
    }
  }

  // The flag falls before the queues are looked at: what is posted later wakes again.
  void on_io(IoEvents) override {
    std::uint64_t count = 0;
    while (::read(fd_, &count, sizeof count) < 0 && errno == EINTR) {
    }
    pending_.store(false);
  }

  const Socket& socket() const { return socket_; }

 private:
  int fd_;
  Poco::Net::StreamSocket socket_;  // owns the descriptor
  std::atomic<bool> pending_{false};
};

}  // namespace

struct IoLoop::Impl {
  PollSet poll_set;
  Waker waker;
  // By the address of the implementation that all copies of a Poco socket share. The poll set holds
  // such a copy, so an address stays taken until remove().
  std::unordered_map<const void*, IoHandler*> handlers;

  std::vector<IoTimer*> timers;  // a binary heap, the earliest at the front

  std::vector<std::function<void()>> end_of_turn;
  std::function<Time()> deadline_source;

  std::mutex mutex;
  std::vector<Task> posted;  // guarded by mutex
  std::vector<Task> running;
  std::atomic<bool> stopping{false};
  std::atomic<std::thread::id> thread;
};

IoTimer::~IoTimer() {
  if (loop_ != nullptr) loop_->disarm(*this);
}

IoLoop::IoLoop() : impl_(std::make_unique<Impl>()), now_(read_clock()) {
  add(impl_->waker.socket(), Interest::Read, impl_->waker);
}

IoLoop::~IoLoop() {
  for (IoTimer* timer : impl_->timers) timer->loop_ = nullptr;
}

Time IoLoop::read_clock() {
  const auto since = std::chrono::steady_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::microseconds>(since).count()};
}

void IoLoop::run() {
  impl_->thread.store(std::this_thread::get_id());
  now_ = read_clock();
  while (!impl_->stopping.exchange(false)) {
    poll_sockets(next_wake());
    run_tasks();
    run_timers();
    for (auto& hook : impl_->end_of_turn) hook();
  }
  impl_->thread.store({});
}

void IoLoop::stop() {
  impl_->stopping.store(true);
  impl_->waker.wake();
}

void IoLoop::post(Task task) {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->posted.push_back(std::move(task));
  }
  impl_->waker.wake();
}

bool IoLoop::in_loop_thread() const {
  const std::thread::id thread = impl_->thread.load();
  return thread == std::thread::id() || thread == std::this_thread::get_id();
}

void IoLoop::add(const Socket& socket, Interest interest, IoHandler& handler) {
  const bool is_new = impl_->handlers.emplace(socket.impl(), &handler).second;
  CONFMAN_ASSERT(is_new, "A socket was added to an I/O loop that has it.");
  impl_->poll_set.add(socket, poll_mode(interest));
}

void IoLoop::set_interest(const Socket& socket, Interest interest) {
  CONFMAN_ASSERT(impl_->handlers.contains(socket.impl()),
                 "The interest was set of a socket that isn't in the I/O loop.");
  impl_->poll_set.update(socket, poll_mode(interest));
}

void IoLoop::remove(const Socket& socket) {
  if (impl_->handlers.erase(socket.impl()) != 0) impl_->poll_set.remove(socket);
}

Time IoLoop::next_wake() const {
  Time wake = now_ + kLongestWait;
  if (!impl_->timers.empty()) wake = std::min(wake, impl_->timers.front()->at_);
  if (impl_->deadline_source) wake = std::min(wake, impl_->deadline_source());
  return wake;
}

void IoLoop::poll_sockets(Time until) {
  // Whole milliseconds are what the poll set waits for; rounded up, or it would spin through the
  // last.
  const std::int64_t wait_us = std::max<std::int64_t>((until - read_clock()).us, 0);
  const Poco::Timespan wait((wait_us + 999) / 1000 * 1000);
  const PollSet::SocketModeMap ready = impl_->poll_set.poll(wait);
  now_ = read_clock();
  for (const auto& [socket, mode] : ready) {
    const auto found = impl_->handlers.find(socket.impl());
    if (found == impl_->handlers.end()) continue;  // removed by a handler of this turn
    found->second->on_io({.readable = (mode & PollSet::POLL_READ) != 0,
                          .writable = (mode & PollSet::POLL_WRITE) != 0,
                          .error = (mode & PollSet::POLL_ERROR) != 0});
  }
}

void IoLoop::run_tasks() {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->running.swap(impl_->posted);
  }
  for (Task& task : impl_->running) task();
  impl_->running.clear();
}

void IoLoop::arm(IoTimer& timer, Time at) {
  CONFMAN_ASSERT(timer.loop_ == nullptr || timer.loop_ == this,
                 "A timer was armed that another loop has.");
  timer.at_ = at;
  if (timer.loop_ == nullptr) {
    timer.loop_ = this;
    impl_->timers.push_back(&timer);
    timer.heap_index_ = impl_->timers.size() - 1;
  }
  sift(timer.heap_index_);
}

void IoLoop::disarm(IoTimer& timer) {
  if (timer.loop_ == nullptr) return;
  timer.loop_ = nullptr;
  const std::size_t hole = timer.heap_index_;
  IoTimer* last = impl_->timers.back();
  impl_->timers.pop_back();
  if (last == &timer) return;
  place(hole, last);
  sift(hole);
}

void IoLoop::run_timers() {
  // Only those due at the start: a timer that re-arms itself for the past waits for the next turn.
  std::vector<IoTimer*>& heap = impl_->timers;
  for (std::size_t budget = heap.size(); budget > 0; --budget) {
    if (heap.empty() || heap.front()->at_ > now_) return;
    IoTimer& timer = *heap.front();
    disarm(timer);
    timer.on_expiry_();
  }
}

void IoLoop::place(std::size_t index, IoTimer* timer) {
  impl_->timers[index] = timer;
  timer->heap_index_ = index;
}

// Restores the heap's order around one position, upwards or downwards.
void IoLoop::sift(std::size_t index) {
  std::vector<IoTimer*>& heap = impl_->timers;
  IoTimer* moving = heap[index];
  while (index > 0 && moving->at_ < heap[(index - 1) / 2]->at_) {
    place(index, heap[(index - 1) / 2]);
    index = (index - 1) / 2;
  }
  for (;;) {
    std::size_t child = 2 * index + 1;
    if (child >= heap.size()) break;
    if (child + 1 < heap.size() && heap[child + 1]->at_ < heap[child]->at_) ++child;
    if (moving->at_ <= heap[child]->at_) break;
    place(index, heap[child]);
    index = child;
  }
  place(index, moving);
}

void IoLoop::add_end_of_turn(std::function<void()> hook) {
  impl_->end_of_turn.push_back(std::move(hook));
}

void IoLoop::set_deadline_source(std::function<Time()> source) {
  impl_->deadline_source = std::move(source);
}

}  // namespace confman::net
