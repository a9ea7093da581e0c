#pragma once

#include <string>

namespace confman::cli {

// Ctrl-C ends the program with 130; a pipe whose reader has gone is an error of write() from now
// on.
void install_signal_handlers();

// While one of these lives, Ctrl-C also says that the outcome of the write isn't known, and the key
// to try again with. An empty key: nothing to say.
class UnknownOutcomeNotice {
 public:
  explicit UnknownOutcomeNotice(const std::string& idempotency_key);
  ~UnknownOutcomeNotice();
  UnknownOutcomeNotice(const UnknownOutcomeNotice&) = delete;
  UnknownOutcomeNotice& operator=(const UnknownOutcomeNotice&) = delete;
};

}  // namespace confman::cli
