#include "app/cli/cluster_view.hpp"

#include <algorithm>
#include <charconv>
#include <tuple>

#include "app/cli/client.hpp"

namespace confman::cli {
namespace {

// A node that has applied less than that of what it knows to be committed isn't ready either.
constexpr std::uint64_t kMaxLag = 10'000;

std::uint64_t number(const std::string& text) {
  std::uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// "a", "a and b", "a, b and c"
std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 == names.size() ? " and " : ", ";
    text += names[i];
  }
  return text;
}

std::string joined(const std::vector<std::string>& phrases) {
  std::string text;
  for (const std::string& phrase : phrases) text += (text.empty() ? "" : "; ") + phrase;
  return text;
}

bool belongs(const NodeView& node) {
  return node.answers() && (node.standing == "voter" || node.standing == "learner");
}

class Judge {
 public:
  explicit Judge(const std::vector<NodeView>& nodes) : nodes_(nodes) {}

  Verdict run() {
    choose_source();
    for (const NodeView& node : nodes_) note_stranger(node);
    if (source_ == nullptr) return without_members();
    count_voters();
    name_leader();
    if (!verdict_.leader.empty()) note_outsiders();
    if (verdict_.leader.empty() || verdict_.voters_up < verdict_.voters_needed) return no_leader();
    for (const MemberView& member : source_->members) look_at(member);
    return with_leader();
  }

 private:
  void note_stranger(const NodeView& node) {
    if (!node.answers()) {
      if (node.name.empty()) verdict_.notes.push_back(node.why);
    } else if (node.standing == "removed" && !is_member(node.name)) {
      verdict_.notes.push_back(node.name + " was removed from the cluster");
    } else if (node.standing == "waiting" && !is_member(node.name)) {
      verdict_.notes.push_back(node.name + " isn't a member: it waits until it is added");
    }
  }

  bool is_member(const std::string& name) const {
    return source_ != nullptr &&
           std::ranges::find(source_->members, name, &MemberView::name) != source_->members.end();
  }

  // A removed member need not have learnt it yet.
  void note_outsiders() {
    for (const NodeView& node : nodes_) {
      if (!belongs(node) || is_member(node.name)) continue;
      verdict_.outsiders.push_back(node.name);
      verdict_.notes.push_back(node.name + " isn't a member, or no longer: " + source_->name +
                               " doesn't name it");
    }
  }

  // The node whose word counts: the leader's of the newest term, else that of whoever knows most.
  void choose_source() {
    const auto rank = [](const NodeView& node) {
      return std::tuple(belongs(node), node.leads(), node.term, node.commit);
    };
    for (const NodeView& node : nodes_) {
      const bool counts = belongs(node) || (node.answers() && node.standing == "founding");
      if (counts && (source_ == nullptr || rank(*source_) < rank(node))) source_ = &node;
    }
  }

  const NodeView* find(std::string_view name) const {
    const auto found = std::ranges::find(nodes_, name, &NodeView::name);
    return found == nodes_.end() ? nullptr : &*found;
  }
  bool answers(const std::string& name) const {
    const NodeView* node = find(name);
    return node != nullptr && node->answers() && node->standing != "removed";
  }
  // Another node hears from it, if we don't.
  bool is_heard(const std::string& name) const {
    return std::ranges::any_of(nodes_, [&](const NodeView& node) {
      if (!belongs(node)) return false;
      const auto seen = std::ranges::find(node.members, name, &MemberView::name);
      if (seen == node.members.end()) return false;
      return node.leads() ? seen->active : seen->connected;
    });
  }
  bool is_up(const std::string& name) const { return answers(name) || is_heard(name); }

  void count_voters() {
    for (const MemberView& member : source_->members) {
      if (member.role != "voter") continue;
      ++verdict_.voters;
      // Of a leader only what it hears counts: it leads no others.
      const bool up =
          source_->leads() ? member.active || member.name == source_->name : is_up(member.name);
      verdict_.voters_up += up ? 1 : 0;
    }
    verdict_.voters_needed = verdict_.voters / 2 + 1;
  }

  // A leader that answers, else one that a member of its term follows.
  void name_leader() {
    if (source_->leads()) {
      verdict_.leader = source_->name;
      return;
    }
    std::uint64_t term = 0;
    for (const NodeView& node : nodes_) {
      if (!belongs(node) || node.leader.empty() || node.term < term) continue;
      // It answers, and doesn't lead: it is followed no longer.
      if (const NodeView* leader = find(node.leader); leader && leader->answers()) continue;
      term = node.term;
      verdict_.leader = node.leader;
    }
  }

  void look_at(const MemberView& member) {
    const NodeView* node = find(member.name);
    const std::string what = member.role == "voter" ? member.name : "learner " + member.name;
    auto& problems = verdict_.problems;
    if (node == nullptr || !node->answers()) {
      const std::string why = node == nullptr ? "it wasn't asked" : node->why;
      problems.push_back(is_heard(member.name)
                             ? what + " is there for the others, but not from here (" + why + ")"
                             : what + " unreachable (" + why + ")");
      return;
    }
    if (source_->leads() && member.name != source_->name) {
      if (!member.connected) {
        problems.push_back("the leader has no link to " + what + " at its peer address, " +
                           member.peer);
      } else if (!member.active) {
        problems.push_back("the leader doesn't hear " + what);
      }
    }
    look_into(*node, member, what);
  }

  void look_into(const NodeView& node, const MemberView& member, const std::string& what) {
    auto& problems = verdict_.problems;
    if (node.low_space) problems.push_back(what + " is low on disk space");
    if (!node.lost.empty()) problems.push_back(what + " has lost a part of its log: " + node.lost);
    if (!node.no_room.empty()) {
      problems.push_back(what + " has no room for the state: " + node.no_room);
    } else if (node.awaits_state) {
      problems.push_back(what + " has no state yet and is fetching it");
    } else if (node.standing == "waiting") {
      problems.push_back(what + " has an empty disk: it is fetching the state, or was emptied " +
                         "since it was added, and must be removed and added again (its log says)");
    } else if (node.standing == "removed") {
      problems.push_back(what + " takes itself for removed, though it is a member: it has got " +
                         "nothing since it was added; is its peer address right (" + member.peer +
                         ")?");
    } else if (node.standing == "founding" && !verdict_.leader.empty()) {
      problems.push_back(what + " waits for the other founders, and has got nothing of the log");
    } else if (member.has_nothing && source_->commit > 0) {
      problems.push_back(what + " has got nothing of the log yet, as far as the leader knows");
    }
    if (node.shutting_down) problems.push_back(what + " is shutting down");
    const std::uint64_t commit = source_->commit;
    if (node.applied + kMaxLag < commit) {
      problems.push_back(what + " is " + std::to_string(commit - node.applied) +
                         " log entries behind");
    }
  }

  std::string of_voters() const {
    return std::to_string(verdict_.voters_up) + " of " + std::to_string(verdict_.voters) +
           " voters";
  }

  Verdict with_leader() {
    const bool healthy = verdict_.problems.empty();
    verdict_.health = healthy ? Health::Healthy : Health::Degraded;
    verdict_.summary =
        std::string(name_of(verdict_.health)) + ": " + of_voters() + ", leader " + verdict_.leader;
    if (!healthy) verdict_.summary += "; " + joined(verdict_.problems);
    return std::move(verdict_);
  }

  Verdict no_leader() {
    verdict_.health = Health::NoLeader;
    verdict_.leader.clear();
    std::vector<std::string> missing;
    for (const MemberView& member : source_->members) {
      if (member.role == "voter" && !is_up(member.name)) missing.push_back(member.name);
      const NodeView* node = find(member.name);
      if (node != nullptr && node->answers()) look_into(*node, member, member.name);
    }
    const std::string needed = std::to_string(verdict_.voters_needed) + " of " +
                               std::to_string(verdict_.voters) + " voters are needed";
    std::string why;
    if (source_->standing == "founding") {
      why = "the cluster is being founded: all of its members must be up once at the same time";
      if (!missing.empty()) why += "; " + listed(missing) + " unreachable";
    } else if (verdict_.voters_up < verdict_.voters_needed) {
      why = listed(missing) + " unreachable, " + needed;
    } else {
      why = of_voters() +
            " are up, and none leads: an election is under way, or they don't reach "
            "each other";
      if (!missing.empty()) why += "; " + listed(missing) + " unreachable";
    }
    verdict_.summary = "no leader: " + why;
    if (!verdict_.problems.empty()) verdict_.summary += "; " + joined(verdict_.problems);
    verdict_.problems.insert(verdict_.problems.begin(), why);
    return std::move(verdict_);
  }

  Verdict without_members() {
    verdict_.health = Health::Unknown;
    std::vector<std::string> silent;
    for (const NodeView& node : nodes_) {
      if (!node.answers() && !node.name.empty()) {
        silent.push_back(node.name + " (" + node.why + ")");
      }
    }
    verdict_.summary = "unknown: no member of the cluster answers";
    if (!silent.empty()) verdict_.summary += "; not reached: " + listed(silent);
    verdict_.problems.emplace_back("no member of the cluster answers");
    return std::move(verdict_);
  }

  const std::vector<NodeView>& nodes_;
  const NodeView* source_ = nullptr;
  Verdict verdict_;
};

}  // namespace

std::string_view name_of(Health health) {
  switch (health) {
    case Health::Healthy:
      return "healthy";
    case Health::Degraded:
      return "degraded";
    case Health::NoLeader:
      return "no_leader";
    case Health::Unknown:
      break;
  }
  return "unknown";
}

NodeView node_view(const Document& status, const std::string& address) {
  const auto truth = [&](std::string_view path, std::string_view former) {
    return either(status, path, former) == "true";
  };
  NodeView node{.name = status.get("node"),
                .address = address,
                .why = {},
                .role = status.get("role"),
                .standing = status.get("standing"),
                .leader = status.get("leader"),
                .version = status.get("version"),
                .term = number(status.get("term")),
                .commit = number(either(status, "commitIndex", "commit_index")),
                .applied = number(either(status, "appliedIndex", "applied_index")),
                .low_space = truth("lowSpace", "low_space"),
                .awaits_state = truth("awaitsState", "awaits_state"),
                .shutting_down = truth("shuttingDown", "shutting_down"),
                .no_room = {},
                .lost = {},
                .members = {}};
  if (const std::string bytes = status.get("refusedSnapshot/bytes"); !bytes.empty()) {
    node.no_room = bytes + " bytes, and " + status.get("refusedSnapshot/room") + " are left";
  }
  if (const std::string first = either(status, "lost/firstIndex", "lost/first_index");
      !first.empty()) {
    node.lost = "entries " + first + " to " + either(status, "lost/lastIndex", "lost/last_index") +
                (status.is_true("lost/nowhere") ? ", and no other voter has them" : "");
  }
  std::size_t i = 0;
  for (MemberAddress& member : members_of(status)) {
    const std::string at = "members/" + std::to_string(i++) + "/";
    node.members.push_back(
        {.name = std::move(member.name),
         .role = std::move(member.role),
         .api = std::move(member.api),
         .peer = std::move(member.peer),
         .active = status.is_true(at + "active"),
         .connected = status.is_true(at + "connected"),
         .has_nothing = either(status, at + "matchIndex", at + "match_index") == "0"});
  }
  return node;
}

Verdict judge(const std::vector<NodeView>& nodes) {
  return Judge(nodes).run();
}

}  // namespace confman::cli
