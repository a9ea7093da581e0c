#include "tests/chaos/timeline.hpp"

#include <cstdio>

#include "tests/support/client.hpp"

namespace confman::chaos {

void Timeline::add_violation(std::string property, std::string sentence) {
  std::printf("VIOLATION %s: %s\n", property.c_str(), sentence.c_str());
  add(&Data::violations,
      ViolationMark{testing::Recorder::now(), {std::move(property), std::move(sentence)}});
}

void Timeline::begins(Moment at) {
  const std::lock_guard lock(mutex_);
  data_.begin = at;
}

void Timeline::ends(Moment at) {
  const std::lock_guard lock(mutex_);
  data_.end = at;
}

Timeline::Data Timeline::data() const {
  const std::lock_guard lock(mutex_);
  return data_;
}

}  // namespace confman::chaos
