#include "app/cli/interrupt.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <signal.h>
#include <unistd.h>

#include "app/cli/failure.hpp"
#include "app/cli/output.hpp"

namespace confman::cli {
namespace {

// Written before the signal can matter, read in its handler: a signal handler may do little more
// than write() and _exit().
std::array<char, 2048> notice{};
volatile std::sig_atomic_t notice_size = 0;

extern "C" void on_interrupt(int) {
  const auto size = static_cast<std::size_t>(notice_size);
  if (size > 0) {
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, notice.data(), size);
  }
  ::_exit(kInterrupted);
}

}  // namespace

void install_signal_handlers() {
  struct sigaction action{};
  action.sa_handler = on_interrupt;
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
  action.sa_handler = SIG_IGN;
  ::sigaction(SIGPIPE, &action, nullptr);
}

UnknownOutcomeNotice::UnknownOutcomeNotice(const Call& call) {
  if (!call.is_write()) return;
  Failure failure(kInterrupted,
                  "interrupted; the outcome is unknown: whether the change was made isn't known. " +
                      way_to_find_out(call));
  failure.outcome_unknown = true;
  failure.idempotency_key = call.idempotency_key;
  const std::string text =
      "\n" + (errors_are_json() ? failure.as_json() : "confman: " + std::string(failure.what())) +
      "\n";
  const std::size_t size = std::min(text.size(), notice.size());
  std::copy_n(text.data(), size, notice.data());
  notice_size = static_cast<std::sig_atomic_t>(size);
}

UnknownOutcomeNotice::~UnknownOutcomeNotice() {
  notice_size = 0;
}

}  // namespace confman::cli
