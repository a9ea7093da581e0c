#include "bench/load/generator.hpp"

#include <algorithm>
#include <optional>
#include <sys/epoll.h>
#include <unistd.h>

#include "bench/load/arrival_schedule.hpp"
#include "bench/load/clock.hpp"
#include "bench/load/cpu_time.hpp"
#include "bench/load/interrupt.hpp"
#include "bench/load/prng.hpp"

namespace confman::bench {
namespace {

constexpr std::int64_t kReopenAfter = 50 * kNanosPerMilli;
constexpr std::int64_t kWaitMax = 100 * kNanosPerMilli;
constexpr std::int64_t kFillMax = 1800 * kNanosPerSecond;
constexpr int kEventsAtOnce = 64;

class Generator final : public CompletionSink {
 public:
  Generator(const Load& load, const Target& target)
      : load_(load), target_(target), random_(load.seed), clients_(load.clients) {}
  Generator(const Generator&) = delete;
  Generator& operator=(const Generator&) = delete;
  ~Generator() {
    if (epoll_ >= 0) {
      ::close(epoll_);
    }
  }

  std::expected<Measurement, std::string> run();
  void completed(ClientId id, Outcome outcome) override;

 private:
  struct Client {
    std::uint32_t link = 0;
    std::int64_t start_ns = 0;  // intended, in an open loop
    Operation operation = Operation::kWrite;
    bool busy = false;
  };
  // A place for a connection, which may have to be opened again.
  struct Link {
    Endpoint endpoint;
    std::unique_ptr<Connection> connection;  // null while lost
    std::int64_t reopen_at = 0;
    bool dirty = false;            // has something to flush
    bool answered = false;         // since it was opened
    bool waits_for_write = false;  // what epoll was told
    std::vector<ClientId> parked;  // clients that wait for it to be opened again
  };

  std::expected<void, std::string> open_all();
  std::expected<void, std::string> open(std::uint32_t link);
  void start_clients();
  bool issuing() const { return load_.fill ? next_key_ < load_.keys : now_ < measure_until_; }
  std::uint64_t backlog() const;
  Request next_request();
  void start_request(ClientId id, std::int64_t start_ns);
  void send_due();
  void make_ready(ClientId id);
  void flush_dirty();
  void watch_for_write(std::uint32_t link, bool wanted);
  void lose(std::uint32_t link);
  void reopen_due();
  void note_cpu();
  void wait();
  Measurement finish();

  const Load load_;
  const Target target_;
  Prng random_;
  std::vector<Client> clients_;
  std::vector<Link> links_;
  std::vector<std::uint32_t> dirty_;
  std::vector<ClientId> free_;  // open loop: who has nothing to do
  std::optional<ArrivalSchedule> schedule_;
  std::uint64_t arrivals_sent_ = 0;
  std::uint32_t next_key_ = 0;  // of a fill
  std::size_t in_flight_ = 0;
  std::size_t links_lost_ = 0;
  int epoll_ = -1;
  std::int64_t now_ = 0;
  std::int64_t measure_from_ = 0;
  std::int64_t measure_until_ = 0;
  std::int64_t give_up_at_ = 0;
  std::optional<CpuTime> cpu_from_;
  std::optional<CpuTime> cpu_until_;
  Measurement result_;
};

std::expected<void, std::string> Generator::open(std::uint32_t index) {
  Link& link = links_[index];
  auto connection = open_connection(target_.kind, link.endpoint, load_.value_size);
  if (!connection) {
    return std::unexpected(connection.error());
  }
  link.connection = std::move(*connection);
  link.answered = false;
  link.waits_for_write = false;
  epoll_event event{.events = EPOLLIN, .data = {.u32 = index}};
  if (epoll_ctl(epoll_, EPOLL_CTL_ADD, link.connection->fd(), &event) != 0) {
    return std::unexpected("epoll takes no more connections");
  }
  return {};
}

std::expected<void, std::string> Generator::open_all() {
  if (target_.endpoints.empty()) {
    return std::unexpected("no endpoint was given");
  }
  epoll_ = epoll_create1(EPOLL_CLOEXEC);
  const std::uint32_t count = connections_for(target_, load_.clients);
  for (std::uint32_t i = 0; i < count; ++i) {
    links_.emplace_back().endpoint = target_.endpoints[i % target_.endpoints.size()];
    if (auto opened = open(i); !opened) {
      return opened;
    }
  }
  for (ClientId id = 0; id < clients_.size(); ++id) {
    clients_[id].link = id % count;
  }
  return {};
}

void Generator::start_clients() {
  now_ = monotonic_ns();
  measure_from_ = now_ + (load_.fill ? 0 : load_.warmup_ns);
  measure_until_ = measure_from_ + (load_.fill ? kFillMax : load_.measure_ns);
  give_up_at_ = measure_until_ + kDrain;
  if (load_.rate > 0 && !load_.fill) {
    schedule_.emplace(now_, load_.rate);
  }
  for (ClientId id = 0; id < clients_.size(); ++id) {
    make_ready(id);
  }
}

std::expected<Measurement, std::string> Generator::run() {
  if (auto opened = open_all(); !opened) {
    return std::unexpected(opened.error());
  }
  start_clients();
  while (true) {
    now_ = monotonic_ns();
    note_cpu();
    send_due();
    flush_dirty();
    reopen_due();
    if (interrupted()) {
      return std::unexpected("interrupted");
    }
    if ((!issuing() && in_flight_ == 0 && backlog() == 0) || now_ >= give_up_at_) {
      return finish();
    }
    wait();
  }
}

void Generator::note_cpu() {
  if (!cpu_from_ && now_ >= measure_from_) {
    cpu_from_ = CpuTime::now();
  }
  if (!cpu_until_ && !issuing()) {
    cpu_until_ = CpuTime::now();
    if (load_.fill) {
      measure_until_ = now_;
    }
  }
}

Request Generator::next_request() {
  Request request{.nonce = random_.next()};
  if (load_.fill) {
    request.key = next_key_++;
    return request;
  }
  request.key = random_.below(load_.keys);
  const Mix& mix = load_.mix;
  const std::uint32_t drawn = random_.below(mix.write + mix.linearizable_read + mix.local_read);
  if (drawn >= mix.write + mix.linearizable_read) {
    request.operation = Operation::kLocalRead;
  } else if (drawn >= mix.write) {
    request.operation = Operation::kLinearizableRead;
  }
  return request;
}

// Arrivals of the open loop that were meant to have started and haven't, for want of a client.
std::uint64_t Generator::backlog() const {
  return schedule_ ? schedule_->due(std::min(now_, measure_until_ - 1)) - arrivals_sent_ : 0;
}

void Generator::send_due() {
  if (!schedule_) {
    return;
  }
  for (std::uint64_t due = backlog(); due > 0 && !free_.empty(); --due) {
    const ClientId id = free_.back();
    free_.pop_back();
    if (!links_[clients_[id].link].connection) {
      links_[clients_[id].link].parked.push_back(id);
      ++due;
      continue;
    }
    start_request(id, schedule_->intended(arrivals_sent_));
    ++arrivals_sent_;
  }
}

// The client has nothing in flight: give it something to do, now or later.
void Generator::make_ready(ClientId id) {
  Link& link = links_[clients_[id].link];
  if (!link.connection || !link.connection->can_submit()) {
    link.parked.push_back(id);
  } else if (schedule_) {
    free_.push_back(id);
  } else if (issuing()) {
    start_request(id, now_);
  }
}

void Generator::start_request(ClientId id, std::int64_t start_ns) {
  Client& client = clients_[id];
  Link& link = links_[client.link];
  const Request request = next_request();
  client.start_ns = start_ns;
  client.operation = request.operation;
  client.busy = true;
  ++in_flight_;
  link.connection->submit(id, request);
  if (!link.dirty) {
    link.dirty = true;
    dirty_.push_back(client.link);
  }
}

void Generator::completed(ClientId id, Outcome outcome) {
  Client& client = clients_[id];
  now_ = monotonic_ns();
  client.busy = false;
  --in_flight_;
  Link& link = links_[client.link];
  if (outcome == Outcome::kLost) {
    ++result_.lost;
  } else if (outcome == Outcome::kFailed) {
    ++result_.failed;
    if (result_.first_failure.empty()) {
      result_.first_failure = link.connection->last_failure();
    }
  } else {
    ++result_.succeeded;
    const std::int64_t start = client.start_ns;
    if (start >= measure_from_ && start < measure_until_) {
      result_.latency[static_cast<std::size_t>(client.operation)].record(
          static_cast<std::uint64_t>(now_ - start));
    }
    if (now_ >= measure_from_ && now_ < measure_until_) {
      ++result_.completed;
    }
  }
  link.answered = link.answered || outcome != Outcome::kLost;
  if (outcome == Outcome::kLost) {
    link.parked.push_back(id);
  } else {
    make_ready(id);
  }
}

void Generator::watch_for_write(std::uint32_t index, bool wanted) {
  Link& link = links_[index];
  if (link.waits_for_write == wanted) {
    return;
  }
  link.waits_for_write = wanted;
  epoll_event event{.events = wanted ? EPOLLIN | EPOLLOUT : EPOLLIN, .data = {.u32 = index}};
  epoll_ctl(epoll_, EPOLL_CTL_MOD, link.connection->fd(), &event);
}

void Generator::flush_dirty() {
  for (std::size_t i = 0; i < dirty_.size(); ++i) {
    const std::uint32_t index = dirty_[i];
    Link& link = links_[index];
    link.dirty = false;
    if (!link.connection) {
      continue;
    }
    const auto progress = link.connection->flush();
    if (progress == Connection::Progress::kLost) {
      lose(index);
    } else {
      watch_for_write(index, progress == Connection::Progress::kBlocked);
    }
  }
  dirty_.clear();
}

void Generator::lose(std::uint32_t index) {
  Link& link = links_[index];
  link.connection->abandon(*this);
  if (result_.first_failure.empty()) {
    result_.first_failure = link.connection->last_failure();
  }
  link.connection.reset();  // closing the socket takes it out of epoll
  // A connection that served is opened again at once; one that didn't must not make us spin.
  link.reopen_at = link.answered ? now_ : now_ + kReopenAfter;
  ++links_lost_;
}

void Generator::reopen_due() {
  for (std::uint32_t i = 0; links_lost_ > 0 && i < links_.size(); ++i) {
    Link& link = links_[i];
    if (link.connection || now_ < link.reopen_at) {
      continue;
    }
    if (!open(i)) {
      link.connection.reset();
      link.reopen_at = now_ + kReopenAfter;
      continue;
    }
    --links_lost_;
    std::vector<ClientId> parked;
    parked.swap(link.parked);
    for (const ClientId id : parked) {
      make_ready(id);
    }
  }
  flush_dirty();
}

void Generator::wait() {
  std::int64_t until = now_ + kWaitMax;
  if (issuing()) {
    until = std::min(until, now_ < measure_from_ ? measure_from_ : measure_until_);
  }
  if (schedule_ && issuing() && !free_.empty()) {
    until = std::min(until, schedule_->intended(arrivals_sent_));
  }
  if (links_lost_ > 0) {
    until = std::min(until, now_ + kNanosPerMilli);
  }
  const std::int64_t left = std::max<std::int64_t>(0, until - monotonic_ns());
  const timespec timeout{.tv_sec = left / kNanosPerSecond, .tv_nsec = left % kNanosPerSecond};
  epoll_event events[kEventsAtOnce];
  const int count = epoll_pwait2(epoll_, events, kEventsAtOnce, &timeout, nullptr);
  for (int i = 0; i < count; ++i) {
    const std::uint32_t index = events[i].data.u32;
    Link& link = links_[index];
    if (!link.connection) {
      continue;  // lost while an earlier event of this round was handled
    }
    if ((events[i].events & ~static_cast<std::uint32_t>(EPOLLOUT)) != 0 &&
        link.connection->receive(*this) == Connection::Progress::kLost) {
      lose(index);
    } else if ((events[i].events & EPOLLOUT) != 0 && !link.dirty) {
      link.dirty = true;
      dirty_.push_back(index);
    }
    flush_dirty();
  }
}

Measurement Generator::finish() {
  // Requests that nobody answered count with the time they waited: leaving them out would make a
  // server that stops look faster than one that is slow.
  for (const Client& client : clients_) {
    if (client.busy && client.start_ns >= measure_from_ && client.start_ns < measure_until_) {
      result_.latency[static_cast<std::size_t>(client.operation)].record(
          static_cast<std::uint64_t>(now_ - client.start_ns));
      ++result_.unanswered;
    }
  }
  for (std::uint64_t i = backlog(); i > 0; --i, ++arrivals_sent_) {
    const std::int64_t start = schedule_->intended(arrivals_sent_);
    if (start >= measure_from_) {
      result_.latency[static_cast<std::size_t>(next_request().operation)].record(
          static_cast<std::uint64_t>(now_ - start));
      ++result_.unanswered;
    }
  }
  result_.seconds = static_cast<double>(std::min(now_, measure_until_) - measure_from_) / 1e9;
  if (cpu_from_ && cpu_until_ && result_.completed > 0) {
    const auto requests = static_cast<double>(result_.completed);
    result_.client_user_us = (cpu_until_->user_us - cpu_from_->user_us) / requests;
    result_.client_system_us = (cpu_until_->system_us - cpu_from_->system_us) / requests;
  }
  return std::move(result_);
}

}  // namespace

Histogram Measurement::all_latencies() const {
  Histogram all;
  for (const Histogram& one : latency) {
    all.merge(one);
  }
  return all;
}

std::expected<Measurement, std::string> generate(const Load& load, const Target& target) {
  return std::make_unique<Generator>(load, target)->run();
}

}  // namespace confman::bench
