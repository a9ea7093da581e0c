#include "tests/scenarios/story.hpp"

#include <gtest/gtest.h>
#include <stdexcept>

#include "sim/world/narrative.hpp"

namespace confman::scenarios {
namespace {

using namespace consensus;
using test::Cluster;

const char* name_of(ProposeRefusal why) {
  switch (why) {
    case ProposeRefusal::NotLeader:
      return "not_leader";
    case ProposeRefusal::Busy:
      return "busy";
    case ProposeRefusal::NoSpace:
      return "no_space";
  }
  return "?";
}

std::uint64_t number(std::istringstream& words) {
  std::uint64_t value = 0;
  if (!(words >> value)) throw std::runtime_error("a number is missing");
  return value;
}

std::string word(std::istringstream& words) {
  std::string value;
  words >> value;
  return value;
}

std::string rest(std::istringstream& words) {
  std::string value;
  std::getline(words >> std::ws, value);
  return value;
}

std::uint64_t member_or_any(const std::string& text) {
  return text == "*" ? 0 : std::stoull(text);
}

consensus::Member described(std::uint64_t id) {
  return {.id = MemberId{id},
          .name = "node" + std::to_string(id),
          .peer_address = "host" + std::to_string(id) + ":1",
          .api_address = "host" + std::to_string(id) + ":2"};
}

std::string joined(const std::vector<std::string>& parts) {
  std::string all;
  for (const std::string& part : parts) all += (all.empty() ? "" : " ") + part;
  return all;
}

}  // namespace

std::string Story::play(const std::string& text) {
  MarkSink* const before = set_mark_sink(this);
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line.front() == '#') continue;
    try {
      command(line);
    } catch (const std::exception& error) {
      set_mark_sink(before);
      throw std::runtime_error("'" + line + "': " + error.what());
    }
  }
  set_mark_sink(before);
  return trace_;
}

void Story::command(const std::string& line) {
  tell("> " + line);
  Words words(line);
  const std::string verb = word(words);
  if (verb == "expect") return expect(line, words);
  const bool known = begin_cluster(verb, words) || act_on_network(verb, words) ||
                     act_on_disk(verb, words) || ask(verb, words);
  if (!known) throw std::runtime_error("there is no such command");
  cluster_->settle();
  tell_changes();
}

bool Story::begin_cluster(const std::string& verb, Words& words) {
  if (verb != "cluster") return false;
  const std::uint64_t voters = number(words);
  const std::string options = " " + rest(words) + " ";
  // The cluster asks again when a node is added.
  const auto has = [options](const char* option) {
    return options.find(option) != std::string::npos;
  };
  cluster_ = std::make_unique<Cluster>(voters, has(" learner ") ? 1 : 0, [has](RaftConfig& c) {
    c.lease_reads = has(" lease ");
    c.min_free_bytes = 100;
    c.resume_free_bytes = 200;
    if (has(" one-entry ")) c.max_append_entries = 1;
    if (!has(" small-logs ")) return;
    c.compact_above_entries = 4;
    c.keep_trailing_entries = 1;
  });
  cluster_->drop = [this](const Message& message) { return drops(message); };
  return true;
}

bool Story::act_on_network(const std::string& verb, Words& words) {
  Cluster& cluster = *cluster_;
  if (verb == "cut") {
    const std::uint64_t from = number(words);
    cuts_.insert({from, number(words)});
  } else if (verb == "partition") {  // 1|2,3
    const std::string sides = word(words);
    const std::size_t bar = sides.find('|');
    for (char a : sides.substr(0, bar)) {
      for (char b : sides.substr(bar + 1)) {
        if (a == ',' || b == ',') continue;
        const auto one = static_cast<std::uint64_t>(a - '0'),
                   other = static_cast<std::uint64_t>(b - '0');
        cuts_.insert({one, other});
        cuts_.insert({other, one});
      }
    }
  } else if (verb == "lose" || verb == "hold") {
    Filter filter{.kind = word(words), .from = 0, .to = 0, .passes = 0, .hold = verb == "hold"};
    filter.from = member_or_any(word(words));
    filter.to = member_or_any(word(words));
    if (word(words) == "after") filter.passes = number(words);
    filters_.push_back(std::move(filter));
  } else if (verb == "heal") {
    cuts_.clear();
    filters_.clear();
  } else if (verb == "release") {
    filters_.clear();
    for (Message& message : std::exchange(held_, {})) cluster.network.push_back(std::move(message));
  } else if (verb == "elect" || verb == "campaign") {
    cluster.campaign(number(words));
  } else if (verb == "run") {
    cluster.run(Duration::millis(static_cast<std::int64_t>(number(words))));
  } else {
    return false;
  }
  return true;
}

bool Story::act_on_disk(const std::string& verb, Words& words) {
  Cluster& cluster = *cluster_;
  if (verb == "spare") {
    cluster.add_spare();
    return true;
  }
  if (verb != "crash" && verb != "start" && verb != "wipe" && verb != "slow" && verb != "fast" &&
      verb != "damage" && verb != "forget" && verb != "space") {
    return false;
  }
  test::Member& node = member(words);
  const std::uint64_t id = node.id().value;
  if (verb == "crash") node.crash();
  if (verb == "start") node.start(cluster.now());
  if (verb == "wipe") node.wipe();
  if (verb == "slow") cluster.slow_disks.insert(id);
  if (verb == "fast") cluster.slow_disks.erase(id);
  if (verb == "damage") {
    node.wipe_state();
    const LogIndex from{number(words)};
    test::lose(node.disk, from, LogIndex{number(words)});
  }
  if (verb == "forget") {
    node.wipe_state();
    node.disk.entries.resize(node.disk.entries.size() - number(words));
  }
  if (verb == "space") {
    const std::uint64_t free = number(words);
    node.input([&](Driver& d) { d.disk_space(cluster.now(), free); });
  }
  return true;
}

bool Story::ask(const std::string& verb, Words& words) {
  Cluster& cluster = *cluster_;
  const auto next = [&] { return MemberId{number(words)}; };
  static const std::set<std::string> kVerbs = {"propose", "read",   "transfer", "add",
                                               "promote", "demote", "remove"};
  if (!kVerbs.contains(verb)) return false;
  asked_ = number(words);
  if (verb == "propose") proposal_ = cluster.propose(asked_, rest(words));
  if (verb == "read") read_ = cluster.read(asked_);
  if (verb == "transfer") change_ = cluster.transfer(asked_, number(words));
  if (verb == "add") change_ = cluster.change(asked_, AddLearner{described(number(words))});
  if (verb == "promote") change_ = cluster.change(asked_, Promote{next(), 0});
  if (verb == "demote") change_ = cluster.change(asked_, Demote{next()});
  if (verb == "remove") change_ = cluster.change(asked_, Remove{next()});
  return true;
}

void Story::expect(const std::string& line, Words& words) {
  const std::string what = word(words);
  std::string found;
  if (what == "leader") {
    found = cluster_->leader() == 0 ? "none" : std::to_string(cluster_->leader());
  } else if (what == "read") {
    const test::Member& node = (*cluster_)[asked_];
    found = node.reads.contains(read_)          ? "answered"
            : node.failed_reads.contains(read_) ? "failed"
                                                : "waiting";
  } else if (what == "change") {
    const auto& refused = (*cluster_)[asked_].changes_refused;
    found = refused.contains(change_) ? name_of(refused.at(change_)) : "taken";
  } else if (what == "proposal") {
    const auto& refused = (*cluster_)[asked_].refused;
    found = refused.contains(proposal_) ? name_of(refused.at(proposal_)) : "taken";
  } else {
    test::Member& node = member(words);
    const Status status = node.status();
    if (what == "applied") found = joined(cluster_->commands(status.self.member.value));
    if (what == "term") found = std::to_string(status.term.value);
    if (what == "commit") found = std::to_string(status.commit.value);
    if (what == "standing") found = name_of(status.standing);
    if (what == "halted") found = node.halt ? name_of(node.halt->reason) : "no";
    if (what == "lost") {
      found = !status.damage ? "nothing" : status.damage->unrecoverable ? "for good" : "something";
    }
  }
  EXPECT_EQ(found, rest(words)) << line;
}

bool Story::Filter::matches(const Message& message) const {
  return (kind == "*" || kind == name_of(message.body)) &&
         (from == 0 || message.from.member.value == from) &&
         (to == 0 || message.to.member.value == to);
}

// Asked for every message when it would arrive.
bool Story::drops(const Message& message) {
  tell_changes();
  const std::uint64_t from = message.from.member.value, to = message.to.member.value;
  bool lost = cuts_.contains({from, to}) || to > cluster_->size() || !(*cluster_)[to].running();
  bool held = false;
  for (Filter& filter : filters_) {
    if (lost || held || !filter.matches(message)) continue;
    if (filter.passes > 0) {
      --filter.passes;
    } else {
      (filter.hold ? held : lost) = true;
    }
  }
  bool boring = std::holds_alternative<Heartbeat>(message.body) ||
                std::holds_alternative<HeartbeatReply>(message.body);
  const std::string words = sim::narrate(node::PeerMessage{.body = message});
  if (std::holds_alternative<Introduction>(message.body)) {
    boring = !told_.insert(std::to_string(from) + " " + std::to_string(to) + words).second;
  }
  if (!boring || held) {
    tell("  " + std::to_string(from) +
         (lost   ? " -x "
          : held ? " -… "
                 : " -> ") +
         std::to_string(to) + "  " + words);
  }
  if (held) held_.push_back(message);
  return lost || held;
}

void Story::hit(const MarkSite& site) {
  tell(std::string("            ") + site.sentence);
}

void Story::tell_changes() {
  for (std::uint64_t id = 1; id <= cluster_->size(); ++id) {
    const test::Member& node = (*cluster_)[id];
    Seen& seen = seen_[id];
    const std::string name = "  " + std::to_string(id) + " ";
    if (!node.running()) {
      if (seen.running) tell(name + "is down");
      seen = {};
      continue;
    }
    const Status now = node.status();
    const bool same = seen.running && seen.role == now.role && seen.term == now.term &&
                      seen.standing == now.standing;
    if (!same) {
      tell(name + "is " + consensus::name_of(now.role) + " in term " +
           std::to_string(now.term.value) +
           (now.standing == Standing::Voter ? "" : std::string(", ") + name_of(now.standing)));
    }
    if (now.damage.has_value() != seen.damaged) {
      tell(name + (now.damage ? "has lost a part of its log" : "has a whole log again"));
    }
    const std::vector<std::string> commands = cluster_->commands(id);
    if (commands.size() > seen.applied) {
      tell(name + "applies " +
           joined({commands.begin() + static_cast<std::ptrdiff_t>(seen.applied), commands.end()}));
    }
    if (node.halt && !seen.halted) tell(name + "stops: " + name_of(node.halt->reason));
    seen = {true,
            now.role,
            now.term,
            now.standing,
            commands.size(),
            node.halt.has_value(),
            now.damage.has_value()};
  }
}

test::Member& Story::member(Words& words) {
  const std::uint64_t id = number(words);
  if (!cluster_ || id == 0 || id > cluster_->size())
    throw std::runtime_error("there is no such member");
  return (*cluster_)[id];
}

}  // namespace confman::scenarios
