#include "tests/chaos/faults/fault_table.hpp"

#include <algorithm>
#include <array>

#include "tests/chaos/faults/damage_faults.hpp"
#include "tests/chaos/faults/disk_faults.hpp"
#include "tests/chaos/faults/load_faults.hpp"
#include "tests/chaos/faults/member_faults.hpp"
#include "tests/chaos/faults/network_faults.hpp"
#include "tests/chaos/faults/process_faults.hpp"

namespace confman::chaos {
namespace {

using enum Company;
using enum FaultClass;
using enum Needs;

// clang-format off
constexpr auto kKinds = std::to_array<FaultKind>({
    {"kill", Process, 6, 100, 6000, Shared, Nothing, "SIGKILL of one node",
     [](Ground g) { return make_kill(std::move(g), Whom::Any); }},
    {"kill-leader", Process, 10, 100, 6000, Shared, Nothing, "SIGKILL of the leader",
     [](Ground g) { return make_kill(std::move(g), Whom::Leader); }},
    {"kill-some", Process, 6, 100, 4000, Shared, Nothing, "SIGKILL of several nodes, perhaps all",
     [](Ground g) { return make_kill(std::move(g), Whom::Some); }},
    {"kill-all", Process, 4, 50, 1000, Exclusive, Nothing, "SIGKILL of all nodes at once; the kernel keeps what was written",
     [](Ground g) { return make_kill(std::move(g), Whom::All); }},
    {"power-cut", Process, 6, 1000, 5000, Shared, FaultyDisk, "one machine loses power, and what it hadn't synced",
     [](Ground g) { return make_power_cut(std::move(g), Whom::Any); }},
    {"power-cut-leader", Process, 8, 1000, 5000, Shared, FaultyDisk, "the leader's machine does",
     [](Ground g) { return make_power_cut(std::move(g), Whom::Leader); }},
    {"power-cut-all", Process, 16, 700, 1500, Exclusive, FaultyDisk, "all machines do, at once",
     [](Ground g) { return make_power_cut(std::move(g), Whom::All); }},
    {"pause", Process, 5, 100, 6000, Shared, Nothing, "SIGSTOP, then SIGCONT, of one node",
     [](Ground g) { return make_pause(std::move(g), Whom::Any); }},
    {"pause-leader", Process, 10, 300, 6000, Shared, Nothing, "the same of the leader",
     [](Ground g) { return make_pause(std::move(g), Whom::Leader); }},
    {"pause-all", Process, 3, 300, 5000, Exclusive, Nothing, "the same of all nodes at once",
     [](Ground g) { return make_pause(std::move(g), Whom::All); }},
    {"stop-leader", Process, 6, 100, 3000, Shared, Nothing, "SIGTERM of the leader, which hands over",
     [](Ground g) { return make_stop(std::move(g), Whom::Leader); }},
    {"rolling-restart", Process, 5, 8000, 12000, Exclusive, Nothing, "SIGTERM of each node in turn",
     [](Ground g) { return make_rolling_restart(std::move(g)); }},

    {"isolate", Network, 5, 300, 6000, Shared, Namespaces, "one node is cut off from its peers",
     [](Ground g) { return make_isolated(std::move(g), false); }},
    {"isolate-leader", Network, 8, 300, 6000, Shared, Namespaces, "the leader is",
     [](Ground g) { return make_isolated(std::move(g), true); }},
    {"split", Network, 6, 300, 6000, Shared, Namespaces, "a majority and the rest are cut off from each other",
     [](Ground g) { return make_split(std::move(g)); }},
    {"one-way", Network, 6, 300, 6000, Shared, Namespaces, "packets of some ordered pairs of nodes are lost",
     [](Ground g) { return make_one_way(std::move(g)); }},
    {"deaf-leader", Network, 6, 300, 6000, Shared, Namespaces, "packets to the leader are lost, those from it aren't",
     [](Ground g) { return make_deaf_leader(std::move(g)); }},
    {"firewall", Network, 6, 300, 8000, Shared, Namespaces, "connections from or to a node are dropped in one direction only",
     [](Ground g) { return make_firewall(std::move(g)); }},
    {"bridge", Network, 5, 300, 6000, Shared, Namespaces, "two halves that only one node reaches",
     [](Ground g) { return make_bridge(std::move(g)); }},
    {"ring", Network, 5, 300, 6000, Shared, Namespaces, "each node reaches its two neighbours only (of three: a chain)",
     [](Ground g) { return make_ring(std::move(g)); }},
    {"star", Network, 5, 300, 6000, Shared, Namespaces, "only one node, not the leader, reaches all",
     [](Ground g) { return make_star(std::move(g)); }},
    {"flapping", Network, 4, 1000, 6000, Shared, Namespaces, "a node's links go and come every 100 ms",
     [](Ground g) { return make_flapping(std::move(g)); }},
    {"swizzle", Network, 5, 3000, 10000, Shared, Namespaces, "nodes are cut off one by one and come back in another order",
     [](Ground g) { return make_swizzle(std::move(g)); }},
    {"cut-clients", Network, 4, 300, 5000, Shared, Namespaces, "clients don't reach some of the nodes",
     [](Ground g) { return make_cut_clients(std::move(g)); }},
    {"delay", Network, 5, 1000, 8000, Shared, Namespaces, "5 to 500 ms on the way, with jitter",
     [](Ground g) { return make_delay(std::move(g)); }},
    {"loss", Network, 6, 1000, 8000, Shared, Namespaces, "1 to 30 % of the packets are lost",
     [](Ground g) { return make_loss(std::move(g)); }},
    {"disorder", Network, 4, 1000, 8000, Shared, Namespaces, "packets are reordered, and a fifth comes twice",
     [](Ground g) { return make_disorder(std::move(g)); }},
    {"thin", Network, 4, 1000, 8000, Shared, Namespaces, "10 to 125 kB/s",
     [](Ground g) { return make_thin(std::move(g)); }},
    {"resets", Network, 5, 500, 4000, Shared, Namespaces, "peer connections are reset in the middle of a message",
     [](Ground g) { return make_resets(std::move(g)); }},

    {"slow-disk", Disk, 6, 1000, 8000, Shared, FaultyDisk, "5 ms to 1 s a sync, on one node",
     [](Ground g) { return make_slow_disk(std::move(g)); }},
    {"stalled-disk", Disk, 4, 3000, 10000, Shared, FaultyDisk, "3 to 15 s a sync, on one node",
     [](Ground g) { return make_stalled_disk(std::move(g)); }},
    {"failing-sync", Disk, 8, 1000, 5000, Shared, FaultyDisk, "one sync fails with EIO",
     [](Ground g) { return make_failing_sync(std::move(g)); }},
    {"failing-write", Disk, 5, 1000, 5000, Shared, FaultyDisk, "one write fails with EIO",
     [](Ground g) { return make_failing_write(std::move(g)); }},
    {"crash-at-disk", Disk, 10, 500, 4000, Shared, FaultyDisk, "a node dies between its writes and syncs, alone or with its machine",
     [](Ground g) { return make_crash_at_disk(std::move(g)); }},
    {"crash-twice", Disk, 7, 3000, 6000, Shared, FaultyDisk, "a node dies before a sync, is started again, and then its machine loses power",
     [](Ground g) { return make_crash_twice(std::move(g)); }},
    {"full-disk", Disk, 6, 2000, 8000, Shared, Namespaces, "a node's disk is full to the last byte",
     [](Ground g) { return make_full_disk(std::move(g)); }},

    {"damaged-log", Damage, 7, 100, 100, Shared, Nothing, "bits, pages, sectors or whole files of a minority's logs are damaged",
     [](Ground g) { return make_damage(std::move(g), Damaged::Log); }},
    {"damaged-state", Damage, 5, 100, 100, Shared, Nothing, "the same of their states",
     [](Ground g) { return make_damage(std::move(g), Damaged::State); }},
    {"damage-at-worst", Damage, 5, 4000, 8000, Exclusive, Namespaces, "logs are damaged of nodes without which a leader could be elected that lacks acknowledged writes",
     [](Ground g) { return make_damage_at_the_worst_moment(std::move(g)); }},
    {"helix", Damage, 4, 100, 100, Exclusive, Nothing, "every node's log is damaged, each in other pages",
     [](Ground g) { return make_helix(std::move(g)); }},

    {"away-for-long", Load, 4, 100, 100, Shared, Nothing, "a follower is down until it needs a snapshot",
     [](Ground g) { return make_away_for_long(std::move(g)); }},
    {"power-cut-at-compaction", Load, 4, 100, 100, Shared, FaultyDisk, "a follower's machine loses power when it has just compacted its log",
     [](Ground g) { return make_power_cut_at_compaction(std::move(g)); }},
    {"operator", Operator, 6, 100, 100, Shared, Nothing, "a command of the command line",
     [](Ground g) { return make_operator_command(std::move(g)); }},
    {"transfer", Operator, 6, 100, 100, Shared, Nothing, "leadership is sent to a member that is named",
     [](Ground g) { return make_transfer(std::move(g)); }},
    {"demote-promote", Operator, 6, 1000, 2000, Exclusive, Nothing, "a voter is made a learner, and a voter again",
     [](Ground g) { return make_demotion(std::move(g)); }},
    {"replace-member", Operator, 8, 2000, 4000, Exclusive, Nothing, "a member is removed, loses its disk, is added and promoted again",
     [](Ground g) { return make_replacement(std::move(g)); }},
});
// clang-format on

}  // namespace

std::span<const FaultKind> fault_kinds() {
  return kKinds;
}

const FaultKind* find_fault_kind(std::string_view name) {
  const auto found = std::ranges::find(kKinds, name, &FaultKind::name);
  return found == kKinds.end() ? nullptr : &*found;
}

bool possible(const FaultKind& kind, const Means& means) {
  return kind.needs == Nothing || (means.namespaces && kind.needs != FaultyDisk) ||
         (means.faulty_disk && kind.needs == FaultyDisk);
}

}  // namespace confman::chaos
