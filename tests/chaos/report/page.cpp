#include "tests/chaos/report/report.hpp"

namespace confman::chaos {

std::string page_of(const Outcome& outcome) {
  return "<pre>" + summary_of(outcome) + "</pre>";
}

}  // namespace confman::chaos
