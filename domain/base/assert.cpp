#include "domain/base/assert.hpp"

#include <cstdio>
#include <cstdlib>

namespace confman {
namespace {

void print_and_abort(const char* sentence, const char* file, int line) {
  std::fprintf(stderr, "confman: assertion failed at %s:%d: %s\n", file, line, sentence);
  std::abort();
}

AssertionHandler current_handler = print_and_abort;

}  // namespace

AssertionHandler set_assertion_handler(AssertionHandler handler) {
  AssertionHandler previous = current_handler;
  current_handler = handler;
  return previous;
}

void assertion_failed(const char* sentence, const char* file, int line) {
  current_handler(sentence, file, line);
  std::abort();
}

}  // namespace confman
