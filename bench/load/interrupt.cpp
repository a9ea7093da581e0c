#include "bench/load/interrupt.hpp"

#include <array>
#include <csignal>

namespace confman::bench {
namespace {

volatile std::sig_atomic_t interrupted_ = 0;

extern "C" void on_signal(int) {
  interrupted_ = 1;
}

}  // namespace

void install_interrupt_handlers() {
  struct sigaction action{};
  action.sa_handler = on_signal;
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  for (const int signal : std::array{SIGINT, SIGTERM, SIGHUP}) {
    sigaction(signal, &action, nullptr);
  }
  std::signal(SIGPIPE, SIG_IGN);
}

bool interrupted() {
  return interrupted_ != 0;
}

}  // namespace confman::bench
