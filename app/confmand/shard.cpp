#include "app/confmand/shard.hpp"

#include <filesystem>
#include <string>
#include <unistd.h>
#include <utility>

#include "adapters/log/log.hpp"
#include "app/confmand/clocks.hpp"
#include "app/confmand/exit_codes.hpp"
#include "domain/base/assert.hpp"

namespace confman::host {
namespace {

constexpr Duration kMeasureStorage = Duration::seconds(1);

}  // namespace

Shard::Shard(consensus::GroupId group, const config::Settings& settings, net::IoLoop& loop)
    : group_(group), settings_(settings), loop_(loop) {}

Shard::~Shard() = default;

// --- the node's way to its peers

bool Shard::send(node::PeerMessage message) {
  return peers_->send(group_, message);
}

void Shard::set_members(const consensus::Membership& members) {
  peers_->set_members(members);
}

// --- turns

void Shard::end_turn(Now now) {
  if (node_->next_deadline() <= now.mono) node_->tick(now);
  node_->end_turn(now);
}

void Shard::end_if_halted() const {
  if (node_->halted()) halt(*node_->halted());
}

// What is told at once may be all that anybody reads of it.
void Shard::halt(const consensus::Halt& halt) const {
  switch (halt.reason) {
    case consensus::HaltReason::LogRegressed:
      log::error(
          "log_regressed",
          {{"promised", halt.promised.value},
           {"found", halt.found.value},
           {"message",
            "the log ends before what this node has acknowledged: the disk has lost what was "
            "synced, or the data directory is an old copy. Such a disk can't vote any more, so "
            "replace it: move the data directory away, `confman cluster remove " +
                settings_.node_id +
                "`, start the node with an empty directory, `confman cluster add " +
                settings_.node_id + " " + settings_.self().peer + " " + settings_.self().api +
                "` and, when it has caught up, `confman cluster promote " + settings_.node_id +
                "`"}});
      ::_exit(kData);
    case consensus::HaltReason::FeatureTooNew:
      log::error(
          "feature_too_new",
          {{"message",
            "the cluster has gone on to a feature level that this version can't apply: start "
            "a newer version"}});
      ::_exit(kConfig);
  }
  CONFMAN_UNREACHABLE("A node halted for no known reason.");
}

// --- looking after things

void Shard::housekeeping(bool shutting_down) {
  const Time at = loop_.now();
  if (at >= flush_at_) {
    state_->flush();
    flush_at_ = at + settings_.flush_interval;
  }
  if (at >= measure_at_) {
    measure_storage();
    measure_at_ = at + kMeasureStorage;
  }
  publish_status(shutting_down);
  for (const node::MemberChanged& change : node_->take_member_changes()) tell(change);
}

std::shared_ptr<const node::StatusReport> Shard::status() const {
  const std::lock_guard lock(status_mutex_);
  return status_;
}

void Shard::publish_status(bool shutting_down) {
  auto report = std::make_shared<node::StatusReport>();
  report->taken_at = net::IoLoop::read_clock();
  report->node = node_->status();
  report->membership = node_->membership();
  if (report->membership.members.empty()) report->membership = config::founders_of(settings_);
  report->storage = storage_;
  report->shutting_down = shutting_down;
  for (const consensus::Member& member : report->membership.members) {
    if (peers_->connected_to(member.id)) report->linked.push_back(member.id);
  }
  // Before this node knows the members there is nothing that the settings could differ from.
  if (!node_->membership().members.empty()) {
    report->settings_differ = config::differences(settings_, node_->membership());
  }
  status_log_->look(*report);
  const std::lock_guard lock(status_mutex_);
  status_ = std::move(report);
}

// A look that fails (the process may be out of descriptors) leaves the figures of the last one.
void Shard::measure_storage() {
  std::error_code error;
  node::StorageFigures seen{};
  std::filesystem::recursive_directory_iterator at(dir_->path(), error);
  for (; !error && at != std::filesystem::end(at); at.increment(error)) {
    std::error_code gone;  // a file may go meanwhile
    const std::uint64_t size = at->is_regular_file(gone) ? at->file_size(gone) : 0;
    if (gone) continue;
    const std::string name = at->path().filename();
    if (name.starts_with("log.")) seen.log_bytes += size;
    if (name.starts_with("state.")) seen.state_bytes += size;
    if (at->path().parent_path().filename() == "snapshots") seen.snapshot_bytes += size;
  }
  seen.free_bytes = storage_.free_bytes;
  if (!error) storage_ = seen;
  const auto space = std::filesystem::space(dir_->path(), error);
  if (error) return;
  storage_.free_bytes = space.available;
  node_->disk_space(clocks(loop_), space.available);
}

// --- stop

void Shard::close() {
  log_.reset();  // what was queued becomes durable; its completion is posted to a loop that has
                 // ended
  snapshots_.reset();
  state_->stop();
  checks_.reset();
  node_.reset();
  state_.reset();
}

}  // namespace confman::host
