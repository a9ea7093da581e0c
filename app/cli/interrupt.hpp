#pragma once

#include "app/cli/exchange.hpp"

namespace confman::cli {

// Ctrl-C ends the program with 130; a pipe whose reader has gone is an error of write() from now
// on.
void install_signal_handlers();

// While one of these lives, Ctrl-C also says that the outcome of the write isn't known, and the key
// to try again with, or what tells. Of what is no write there is nothing to say.
class UnknownOutcomeNotice {
 public:
  explicit UnknownOutcomeNotice(const Call& call);
  ~UnknownOutcomeNotice();
  UnknownOutcomeNotice(const UnknownOutcomeNotice&) = delete;
  UnknownOutcomeNotice& operator=(const UnknownOutcomeNotice&) = delete;
};

}  // namespace confman::cli
