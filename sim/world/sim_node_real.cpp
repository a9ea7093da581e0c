#include "domain/state/meta.hpp"
#include "sim/oracle/storage_agrees.hpp"
#include "sim/world/sim_node.hpp"

// A node on production's stores: what its starts find is compared with what the model beside them
// says was written.
namespace confman::sim {

std::optional<consensus::RestoredLog> SimNode::start_real(std::uint64_t seed) {
  SimStorage& disk = *storage_;
  if (!disk.real) {
    disk.real = make_real_storage({number_, disk.incarnation, disk.log.durable().founders});
  }
  auto started = disk.real->start(seed);
  if (!started) {
    refusal_ = started.error();
    if (!disk.log_hurt && !disk.state_hurt) must_not_refuse(number_, refusal_);
    return std::nullopt;
  }
  disk.starts = started->starts - 1;
  must_agree(number_, "a log", disk.log.adopt(started->log, disk.log_hurt));
  domain::StateStore& state = disk.real->state();
  const std::uint64_t index = domain::meta_of(state).applied.index;
  const bool installed = disk.installing != 0 && index == disk.installing;
  must_agree(number_, "a state", disk.state.attach(state, index, disk.state_hurt || installed));
  disk.log.attach(*disk.real);
  disk.snapshots.attach(disk.real.get());
  disk.log_hurt = disk.state_hurt = false;
  disk.installing = 0;
  return std::move(started->log);
}

void SimNode::end_real(const CrashPlan& how, bool in_order) {
  SimStorage& disk = *storage_;
  RealStorage::End end{.in_order = in_order, .exited = how.exited, .writing = {}, .seed = how.seed};
  disk.installing = disk.snapshots.installing_at();
  if (!how.exited) {
    try {
      disk.log.sync_first(how.requests);
      if (!in_order) end.writing = disk.log.hand_over_pending();
    } catch (const ProcessExit&) {
      end.exited = true;
    }
  }
  disk.real->end(end);
  disk.log.detach();
  disk.state.detach();
  disk.snapshots.attach(nullptr);
  disk.snapshots.crash(false);
}

}  // namespace confman::sim
