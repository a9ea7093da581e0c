#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "domain/base/assert.hpp"
#include "domain/limits.hpp"
#include "domain/query/page.hpp"
#include "domain/state/store.hpp"

namespace confman::domain {

// Who of some people may approve where, for all of them and all namespaces of a request at once:
// the same as Rights says of each of them by themselves, whatever key they once came with. Looks
// into the state once for the groups of each, and once for each namespace from one that is asked
// about up to "/": there at what is assigned, if that is anything, by the smaller of the number of
// assignments and of who could have one. As of one state; one thread.
class Approvers {
 public:
  using Set = std::uint32_t;  // bit i: the i-th of them

  // At most kMaxApprovalsOfRequest, each of them once.
  Approvers(const StateStore&, bool closed, const std::vector<std::string_view>& identities);

  // Who may approve there. The namespace needn't be there.
  Set in(std::string_view path);
  // Who belongs to it, "group:payments".
  Set members_of(std::string_view group) const;

  Work work() const { return work_; }

 private:
  Set assigned(std::string_view level, std::uint64_t assignments);
  Set approving(std::string_view roles, Set whose);
  bool approves(std::string_view role);

  const StateStore& store_;
  Set always_{};                                    // in an open cluster, who comes without a key
  std::map<std::string, Set, std::less<>> whose_;   // principals and groups: who acts as that
  std::map<std::string, Set, std::less<>> levels_;  // what was found out
  std::map<std::string, bool, std::less<>> roles_;
  Work work_;
};
static_assert(kMaxApprovalsOfRequest <= 32, "A set of approvers has too few bits.");

}  // namespace confman::domain
