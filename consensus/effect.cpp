#include "consensus/effect.hpp"

namespace confman::consensus {

const char* name_of(HaltReason reason) {
  switch (reason) {
    case HaltReason::LogRegressed:
      return "log_regressed";
    case HaltReason::FeatureTooNew:
      return "feature_too_new";
  }
  return "unknown";
}

}  // namespace confman::consensus
