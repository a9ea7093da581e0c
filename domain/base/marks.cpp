#include "domain/base/marks.hpp"

// Bounds of the section, given by the linker; weak, for a program without any mark.
extern "C" {
[[gnu::weak]] extern const confman::MarkSite __start_confman_marks[];
[[gnu::weak]] extern const confman::MarkSite __stop_confman_marks[];
}

namespace confman {

std::span<const MarkSite> all_marks() {
  if (__start_confman_marks == nullptr) return {};
  return {__start_confman_marks, __stop_confman_marks};
}

}  // namespace confman
