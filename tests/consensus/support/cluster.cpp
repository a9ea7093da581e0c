#include "tests/consensus/support/cluster.hpp"

#include <algorithm>
#include <gtest/gtest.h>

namespace confman::consensus::test {
namespace {

constexpr int kMaxSettleRounds = 100'000;  // more means that members answer each other for ever

}  // namespace

RaftConfig make_config(std::uint64_t self, std::size_t voters, std::size_t learners) {
  RaftConfig config;
  config.self = {MemberId{self}, 1};
  config.seed = self;
  // Without an entry about it in every log; those who are after it ask for more.
  config.max_feature_level = kFirstFeatureLevel;
  for (std::uint64_t id = 1; id <= voters + learners; ++id) {
    config.founders.members.push_back(
        {.id = MemberId{id},
         .role = id <= voters ? MemberRole::Voter : MemberRole::Learner,
         .incarnation = 1,
         .name = "node" + std::to_string(id),
         .peer_address = "host:1",
         .api_address = "host:2"});
  }
  return config;
}

RestoredLog founded(const RaftConfig& config) {
  RestoredLog disk;
  disk.founders = FounderRecord{.members = config.founders, .founded = true};
  return disk;
}

Cluster::Cluster(std::size_t voters, std::size_t learners,
                 const std::function<void(RaftConfig&)>& tune)
    : founders_(voters), tune_(tune) {
  for (std::uint64_t id = 1; id <= voters + learners; ++id) {
    RaftConfig config = make_config(id, voters, learners);
    if (tune) tune(config);
    members_.push_back(std::make_unique<Member>(config, network));
    members_.back()->disk = founded(config);
    members_.back()->start(now_);
  }
}

void Cluster::isolate(std::uint64_t id) {
  for (std::uint64_t other = 1; other <= size(); ++other) {
    cut(id, other);
    cut(other, id);
  }
}

void Cluster::deliver(const Message& message) {
  if (cuts_.contains({message.from.member.value, message.to.member.value})) return;
  if (drop && drop(message)) return;
  Member& to = (*this)[message.to.member.value];
  if (!to.running()) return;
  to.input([&](Driver& d) { d.receive(now_, message); });
  check();
}

bool Cluster::deliver_next() {
  if (network.empty()) return false;
  const Message message = std::move(network.front());
  network.pop_front();
  deliver(message);
  return true;
}

void Cluster::restart(std::uint64_t id) {
  (*this)[id].crash();
  (*this)[id].start(now_);
}

void Cluster::replace_disk(std::uint64_t id) {
  (*this)[id].wipe();
  (*this)[id].start(now_);
}

std::uint64_t Cluster::add_spare() {
  const std::uint64_t id = size() + 1;
  RaftConfig config = make_config(id, founders_);
  if (tune_) tune_(config);
  members_.push_back(std::make_unique<Member>(config, network));
  members_.back()->start(now_);
  return id;
}

void Cluster::settle() {
  for (int i = 0; i < kMaxSettleRounds; ++i) {
    bool busy = deliver_next();
    for (auto& member : members_) {
      if (!member->running() || slow_disks.contains(member->id().value)) continue;
      busy |= !member->writes.empty();
      member->finish_all_writes(now_);
      member->make_state_durable(now_);
      busy |= member->finish_snapshot_work(now_);
    }
    check();
    if (!busy) return;
  }
  FAIL() << "The cluster does not come to rest.";
}

void Cluster::run(Duration span) {
  const Time end = now_ + span;
  settle();
  while (true) {
    Time next = Time::never();
    for (auto& member : members_) {
      if (member->running()) next = std::min(next, member->next_deadline());
    }
    if (next > end) break;
    now_ = std::max(now_, next);
    for (auto& member : members_) {
      if (member->running() && member->next_deadline() <= now_) tick(member->id().value);
    }
    settle();
  }
  now_ = end;
}

void Cluster::campaign(std::uint64_t id) {
  now_ = now_ + Duration::millis(1000);
  tick(id);
  settle();
}

void Cluster::tick(std::uint64_t id) {
  (*this)[id].input([&](Driver& d) { d.tick(now_); });
  check();
}

ProposalId Cluster::propose(std::uint64_t id, const std::string& command) {
  const ProposalId proposal{next_id_++};
  (*this)[id].input([&](Driver& d) { d.propose(now_, {{proposal, make_payload(command)}}); });
  return proposal;
}

ReadId Cluster::read(std::uint64_t id) {
  const ReadId read{next_id_++};
  (*this)[id].input([&](Driver& d) { d.request_read(now_, read); });
  return read;
}

ChangeId Cluster::change(std::uint64_t id, MemberChange change) {
  const ChangeId number{next_id_++};
  (*this)[id].input(
      [&](Driver& d) { d.change_membership(now_, number, std::move(change), "test"); });
  return number;
}

ChangeId Cluster::transfer(std::uint64_t id, std::optional<std::uint64_t> to) {
  const ChangeId number{next_id_++};
  const auto successor = to ? std::optional(MemberId{*to}) : std::nullopt;
  (*this)[id].input([&](Driver& d) { d.transfer_leadership(now_, number, successor); });
  return number;
}

std::uint64_t Cluster::leader() const {
  std::uint64_t leader = 0;
  Term term;
  for (const auto& member : members_) {
    if (!member->running()) continue;
    const Status s = member->status();
    if (s.role == Role::Leader && s.term > term) {
      leader = member->id().value;
      term = s.term;
    }
  }
  return leader;
}

std::vector<std::string> Cluster::commands(std::uint64_t id) const {
  std::vector<std::string> result;
  for (const Entry& entry : members_[id - 1]->applied) {
    if (entry.kind == EntryKind::Command) result.push_back(*entry.payload);
  }
  return result;
}

std::string Cluster::describe() const {
  std::string text;
  for (const auto& member : members_) {
    if (!member->running()) continue;
    const Status s = member->status();
    text += "\nmember " + std::to_string(member->id().value) + ": " + name_of(s.role) + ", " +
            name_of(s.standing) + ", term " + std::to_string(s.term.value) + ", log " +
            std::to_string(s.first.value) + ".." + std::to_string(s.last.value) + ", durable " +
            std::to_string(s.persisted.value) + ", commit " + std::to_string(s.commit.value) +
            ", applied " + std::to_string(s.applied.value);
    if (member->halt) text += std::string(", halted: ") + name_of(member->halt->reason);
  }
  return text;
}

void Cluster::check() {
  for (const auto& member : members_) {
    if (!member->running()) continue;
    const NodeView view = member->core().view();
    if (view.role == Role::Leader) {
      const auto [it, first] =
          leader_of_term_.emplace(view.hard_state.term.value, member->id().value);
      ASSERT_EQ(it->second, member->id().value) << "Election Safety: two leaders in one term";
    }
    // What is committed is the same everywhere and for ever: as applied, and as it is in the logs.
    const std::vector<Entry>& applied = member->applied;
    const std::size_t recent = applied.size() > 64 ? applied.size() - 64 : 0;
    for (std::size_t i = std::min(recent, committed_.size()); i < applied.size(); ++i) {
      if (i >= committed_.size()) committed_.push_back(applied[i]);
      ASSERT_EQ(applied[i], committed_[i]) << "State Machine Safety, at " << i + 1;
    }
    const LogView& log = member->core().log();
    for (LogIndex i = log.first(); i <= view.commit; i = i.next()) {
      if (i.value <= committed_.size()) {
        ASSERT_EQ(committed_[i.value - 1], log.at(i)) << "a committed entry differs at " << i.value;
      } else {
        ASSERT_EQ(committed_.size() + 1, i.value);
        committed_.push_back(log.at(i));
      }
    }
  }
}

}  // namespace confman::consensus::test
