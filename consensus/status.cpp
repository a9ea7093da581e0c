#include "consensus/status.hpp"

namespace confman::consensus {

const char* name_of(Standing standing) {
  switch (standing) {
    case Standing::Founding:
      return "founding";
    case Standing::Waiting:
      return "waiting";
    case Standing::Learner:
      return "learner";
    case Standing::Voter:
      return "voter";
    case Standing::Removed:
      return "removed";
  }
  return "unknown";
}

}  // namespace confman::consensus
