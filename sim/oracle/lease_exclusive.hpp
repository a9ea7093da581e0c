#pragma once

#include <cstdint>

#include "consensus/status.hpp"

namespace confman::sim {

// While a leader may rely on its lease nobody else is elected (Ongaro's thesis, §6.4.1). A read
// that shows it has to come between an entry of the new leader's and the end of the lease; that the
// lease holds at the moment of the election is wrong already.
//
// `leader` is any other node, and `now` what its monotonic clock shows.
void check_no_lease(int elected, std::uint64_t term, int leader, const consensus::Status& status,
                    Time now);

}  // namespace confman::sim
