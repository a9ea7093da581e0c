#pragma once

#include <memory>

#include "tests/chaos/faults/fault.hpp"

// The network of a run behaves badly. Peers are cut from peers; clients reach every node unless it
// says otherwise, so that they can ask a node that is cut off.
namespace confman::chaos {

// --- partitions

std::unique_ptr<Fault> make_isolated(Ground ground, bool leader);
std::unique_ptr<Fault> make_split(Ground ground);  // a majority and the rest
// Packets of some ordered pairs are lost, those of the opposite direction are not.
std::unique_ptr<Fault> make_one_way(Ground ground);
// The leader's packets arrive, those to it are lost.
std::unique_ptr<Fault> make_deaf_leader(Ground ground);
// Connections in one direction are forbidden; what a peer itself has dialled works.
std::unique_ptr<Fault> make_firewall(Ground ground);
// Two halves that only one node reaches.
std::unique_ptr<Fault> make_bridge(Ground ground);
// Each node reaches its neighbours on a ring, so that majorities overlap and none sees all.
std::unique_ptr<Fault> make_ring(Ground ground);
// All links but those of one node, which isn't the leader, are cut: only it has a quorum.
std::unique_ptr<Fault> make_star(Ground ground);
std::unique_ptr<Fault> make_flapping(Ground ground);  // of a node's links, every 100 ms
// Nodes are cut off one after the other and come back in another order.
std::unique_ptr<Fault> make_swizzle(Ground ground);
std::unique_ptr<Fault> make_cut_clients(Ground ground);  // from some of the nodes

// --- bad links

std::unique_ptr<Fault> make_delay(Ground ground);
std::unique_ptr<Fault> make_loss(Ground ground);
std::unique_ptr<Fault> make_disorder(Ground ground);  // duplicates, reordering
std::unique_ptr<Fault> make_thin(Ground ground);      // little bandwidth
std::unique_ptr<Fault> make_resets(Ground ground);  // connections break in the middle of a message

}  // namespace confman::chaos
