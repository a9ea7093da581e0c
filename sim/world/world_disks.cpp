#include <algorithm>
#include <utility>
#include <vector>

#include "sim/world/world.hpp"

// What happens to the disks: they are damaged, lost, exchanged.
namespace confman::sim {
namespace {

std::uint64_t head_slot_of(const Event& event) {
  return seed_of(event) % SimLogStore::kHeadSlots;
}

Scar scar_of(const Event& damage) {
  return static_cast<Scar>(std::min<std::uint64_t>(damage.b, kScars - 1));
}

}  // namespace

// Damage to a real disk waits for the end of the process: what it does to a page that is being
// written again and again nobody could foretell, and a budget needs that.
void World::strike(int number, SimNode& node) {
  SimStorage& disk = node.disk();
  if (!disk.real || node.up()) return;
  std::vector<Event> strikes = std::exchange(disk.strikes, {});
  // Records that were written anew meanwhile are whole, and others may have lost them since.
  std::erase_if(strikes, [&](const Event& event) {
    const bool hurt = event.kind == EventKind::KillHead ? node.log().head_slot_dead()
                                                        : node.log().is_damaged(event.a);
    return !hurt;
  });
  for (const Event& event : strikes) {
    if (event.kind == EventKind::KillHead) {
      disk.real->damage_head(head_slot_of(event));
      node.log().kill_head_slot(head_slot_of(event));
      disk.log_hurt = true;
    } else if (const ChainedEntry* entry = node.log().durable().find(event.a)) {
      disk.real->damage_record(entry->chain, scar_of(event), seed_of(event));
      keep_within_budget(number, node);
    }
  }
}

void World::keep_within_budget(int number, SimNode& node) const {
  SimStorage& disk = node.disk();
  if (is_within_budget(number, node)) {
    disk.log_hurt = true;
  } else {
    disk.real->undo_damage();
    if (const auto found = disk.real->look()) node.log().note_damage(*found);
  }
}

// A bit of a page takes along all records on it, or below it.
bool World::is_within_budget(int number, SimNode& node) const {
  if (config_.damage_everywhere == 0 || config_.beyond_budget != 0) return true;
  const auto found = node.disk().real->look();
  if (!found) return false;
  node.log().note_damage(*found);
  return std::ranges::all_of(node.log().scars(),
                             [&](const auto& scar) { return is_mendable(number, scar.first); });
}

void World::wipe(SimNode& node, std::uint64_t incarnation) {
  if (disks_.contains({node.id().member, incarnation})) return;
  list_members(node);
  former_disks_.push_back(node.wipe(incarnation));
  disks_.emplace(node.id(), &node.log().durable());
}

// The operator who replaces a disk sees to it that the settings list the members of the day. A
// machine that lists only those who once founded may find that none of the others remembers a
// cluster: one that founded alone founds again.
void World::list_members(SimNode& node) const {
  for (const auto& other : nodes_) {
    for (const consensus::Membership& membership : other->remembered()) node.list(membership);
  }
}

void World::disk_fault(SimNode& node, const Event& event) {
  switch (event.kind) {
    case EventKind::OldCopy:
      if (!node.up()) node.exchange_for_old_copy();
      return;
    case EventKind::LoseState:
      if (!node.up()) node.lose_state(seed_of(event));
      return;
    case EventKind::Damage:
      node.log().damage(event.a, scar_of(event));
      if (node.disk().real) node.disk().strikes.push_back(event);
      strike(event.node, node);
      return;
    case EventKind::KillHead:
      node.log().kill_head_slot(head_slot_of(event));
      if (node.disk().real) node.disk().strikes.push_back(event);
      strike(event.node, node);
      return;
    case EventKind::Upgrade:
      if (event.a >= consensus::kFirstFeatureLevel && event.a <= consensus::kNewestFeatureLevel) {
        node.upgrade(event.a);
      }
      return;
    default:
      return;
  }
}

}  // namespace confman::sim
