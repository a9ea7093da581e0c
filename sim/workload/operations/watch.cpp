#include "sim/workload/operations/watch.hpp"

#include "sim/workload/client_op.hpp"
#include "sim/workload/history_recorder.hpp"
#include "sim/workload/names.hpp"

namespace confman::sim {

std::string WatchOp::about(const ClientOp& op) const {
  std::string path = namespace_path(op.name_space);
  return op.key == 0 ? path : entry_path(path, key_name(op.key));
}

AskedOperation WatchOp::asked(const ClientOp& op) const {
  node::Watch watch;
  watch.scope = {namespace_path(op.name_space), op.key == 0 ? "" : key_name(op.key)};
  if (after >= 0) watch.after = named();
  watch.from = credentials_of(op.client, op.request, op.api_key);
  watch.limit = static_cast<std::size_t>(limit);
  watch.with_after = (flags & kWithAfter) != 0;
  watch.at_once = (flags & kAtOnce) != 0;
  watch.without_leader = (flags & kWithoutLeader) != 0;
  return watch;
}

void WatchOp::submitted(HistoryRecorder& history, const ClientOp& op, Moment /*moment*/) const {
  history.watch_submitted(op, *this);
}

void WatchOp::answered(HistoryRecorder& history, const ClientOp& op, const node::Response& response,
                       Moment /*moment*/) const {
  history.watch_answered(op, *this, response);
}

}  // namespace confman::sim
