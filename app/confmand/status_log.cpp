#include "app/confmand/status_log.hpp"

#include <algorithm>
#include <cstdlib>

namespace confman::host {
namespace {

using consensus::Standing;

constexpr Duration kMinute = Duration::seconds(60);

// An election is no news, and takes less.
constexpr Condition kNoLeader{.begins = "no_leader",
                              .ends = "",  // leader_changed says it
                              .level = log::Level::Warning,
                              .after = Duration::seconds(3),
                              .again = kMinute};
constexpr Condition kWaiting{.begins = "waiting_to_be_added",
                             .ends = "",  // standing_changed says it
                             .level = log::Level::Warning,
                             .after = Duration::seconds(1),
                             .again = kMinute};
constexpr Condition kFounding{.begins = "waiting_for_founders",
                              .ends = "",
                              .level = log::Level::Warning,
                              .after = Duration::seconds(3),
                              .again = kMinute};
constexpr Condition kRemoved{.begins = "removed_from_cluster", .ends = ""};
constexpr Condition kLowSpace{.begins = "space_low", .ends = "space_back"};
constexpr Condition kNoRoom{.begins = "snapshot_refused", .ends = "", .again = kMinute};
constexpr Condition kDamaged{.begins = "log_incomplete", .ends = "log_whole"};
constexpr Condition kLost{.begins = "log_entries_lost", .ends = "", .level = log::Level::Error};
constexpr Condition kSettings{.begins = "settings_differ",
                              .ends = "settings_agree",
                              .level = log::Level::Warning,
                              .after = Duration::seconds(1),
                              .again = Duration::seconds(3600)};

constexpr Condition kClockOff{.begins = "clock_off", .ends = "clock_right"};

std::string joined(const std::vector<std::string>& items, std::string_view between) {
  std::string all;
  for (const std::string& item : items) all += (all.empty() ? "" : std::string(between)) + item;
  return all;
}

std::string or_none(std::string text) {
  return text.empty() ? "none" : text;
}

bool is_linked(const node::StatusReport& report, consensus::MemberId id) {
  return std::ranges::find(report.linked, id) != report.linked.end();
}

// How a disk that has no vote gets one, in the commands to type.
std::string way_back(const config::Settings& settings) {
  const config::MemberSettings& self = settings.self();
  const std::string add =
      "`confman cluster add " + self.id + " " + self.peer + " " + self.api + "`";
  const std::string promote = "`confman cluster promote " + self.id + "`";
  return add + " and, when it has caught up, " + promote;
}

}  // namespace

StatusLog::StatusLog(const config::Settings& settings, consensus::Term term,
                     ConditionLog conditions)
    : settings_(settings), conditions_(std::move(conditions)), term_(term) {}

void StatusLog::look(const node::StatusReport& report) {
  tell_leader(report);
  tell_standing(report.node.raft.standing);
  look_at_quorum(report);
  look_at_standing(report);
  look_at_storage(report);
  look_at_damage(report);
  look_at_settings(report);
  look_at_clock(report);
}

void StatusLog::tell_leader(const node::StatusReport& report) {
  const consensus::Status& raft = report.node.raft;
  if (raft.leader == leader_ && raft.term == term_) return;
  const consensus::Member* leader = raft.leader ? report.membership.find(*raft.leader) : nullptr;
  log::info("leader_changed", {{"leader", leader ? leader->name : std::string("none")},
                               {"term", raft.term.value},
                               {"role", consensus::name_of(raft.role)}});
  leader_ = raft.leader;
  term_ = raft.term;
}

void StatusLog::tell_standing(Standing standing) {
  if (standing_ && *standing_ != standing) {
    log::info("standing_changed",
              {{"from", consensus::name_of(*standing_)}, {"to", consensus::name_of(standing)}});
  }
  standing_ = standing;
}

void StatusLog::look_at_quorum(const node::StatusReport& report) {
  const consensus::Status& raft = report.node.raft;
  const bool concerns_us = raft.standing == Standing::Voter || raft.standing == Standing::Learner;
  std::optional<Holding> holding;
  if (!raft.leader && concerns_us) {
    std::vector<std::string> unreachable;
    for (const consensus::Member& member : report.membership.members) {
      const bool counts = report.membership.is_voter(member.id) && member.id != raft.self.member;
      if (counts && !is_linked(report, member.id)) unreachable.push_back(member.name);
    }
    std::ranges::sort(unreachable);  // the order of the members, by hash, says nothing
    const std::size_t voters = report.membership.voters().size();
    const std::string missing = joined(unreachable, ",");
    holding = Holding{
        .about = missing,
        .fields = {{"unreachable", or_none(missing)},
                   {"voters", static_cast<std::uint64_t>(voters)},
                   {"needed", static_cast<std::uint64_t>(voters / 2 + 1)},
                   {"message",
                    "no leader is known: nothing can be written, and read only as of before. It "
                    "takes a majority of the voters: start those that are missing, or mend the "
                    "network between them"}}};
  }
  conditions_.look(report.taken_at, kNoLeader, holding);
}

void StatusLog::look_at_standing(const node::StatusReport& report) {
  const consensus::Status& raft = report.node.raft;
  std::optional<Holding> founding;
  std::optional<Holding> waiting;
  std::optional<Holding> removed;
  if (raft.standing == Standing::Founding) {
    std::vector<std::string> missing;
    for (const config::MemberSettings& member : settings_.members) {
      const auto id = consensus::member_id(member.id);
      if (id != raft.self.member && !is_linked(report, id)) missing.push_back(member.id);
    }
    const std::string names = joined(missing, ",");
    founding = Holding{
        .about = names,
        .fields = {{"unreachable", or_none(names)},
                   {"message",
                    "this disk is empty and knows of no cluster: all members of the settings must "
                    "be up at the same time to found one. If the cluster is there already, name "
                    "its members in cluster.members of this node's settings"}}};
  } else if (raft.standing == Standing::Waiting) {
    waiting = Holding{
        .about = "",
        .fields = {{"message",
                    "the cluster is there, and this disk isn't part of it: its vote belongs to "
                    "the disk that this node had before, or it was never added. It gets data "
                    "when it is added: if it is a member still, `confman cluster remove " +
                        settings_.node_id + "`; then " + way_back(settings_)}}};
  } else if (raft.standing == Standing::Removed) {
    removed = Holding{
        .about = "",
        .fields = {{"message",
                    "this node was removed from the cluster and gets no data: stop it. To have it "
                    "back, " +
                        way_back(settings_)}}};
  }
  conditions_.look(report.taken_at, kFounding, founding);
  conditions_.look(report.taken_at, kWaiting, waiting);
  conditions_.look(report.taken_at, kRemoved, removed);
}

void StatusLog::look_at_storage(const node::StatusReport& report) {
  const consensus::Status& raft = report.node.raft;
  std::optional<Holding> low;
  if (raft.low_space) {
    low = Holding{.about = "",
                  .fields = {{"free_bytes", report.storage.free_bytes},
                             {"min_free", settings_.min_free},
                             {"directory", settings_.data_dir},
                             {"message",
                              "the volume of the data directory is as good as full: no changes are "
                              "taken in here until a quarter more than storage.min_free is free"}}};
  }
  conditions_.look(report.taken_at, kLowSpace, low);
  std::optional<Holding> refused;
  if (raft.refused_snapshot) {
    refused = Holding{
        .about = "",
        .fields = {{"bytes", raft.refused_snapshot->bytes},
                   {"room", raft.refused_snapshot->room},
                   {"free_bytes", report.storage.free_bytes},
                   {"min_free", settings_.min_free},
                   {"message",
                    "this node needs a snapshot that its disk has no room for above the reserve: "
                    "make space, it is offered again"}}};
  }
  conditions_.look(report.taken_at, kNoRoom, refused);
}

void StatusLog::look_at_damage(const node::StatusReport& report) {
  const auto& damage = report.node.raft.damage;
  std::optional<Holding> damaged;
  std::optional<Holding> lost;
  if (damage) {
    const std::vector<log::Field> range{{"first", damage->first.value},
                                        {"last", damage->last.value}};
    damaged = Holding{.about = "", .fields = range};
    damaged->fields.emplace_back("message",
                                 "these entries are lost here and are fetched from the others; "
                                 "this node doesn't vote until it has them");
    if (damage->unrecoverable) {
      lost = Holding{.about = "", .fields = range};
      lost->fields.emplace_back(
          "message",
          "no other voter has these entries, and it can't be told whether they were "
          "committed. If a disk that has them can come back, let it; else replace this one: "
          "remove the member, start it with an empty data directory, and add it again");
    }
  }
  conditions_.look(report.taken_at, kDamaged, damaged);
  conditions_.look(report.taken_at, kLost, lost);
}

void StatusLog::look_at_settings(const node::StatusReport& report) {
  std::optional<Holding> differ;
  if (!report.settings_differ.empty()) {
    const std::string differences = joined(report.settings_differ, "; ");
    differ = Holding{
        .about = differences,
        .fields = {{"differences", differences},
                   {"message",
                    "cluster.members of this node's settings aren't the members. The members are "
                    "what counts; the settings count when this node's disk is replaced: bring "
                    "them up to date"}}};
  }
  conditions_.look(report.taken_at, kSettings, differ);
}

void StatusLog::look_at_clock(const node::StatusReport& report) {
  const node::ClockStatus& clock = report.node.clock;
  std::optional<Holding> off;
  if (clock.off) {
    off = Holding{
        .about = "",
        .fields = {{"message",
                    "this node's clock is that far from what the clocks of a majority of the "
                    "voters say, or was when one last agreed. The cluster goes by theirs, and this "
                    "node doesn't lead while it is so, if another can. Set the clock, and see to "
                    "it that it is kept right (NTP)"}}};
    if (clock.offset) {
      const std::int64_t ahead = clock.offset->to_millis();
      off->fields.insert(off->fields.begin(), {ahead < 0 ? "behind_ms" : "ahead_ms",
                                               static_cast<std::uint64_t>(std::abs(ahead))});
    }
  }
  conditions_.look(report.taken_at, kClockOff, off);
}

namespace {

std::string name_of(std::optional<consensus::MemberRole> role) {
  if (!role) return "none";
  switch (*role) {
    case consensus::MemberRole::Voter:
      return "voter";
    case consensus::MemberRole::Learner:
      return "learner";
    case consensus::MemberRole::Leaving:
      return "leaving";
  }
  return "unknown";
}

}  // namespace

void tell(const node::MemberChanged& change) {
  const bool known = !change.actor.id.empty();
  log::info("member_changed", {{"member", change.member},
                               {"from", name_of(change.from)},
                               {"to", name_of(change.to)},
                               {"by", known ? change.actor.id : "the cluster"},
                               {"revision", domain::to_string(change.at)}});
}

}  // namespace confman::host
