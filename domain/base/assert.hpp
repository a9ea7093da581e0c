#pragma once

// Always-on assertions for what must never be. A failed assertion is a bug in Confman, not a
// condition of its environment: those are std::expected.
//
// The message is a full sentence stating the broken invariant; an operator reads it at 3 a.m.

namespace confman {

// Called once with the sentence and the source position; must not return. The default prints to
// stderr and aborts. The simulator installs one that throws, so that it can record the failing run.
using AssertionHandler = void (*)(const char* sentence, const char* file, int line);

// Not thread-safe: set it before any thread starts. Returns the previous handler.
AssertionHandler set_assertion_handler(AssertionHandler handler);

[[noreturn]] void assertion_failed(const char* sentence, const char* file, int line);

}  // namespace confman

#ifdef CONFMAN_NO_ASSERTIONS
// Only the kill matrix builds so, to measure the simulator's oracles without the assertions' help.
#define CONFMAN_ASSERT(condition, sentence) \
  do {                                      \
    if (false) {                            \
      (void)(condition);                    \
    }                                       \
  } while (false)
#else
#define CONFMAN_ASSERT(condition, sentence)                        \
  do {                                                             \
    if (!(condition)) [[unlikely]] {                               \
      ::confman::assertion_failed((sentence), __FILE__, __LINE__); \
    }                                                              \
  } while (false)
#endif

// Stays on in every build: without it control would run off the end of a function.
#define CONFMAN_UNREACHABLE(sentence) ::confman::assertion_failed((sentence), __FILE__, __LINE__)
