#pragma once

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "consensus/raft/raft_node.hpp"
#include "tests/consensus/support/cluster.hpp"

namespace confman::consensus::test {

inline Entry entry(std::uint64_t index, std::uint64_t term, std::string payload = "x") {
  return {LogIndex{index}, Term{term}, EntryKind::Command, make_payload(std::move(payload))};
}

inline LogId log_id(std::uint64_t index, std::uint64_t term) {
  return {LogIndex{index}, Term{term}};
}

// A log that begins at 1, by the terms of its entries.
inline std::vector<Entry> log_of(const std::vector<std::uint64_t>& terms) {
  std::vector<Entry> entries;
  for (std::uint64_t term : terms) entries.push_back(entry(entries.size() + 1, term));
  return entries;
}

inline std::vector<std::uint64_t> terms_of(const LogView& log) {
  std::vector<std::uint64_t> terms;
  for (LogIndex i = log.first(); i <= log.last(); i = i.next())
    terms.push_back(log.at(i).term.value);
  return terms;
}

// Member 1 alone, its peers played by the test; keeps the effects of the last step.
class Solo {
 public:
  explicit Solo(std::size_t voters, Restored restored = {},
                const std::function<void(RaftConfig&)>& tune = {})
      : node(make(voters, tune), with_founders(std::move(restored), voters), kBoot) {}

  Effects& step(Event event) {
    const NodeView before = node.view();
    effects.clear();
    node.step(now, std::move(event), effects);
    check_basic(node.view());
    check_delta(before, node.view());
    return effects;
  }
  Effects& receive(std::uint64_t from, std::uint64_t term, MessageBody body) {
    return step(Received{{.group = GroupId{0},
                          .from = {MemberId{from}, 1},
                          .to = {MemberId{1}, 1},
                          .term = Term{term},
                          .body = std::move(body)}});
  }
  Effects& persist() { return step(Persisted{node.view().issued}); }
  Effects& propose(std::string command = "x") {
    return step(Propose{{{ProposalId{++proposals}, make_payload(std::move(command))}}});
  }
  Effects& wait(Duration span) {
    now = now + span;
    return step(TimePassed{});
  }
  // Lets the election time-out fire.
  Effects& expire() { return wait(node.next_deadline() - now); }

  // Wins an election by the votes of these.
  void lead(std::initializer_list<std::uint64_t> voters = {2}) {
    expire();
    const std::uint64_t campaign = node.status().term.value + 1;
    for (std::uint64_t voter : voters) {
      receive(voter, campaign, VoteReply{.pre_vote = true, .granted = true});
    }
    persist();
    for (std::uint64_t voter : voters) {
      receive(voter, campaign, VoteReply{.pre_vote = false, .granted = true});
    }
  }
  Effects& acknowledge(std::uint64_t from, std::uint64_t match, std::uint64_t round = 0) {
    return receive(
        from, term(),
        AppendReply{.success = true, .match = LogIndex{match}, .hint = {}, .round = round});
  }
  // Is there, and says nothing of the log.
  Effects& answer(std::uint64_t from, Condition condition = Condition::Ready,
                  std::uint64_t feature_level = kFirstFeatureLevel, std::uint64_t round = 0) {
    return receive(
        from, term(),
        HeartbeatReply{.round = round, .condition = condition, .feature_level = feature_level});
  }
  // Time in which these go on answering.
  void wait_with(std::initializer_list<std::uint64_t> peers, Duration span) {
    for (const Time end = now + span; now < end;) {
      wait(std::min(Duration::millis(50), end - now));
      for (std::uint64_t peer : peers) answer(peer);
    }
  }

  template <class Kind>
  const Kind* effect() const {
    for (const Effect& e : effects) {
      if (const auto* found = std::get_if<Kind>(&e)) return found;
    }
    return nullptr;
  }
  // The message of that kind to that member in the last step, if there is one.
  template <class Body>
  const Send* sent(std::uint64_t to) const {
    for (const Effect& e : effects) {
      const auto* send = std::get_if<Send>(&e);
      if (send && send->message.to.member == MemberId{to} &&
          std::holds_alternative<Body>(send->message.body)) {
        return send;
      }
    }
    return nullptr;
  }
  template <class Body>
  const Body* body(std::uint64_t to) const {
    const Send* send = sent<Body>(to);
    return send ? &std::get<Body>(send->message.body) : nullptr;
  }

  Role role() const { return node.status().role; }
  std::uint64_t term() const { return node.status().term.value; }
  std::uint64_t commit() const { return node.status().commit.value; }

  // Long enough before the first step that a former life doesn't matter any more.
  static constexpr Time kBoot{-300'000};

  RaftNode node;
  Time now{0};
  Effects effects;
  std::uint64_t proposals = 0;

 private:
  static Restored with_founders(Restored restored, std::size_t voters) {
    if (!restored.log.founders) restored.log.founders = founded(make_config(1, voters)).founders;
    if (restored.applied.id.index && !restored.membership) {
      restored.membership = make_config(1, voters).founders;
    }
    return restored;
  }
  static RaftConfig make(std::size_t voters, const std::function<void(RaftConfig&)>& tune) {
    RaftConfig config = make_config(1, voters);
    if (tune) tune(config);
    return config;
  }
};

inline Restored restored(std::uint64_t term, const std::vector<std::uint64_t>& terms,
                         std::optional<std::uint64_t> vote = {}) {
  Restored r;
  r.log.hard_state.term = Term{term};
  r.log.entries = log_of(terms);
  if (vote) r.log.hard_state.voted_for = MemberId{*vote};
  return r;
}

}  // namespace confman::consensus::test
