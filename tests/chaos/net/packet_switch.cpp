#include "tests/chaos/net/packet_switch.hpp"

#include <algorithm>
#include <chrono>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace confman::chaos {
namespace {

constexpr std::size_t kMaxPacket = 2048;  // the devices' MTU is 1500
constexpr int kPacketsPerTurn = 64;
constexpr std::int64_t kSecond = 1'000'000;

}  // namespace

PacketSwitch::PacketSwitch(std::vector<Host> hosts, std::uint16_t peer_port, std::uint64_t seed)
    : hosts_(std::move(hosts)),
      peer_port_(peer_port),
      stop_(::eventfd(0, EFD_CLOEXEC)),
      prng_(seed, "network"),
      paths_(hosts_.size() * hosts_.size()),
      thread_([this] { run(); }) {}

PacketSwitch::~PacketSwitch() {
  const std::uint64_t one = 1;
  if (::write(stop_.get(), &one, sizeof one) == sizeof one) thread_.join();
}

std::uint64_t PacketSwitch::impose(const Paths& paths, const Quality& quality) {
  const std::lock_guard lock(mutex_);
  imposed_.emplace(++last_number_, Imposed{paths, quality});
  work_out();
  return last_number_;
}

void PacketSwitch::lift(std::uint64_t number) {
  const std::lock_guard lock(mutex_);
  imposed_.erase(number);
  work_out();
}

void PacketSwitch::reset(const Paths& paths) {
  const std::lock_guard lock(mutex_);
  for (const auto& [from, to] : paths) path(from, to).resetting = true;
}

PacketSwitch::Counts PacketSwitch::counts() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

void PacketSwitch::work_out() {
  for (PathState& path : paths_) path.quality = {};
  for (const auto& [number, imposed] : imposed_) {
    for (const auto& [from, to] : imposed.paths) {
      Quality& sum = path(from, to).quality;
      const Quality& more = imposed.quality;
      sum.cut = sum.cut || more.cut;
      sum.cut_dialled = sum.cut_dialled || more.cut_dialled;
      sum.delay_us = std::max(sum.delay_us, more.delay_us);
      sum.jitter_us = std::max(sum.jitter_us, more.jitter_us);
      sum.keeps_order = sum.keeps_order && more.keeps_order;
      sum.loss_per_million = std::max(sum.loss_per_million, more.loss_per_million);
      sum.duplicates_per_million =
          std::max(sum.duplicates_per_million, more.duplicates_per_million);
      const bool slower =
          more.bytes_per_second != 0 &&
          (sum.bytes_per_second == 0 || more.bytes_per_second < sum.bytes_per_second);
      if (slower) sum.bytes_per_second = more.bytes_per_second;
    }
  }
}

PacketSwitch::Moment PacketSwitch::now() {
  const auto since = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(since).count();
}

void PacketSwitch::run() {
  std::vector<pollfd> ready;
  for (const Host& host : hosts_) ready.push_back({host.packets.get(), POLLIN, 0});
  ready.push_back({stop_.get(), POLLIN, 0});
  while (ready.back().revents == 0) {
    timespec wait{};
    const timespec* longest = nullptr;
    {
      const std::lock_guard lock(mutex_);
      if (!late_.empty()) {
        const Moment left = std::max<Moment>(0, late_.top().due - now());
        wait = {left / kSecond, left % kSecond * 1000};
        longest = &wait;
      }
    }
    ::ppoll(ready.data(), ready.size(), longest, nullptr);
    for (std::size_t i = 0; i < hosts_.size(); ++i) {
      if ((ready[i].revents & POLLIN) != 0) take_packets(i);
    }
    const std::lock_guard lock(mutex_);
    deliver_due();
  }
}

void PacketSwitch::take_packets(std::size_t from) {
  for (int i = 0; i < kPacketsPerTurn; ++i) {
    Packet packet(kMaxPacket, '\0');
    const ssize_t size = ::read(hosts_[from].packets.get(), packet.data(), packet.size());
    if (size <= 0) return;
    packet.resize(static_cast<std::size_t>(size));
    const std::lock_guard lock(mutex_);
    carry(from, std::move(packet));
  }
}

void PacketSwitch::carry(std::size_t from, Packet packet) {
  const auto header = parse_tcp(packet);
  if (!header) return;  // nothing else is spoken here but by the kernel, which looks for routers
  const auto host = std::ranges::find(hosts_, header->to, &Host::address);
  if (host == hosts_.end()) return;
  const auto to = static_cast<std::size_t>(host - hosts_.begin());
  PathState& way = path(from, to);
  if (is_cut(from, to, *header) || prng_.per_million(way.quality.loss_per_million)) {
    ++counts_.dropped;
    return;
  }
  if (way.resetting && header->to_port == peer_port_ && header->payload > 0) {
    way.resetting = false;
    ++counts_.resets;
    write(from, reset_for_sender(*header));
    write(to, reset_for_receiver(*header));
    return;
  }
  const bool twice = prng_.per_million(way.quality.duplicates_per_million);
  for (int i = 0; i < (twice ? 2 : 1); ++i) pass_on(way, to, packet);
}

bool PacketSwitch::is_cut(std::size_t from, std::size_t to, const TcpHeader& header) const {
  const bool dialled = header.to_port == peer_port_ && path(from, to).quality.cut_dialled;
  const bool answered = header.from_port == peer_port_ && path(to, from).quality.cut_dialled;
  return path(from, to).quality.cut || dialled || answered;
}

void PacketSwitch::pass_on(PathState& way, std::size_t to, const Packet& packet) {
  const Quality& quality = way.quality;
  const Moment at = now();
  Moment due = at + quality.delay_us;
  if (quality.jitter_us > 0) due += prng_.between(0, quality.jitter_us);
  if (quality.bytes_per_second > 0) {
    const auto takes = static_cast<Moment>(packet.size()) * kSecond / quality.bytes_per_second;
    way.free_at = std::max(way.free_at, at) + takes;
    if (way.free_at > at + kSecond) {  // the queue is full
      way.free_at -= takes;
      ++counts_.dropped;
      return;
    }
    due = std::max(due, way.free_at);
  }
  if (quality.keeps_order) due = std::max(due, way.last_due);
  way.last_due = std::max(way.last_due, due);
  if (due <= at) return write(to, packet);
  late_.push({due, ++last_number_, to, packet});
}

void PacketSwitch::deliver_due() {
  const Moment at = now();
  while (!late_.empty() && late_.top().due <= at) {
    write(late_.top().to, late_.top().packet);
    late_.pop();
  }
}

// A full device loses the packet, as a full queue of a real one does.
void PacketSwitch::write(std::size_t to, const Packet& packet) {
  const bool taken = ::write(hosts_[to].packets.get(), packet.data(), packet.size()) ==
                     static_cast<ssize_t>(packet.size());
  ++(taken ? counts_.carried : counts_.dropped);
}

}  // namespace confman::chaos
