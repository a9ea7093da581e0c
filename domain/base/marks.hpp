#pragma once

#include <span>

// Coverage marks: places in production code that a rare situation passes. The simulator counts them
// and names those that no run has reached; the text scenarios print them, so a mark is a full
// sentence about what has just been decided, in the words of an engineer who reads a trace.
//
// Without a sink, as in production, a mark costs a load and a branch. It never changes anything.
namespace confman {

struct MarkSite {
  const char* sentence;
  const char* file;
  int line;
};

class MarkSink {
 public:
  virtual ~MarkSink() = default;
  virtual void hit(const MarkSite& site) = 0;
};

namespace marks_detail {
inline constinit thread_local MarkSink* sink = nullptr;
}

// Of the calling thread; null: none. Returns the previous one.
inline MarkSink* set_mark_sink(MarkSink* sink) {
  MarkSink* const previous = marks_detail::sink;
  marks_detail::sink = sink;
  return previous;
}

// Every mark of the program, reached or not. The linker collects them.
std::span<const MarkSite> all_marks();

}  // namespace confman

// Not in templates and inline functions: the section would then be shared by several definitions.
// The alignment is said because a compiler that may choose it leaves gaps between the marks.
#define CONFMAN_MARK(sentence)                                                                  \
  do {                                                                                          \
    alignas(::confman::MarkSite) [[gnu::section("confman_marks"),                               \
                                   gnu::used]] static constinit const ::confman::MarkSite site{ \
        sentence, __FILE__, __LINE__};                                                          \
    if (::confman::marks_detail::sink != nullptr) [[unlikely]] {                                \
      ::confman::marks_detail::sink->hit(site);                                                 \
    }                                                                                           \
  } while (false)
