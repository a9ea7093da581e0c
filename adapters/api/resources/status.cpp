#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "adapters/api/answer.hpp"
#include "adapters/api/api.hpp"
#include "adapters/api/catalogue.hpp"
#include "adapters/api/documents.hpp"
#include "adapters/api/incoming.hpp"
#include "adapters/api/rendering.hpp"
#include "domain/base/hash.hpp"
#include "domain/json/writer.hpp"

// What a node says of itself, without asking its loop.
namespace confman::api {
namespace {

void append_members_with_progress(json::Writer& out, const StatusReport& report) {
  const consensus::Status& raft = report.node.raft;
  std::vector<consensus::Member> members = report.membership.members;
  std::ranges::sort(members, {}, &consensus::Member::name);
  out.key("members").begin_array();
  for (const consensus::Member& member : members) {
    const bool self = member.id == raft.self.member;
    out.begin_object();
    append_member_fields(out, member);
    out.member("self", self);
    out.member("leader", raft.leader == member.id);
    const bool linked = std::ranges::find(report.linked, member.id) != report.linked.end();
    if (!self) out.member("connected", linked);
    const auto peer = std::ranges::find(raft.peers, member.id, &consensus::PeerStatus::id);
    if (peer != raft.peers.end() && !self) {
      // Known to a leader only.
      out.member("active", peer->active).member("matchIndex", peer->match.value);
      out.member("nextIndex", peer->next.value).member("snapshotting", peer->snapshotting);
    }
    out.end_object();
  }
  out.end_array();
}

// What of the log is lost here, until it is there again; null where nothing is.
void append_damage(json::Writer& out, const std::optional<consensus::Damage>& damage) {
  out.key("lost");
  if (!damage) {
    out.null();
    return;
  }
  out.begin_object().member("firstIndex", damage->first.value);
  out.member("lastIndex", damage->last.value).member("promisedIndex", damage->promised.value);
  // No other voter has the first of them: an operator has to decide.
  out.member("nowhere", damage->unrecoverable).end_object();
}

// A snapshot that was announced lately, and that the disk has no room for; null where there is
// none.
void append_refused_snapshot(json::Writer& out,
                             const std::optional<consensus::RefusedSnapshot>& refused) {
  out.key("refusedSnapshot");
  if (!refused) {
    out.null();
    return;
  }
  out.begin_object().member("bytes", refused->bytes).member("room", refused->room).end_object();
}

// How far this node's clock is ahead of the majority's, negative if behind; null where no majority
// is heard, or the only one there is differs within itself.
void append_clock(json::Writer& out, const node::ClockStatus& clock) {
  out.key("clock").begin_object().key("offsetMs");
  if (clock.offset) {
    out.value(clock.offset->to_millis());
  } else {
    out.null();
  }
  out.member("off", clock.off).end_object();
}

// Of two nodes that have applied the same revision these are equal, or a state is damaged.
std::string digest_of(const domain::MetaRow& state) {
  Bytes bytes;
  ByteWriter out(bytes);
  out.u64(state.digest_low);
  out.u64(state.digest_high);
  return to_hex(bytes);
}

// Which master keys this node has, and how many data keys each of those there are wraps, as applied
// here: a key that wraps something and isn't known makes secrets unreadable on this node.
void append_secrets(json::Writer& out, const node::SecretsStatus& secrets) {
  out.key("secrets").begin_object().key("activeKey");
  secrets.master_keys.empty() ? out.null() : out.value(secrets.master_keys.front());
  out.key("masterKeys").begin_array();
  for (const std::string& id : secrets.master_keys) out.value(id);
  out.end_array().key("wraps").begin_object();
  for (const auto& [id, count] : secrets.wraps) out.member(id, count);
  out.end_object().end_object();
}

double millis(Duration duration) {
  return static_cast<double>(duration.us) / 1000;
}

http::Response status_of(const LocalView& view) {
  const StatusReport& report = view.report;
  const LoopFigures loop = view.node.look_at_loop();
  const consensus::Status& raft = report.node.raft;
  const domain::MetaRow& state = report.node.state;
  http::Response response = fresh_document();
  json::Writer out(response.body);
  out.begin_object().member("node", view.cluster.name_of(view.cluster.self));
  out.member("version", view.config.version);
  out.member("role", consensus::name_of(raft.role));
  out.key("leader");
  if (raft.leader) {
    out.value(view.cluster.name_of(*raft.leader));
  } else {
    out.null();
  }
  out.member("term", raft.term.value).member("commitIndex", raft.commit.value);
  out.member("appliedIndex", state.applied.index);
  out.member("applied", domain::to_string(state.applied));
  out.key("log").begin_object().member("firstIndex", raft.first.value);
  out.member("lastIndex", raft.last.value);
  out.member("persistedIndex", raft.persisted.value).end_object();
  out.member("standing", consensus::name_of(raft.standing));
  out.member("featureLevel", raft.feature_level);
  out.member("lowSpace", raft.low_space).member("awaitsState", raft.awaits_state);
  append_damage(out, raft.damage);
  append_refused_snapshot(out, raft.refused_snapshot);
  out.key("settingsDiffer").begin_array();
  for (const std::string& difference : report.settings_differ) out.value(difference);
  out.end_array();
  append_clock(out, report.node.clock);
  append_secrets(out, report.node.secrets);
  append_members_with_progress(out, report);
  out.key("state").begin_object().member("entries", state.live_entries);
  out.member("namespaces", state.namespaces)
      .member("auditEvents", state.audit_events)
      .member("digest", digest_of(state))
      .end_object();
  out.key("storage").begin_object().member("logBytes", report.storage.log_bytes);
  out.member("stateBytes", report.storage.state_bytes);
  out.member("snapshotBytes", report.storage.snapshot_bytes);
  out.member("freeBytes", report.storage.free_bytes).end_object();
  out.key("open").begin_object().member("writes", report.node.open_writes);
  out.member("reads", report.node.open_reads);
  out.member("watches", report.node.open_watches).end_object();
  out.key("loop").begin_object().member("longestTurnMs", millis(loop.longest_turn));
  out.member("longestTurnCpuMs", millis(loop.longest_turn_cpu));
  out.member("sinceLastLookMs", millis(loop.since_last_look)).end_object();
  out.member("shuttingDown", report.shutting_down);
  out.member("security", view.config.development_mode
                             ? state.closed
                                   ? "development mode, but an API key is required: there is a "
                                     "bootstrap key"
                                   : "development mode: who shows no API key is \"anonymous\" and "
                                     "may do everything"
                             : "an API key is required");
  out.end_object();
  return response;
}

constexpr auto kRows = std::to_array<Endpoint>({
    {.pattern = "/api/v1/admin/status",
     .methods = kGetAndHead,
     .permission = Permission::Read,
     .translate = as_local<status_of>},
});

}  // namespace

Rows resources::status() {
  return kRows;
}

}  // namespace confman::api
