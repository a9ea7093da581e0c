#pragma once

#include <cstdint>

#include "consensus/effect.hpp"
#include "sim/model/log_image.hpp"

namespace confman::sim {

// A leader never overwrites or deletes entries in its log; it only appends (Raft, figure 3).
// `written` is the log without the request; `led_term` the latest term that the node was seen to
// lead in this process run, 0 if none.
void check_leader_append_only(int node, std::uint64_t led_term, const LogImage& written,
                              const consensus::PersistRequest& request);

}  // namespace confman::sim
