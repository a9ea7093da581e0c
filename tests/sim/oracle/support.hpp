#pragma once

#include <gtest/gtest.h>
#include <initializer_list>
#include <string>

#include "sim/failure.hpp"
#include "sim/model/log_image.hpp"
#include "sim/oracle/committed_log.hpp"
#include "sim/oracle/disks.hpp"

// Each oracle accepts what is in order and finds a forged violation.
namespace confman::sim {

using consensus::AppendReply;
using consensus::AppendRequest;
using consensus::Entry;
using consensus::EntryKind;
using consensus::HardState;
using consensus::Heartbeat;
using consensus::LogId;
using consensus::LogIndex;
using consensus::LogPoint;
using consensus::MemberId;
using consensus::MemberRole;
using consensus::Membership;
using consensus::Message;
using consensus::MessageBody;
using consensus::NodeId;
using consensus::PersistRequest;
using consensus::RepairRequest;
using consensus::SnapshotChunk;
using consensus::SnapshotReply;
using consensus::SnapshotStatus;
using consensus::Term;

template <class Act>
std::string violation_of(Act&& act) {
  try {
    act();
  } catch (const RunFailure& failure) {
    EXPECT_EQ(failure.kind, FailureKind::Correctness);
    EXPECT_FALSE(failure.sentence.empty());
    return failure.oracle;
  }
  return "";
}

inline LogImage log_of(std::initializer_list<std::uint64_t> terms, std::string text = "x") {
  LogImage log;
  std::uint64_t index = 0;
  for (const std::uint64_t term : terms) {
    log.append({LogIndex{++index}, Term{term}, EntryKind::Command, make_payload(text)});
    log.hard_state.term = Term{term};
  }
  return log;
}

inline CommittedLog::Applied applied_at(const LogImage& log, std::uint64_t index) {
  return {{LogIndex{index}, *log.term_at(index)}, *log.chain_at(index), log.hard_state.term.value};
}

inline NodeId disk_of(std::uint64_t member) {
  return {MemberId{member}, 10 * member};
}

// Members that are all voters, each with a disk.
struct Cluster {
  Membership membership;
  LogImage empty;

  // Of all members, with nothing on them.
  Disks disks() const {
    Disks all;
    for (const consensus::Member& member : membership.members) {
      all.emplace(NodeId{member.id, member.incarnation}, &empty);
    }
    return all;
  }
};

inline Cluster cluster_of(std::uint64_t size) {
  Cluster cluster;
  for (std::uint64_t id = 1; id <= size; ++id) {
    cluster.membership.members.push_back({.id = MemberId{id},
                                          .incarnation = disk_of(id).incarnation,
                                          .name = "node" + std::to_string(id),
                                          .peer_address = "host:1",
                                          .api_address = "host:2"});
  }
  return cluster;
}

}  // namespace confman::sim
