#include "bench/peers/single_request.hpp"

#include <optional>
#include <poll.h>

#include "bench/load/clock.hpp"
#include "bench/load/interrupt.hpp"

namespace confman::bench {
namespace {

class OneAnswer final : public CompletionSink {
 public:
  void completed(ClientId, Outcome outcome) override { outcome_ = outcome; }
  std::optional<Outcome> outcome_;
};

}  // namespace

bool done_once(TargetKind kind, const Endpoint& node, Operation operation, std::size_t value_size,
               int timeout_ms) {
  auto connection = open_connection(kind, node, value_size);
  if (!connection) return false;
  OneAnswer answer;
  const std::int64_t now = monotonic_ns();
  const std::int64_t deadline = now + timeout_ms * kNanosPerMilli;
  (*connection)->submit(0, {.operation = operation, .nonce = static_cast<std::uint64_t>(now)});
  while (!answer.outcome_) {
    const auto progress = (*connection)->flush();
    const std::int64_t left_ms = (deadline - monotonic_ns()) / kNanosPerMilli;
    if (progress == Connection::Progress::kLost || left_ms <= 0 || interrupted()) return false;
    const bool blocked = progress == Connection::Progress::kBlocked;
    pollfd poll{(*connection)->fd(), static_cast<short>(blocked ? POLLIN | POLLOUT : POLLIN), 0};
    ::poll(&poll, 1, static_cast<int>(left_ms));
    if ((poll.revents & ~POLLOUT) != 0 &&
        (*connection)->receive(answer) == Connection::Progress::kLost && !answer.outcome_) {
      return false;
    }
  }
  return *answer.outcome_ == Outcome::kOk;
}

}  // namespace confman::bench
