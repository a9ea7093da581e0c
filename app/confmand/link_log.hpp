#pragma once

#include "adapters/log/repeat_filter.hpp"
#include "adapters/peer/peer_network.hpp"

namespace confman::host {

// What the log is told of peers and callers. What comes again and again from one address, whoever
// that is, is told once a minute, with how often. One thread.
class LinkLog {
 public:
  void tell(Time now, const peer::LinkNews& news);
  // What was left out, when nothing more has come that would tell it. To be called now and then.
  void tell_left_out(Time now);

 private:
  log::RepeatFilter repeats_;
};

}  // namespace confman::host
