#include "sim/show/trace.hpp"

#include <map>
#include <optional>
#include <unordered_map>

#include "sim/show/message_fields.hpp"
#include "sim/world/narrative.hpp"
#include "sim/world/world.hpp"

namespace confman::sim {
namespace {

// Changes of term in a log that are shown at most, from the end.
constexpr std::size_t kShownRuns = 8;

// "5@1 8@3": where each run of entries of one term begins.
std::string runs_of_terms(const LogImage& log) {
  std::vector<std::string> runs;
  for (std::size_t i = log.entries.size(); i > 0 && runs.size() < kShownRuns; --i) {
    const consensus::Entry& entry = log.entries[i - 1].entry;
    if (i > 1 && log.entries[i - 2].entry.term == entry.term) continue;
    runs.push_back(std::to_string(entry.index.value) + "@" + std::to_string(entry.term.value));
  }
  std::string text;
  for (auto run = runs.rbegin(); run != runs.rend(); ++run)
    text += (text.empty() ? "" : " ") + *run;
  return text;
}

std::string to_text(domain::Revision revision) {
  return std::to_string(revision.term) + ":" + std::to_string(revision.index);
}

// "1 2 3", and on the way from one configuration to the next the voters of both.
std::string text_of_voters(const consensus::Membership& membership) {
  std::string text;
  const auto list = [&](const std::vector<consensus::MemberId>& voters) {
    for (const consensus::MemberId id : voters) {
      text += (text.empty() ? "" : " ") + std::to_string(id.value);
    }
  };
  list(membership.voters());
  if (membership.joint()) {
    text += " and";
    list(membership.outgoing);
  }
  return text;
}

struct Told {
  std::string outcome;
  std::string answer;
};

Told tell(const node::WriteDone& done) {
  const domain::Reply& reply = done.reply;
  if (reply.refusal) return {"refused", std::string(domain::code_of(*reply.refusal))};
  return {"done", "version " + std::to_string(reply.version) + " at " + to_text(reply.revision) +
                      (reply.replayed ? ", replayed" : "")};
}
Told tell(const node::ReadDone& done) {
  return {"done", narrate(done)};
}
Told tell(const node::WatchDone& done) {
  return {"done", std::to_string(done.page.changes.size()) + " changes, up to " +
                      std::to_string(done.page.through)};
}
Told tell(const node::AdminDone& done) {
  return {"done", std::to_string(done.membership.members.size()) + " members"};
}
Told tell(const node::AdminRefused& refused) {
  return {"refused", std::string(consensus::name_of(refused.why))};
}
Told tell(const node::Judged&) {
  return {"refused", "by a schema"};
}
Told tell(const node::Denied& denied) {
  return {"refused", std::string(domain::code_of(denied.why))};
}
Told tell(const node::Redirect&) {
  return {"redirected", {}};
}
Told tell(const node::Failed& failed) {
  switch (failed.why) {
    case node::Failure::NoLeader:
      return {"failed", "no leader"};
    case node::Failure::Busy:
      return {"failed", "busy"};
    case node::Failure::NoSpace:
      return {"failed", "no space"};
    case node::Failure::ShuttingDown:
      return {"failed", "shutting down"};
    case node::Failure::InvalidCommand:
      return {"failed", "invalid command"};
    case node::Failure::ReadTimeout:
      return {"failed", "read timeout"};
    case node::Failure::VersionWaitTimeout:
      return {"failed", "version wait timeout"};
    case node::Failure::PositionUnknown:
      return {"failed", "position unknown"};
    case node::Failure::NoState:
      return {"failed", "no state"};
    case node::Failure::FeatureLevel:
      return {"failed", "feature level"};
    case node::Failure::SecretsUnavailable:
      return {"failed", "secrets unavailable"};
    case node::Failure::Removed:
      return {"failed", "removed"};
    case node::Failure::OutcomeUnknown:
      break;
  }
  return {"unknown", "outcome unknown"};
}

class Tracer {
 public:
  explicit Tracer(Trace& trace) : trace_(trace) {}

  void after(const World& world, const RecordedEvent& recorded) {
    const Event& event = recorded.event;
    trace_.message_of.push_back(event.kind == EventKind::Deliver ? deliver(event.a) : Trace::kNone);
    trace_.cause_of.push_back(event.node < world.size() ? cause(event) : Trace::kNone);
    for (const Outputs::Sent& sent : world.outputs().sent) send(world, sent);
    if (recorded.op && event.node < world.size()) {
      by_request_[recorded.op->request] = trace_.operations.size();
      trace_.operations.push_back({*recorded.op,
                                   event.node,
                                   event_,
                                   Trace::Operation::kOpen,
                                   std::string(name_of(*recorded.op)) + " " + about(*recorded.op),
                                   "open",
                                   {}});
    }
    for (const Outputs::Answered& answer : world.outputs().answered) {
      const Told told =
          std::visit([](const auto& outcome) { return tell(outcome); }, answer.response.outcome);
      end(answer.op, told.outcome, told.answer + ", reflects " + to_text(answer.response.revision));
    }
    for (const ClientOp& op : world.outputs().lost) {
      const bool refused_at_once = recorded.op && recorded.op->request == op.request;
      end(op, refused_at_once ? "failed" : "unknown",
          refused_at_once ? "nobody listened" : "no answer came");
    }
    if (event.node < world.size()) {
      note_work(event, world.node(event.node));
      observe(world, event.node);
    }
    ++event_;
  }

 private:
  std::uint32_t deliver(std::uint64_t number) {
    const auto found = by_number_.find(number);
    if (found == by_number_.end()) return Trace::kNone;
    trace_.messages[found->second].delivered.push_back(event_);
    return found->second;
  }

  std::uint32_t cause(const Event& event) const {
    const Work& work = work_[event.node];
    const auto since = [](const auto& begun, std::uint64_t upto) {
      const auto found = begun.lower_bound(upto);
      return found == begun.end() ? Trace::kNone : found->second;
    };
    switch (event.kind) {
      case EventKind::Sync:
        return since(work.written, event.a);
      case EventKind::Flush:
        return since(work.applied, event.a);
      case EventKind::Build:
        return work.building;
      case EventKind::Install:
        return work.installing;
      case EventKind::Turn:
        return work.heard;
      case EventKind::GiveUp: {
        const auto found = by_request_.find(event.a);
        return found == by_request_.end() ? Trace::kNone : trace_.operations[found->second].begin;
      }
      default:
        return Trace::kNone;
    }
  }

  // What the node has to do from this event on, and what it heard.
  void note_work(const Event& event, const SimNode& node) {
    Work& work = work_[event.node];
    if (!node.up()) {
      work = {};
      return;
    }
    if (node.log().pending() > 0) {
      work.written.try_emplace(node.log().last_pending().value, event_);
    } else {
      work.written.clear();
    }
    if (node.applied().index() > node.applied().durable()) {
      work.applied.try_emplace(node.applied().index(), event_);
    } else {
      work.applied.clear();
    }
    const auto begin = [this](std::uint32_t& begun, bool busy) {
      if (!busy) begun = Trace::kNone;
      if (busy && begun == Trace::kNone) begun = event_;
    };
    begin(work.building, node.snapshots().building());
    begin(work.installing, node.snapshots().installing());
    switch (event.kind) {
      case EventKind::Deliver:
      case EventKind::Submit:
      case EventKind::GiveUp:
      case EventKind::Tick:
      case EventKind::Sync:
      case EventKind::Flush:
      case EventKind::Build:
      case EventKind::Install:
        work.heard = event_;
        break;
      case EventKind::Turn:
        work.heard = Trace::kNone;
        break;
      default:
        break;
    }
  }

  void send(const World& world, const Outputs::Sent& sent) {
    const node::PeerMessage& message = *world.message(sent.number);
    Trace::Message shown{event_, sent.from, sent.to, kind_of(message), {}, {}};
    Trace::MessageKind& kind = trace_.kinds[shown.kind];
    const bool is_first = kind.name.empty();
    kind.name = kind_name(message);
    visit_fields(message, [&](std::string_view name, std::uint64_t number) {
      if (is_first) kind.fields.emplace_back(name);
      shown.fields.push_back(number);
    });
    by_number_[sent.number] = static_cast<std::uint32_t>(trace_.messages.size());
    trace_.messages.push_back(std::move(shown));
  }

  void end(const ClientOp& op, const std::string& outcome, const std::string& answer) {
    const auto found = by_request_.find(op.request);
    if (found == by_request_.end()) return;
    Trace::Operation& operation = trace_.operations[found->second];
    operation.end = event_;
    operation.outcome = outcome;
    operation.answer = answer;
  }

  void observe(const World& world, std::uint8_t number) {
    const SimNode& node = world.node(number);
    Trace::NodeState state;
    state.node = number;
    state.up = node.up();
    state.paused = node.paused;
    state.stopping = node.stopping;
    const LogImage& log = node.log().written();
    state.term = log.hard_state.term.value;
    state.voted_for = log.hard_state.voted_for ? log.hard_state.voted_for->value : 0;
    state.base = log.base.index.value;
    state.last = log.last_index();
    state.durable = node.log().durable().last_index();
    state.applied = node.applied().index();
    state.flushed = node.applied().durable();
    state.damaged = node.log().damaged();
    state.refusal = node.refusal();
    if (node.up()) {
      const consensus::NodeView view = node.view();
      state.role = static_cast<std::uint8_t>(view.role);
      state.term = view.hard_state.term.value;
      state.leader = view.leader ? view.leader->value : 0;
      state.commit = view.commit.value;
      state.voters = text_of_voters(node.core().membership());
      const consensus::Status status = node.core().status();
      state.standing = static_cast<std::uint8_t>(status.standing);
      state.lacks = status.damage ? status.damage->first.value : 0;
      state.lacks_to = status.damage ? status.damage->last.value : 0;
      state.stateless = status.awaits_state;
      state.low_space = status.low_space;
    }
    Last& last = last_[number];
    // The log changes only when it is written to, and that shows in these.
    if (!last.state || last.state->last != state.last || last.state->term != state.term ||
        last.state->up != state.up || last.state->durable != state.durable) {
      last.terms = runs_of_terms(log);
    }
    state.terms = last.terms;
    if (last.state && same(*last.state, state)) return;
    state.event = event_;
    last.state = state;
    trace_.states.push_back(std::move(state));
  }

  static bool same(Trace::NodeState a, const Trace::NodeState& b) {
    a.event = b.event;
    return a == b;
  }

  struct Last {
    std::optional<Trace::NodeState> state;
    std::string terms;
  };

  // Where what waits for a node's disk began, by how far it goes.
  struct Work {
    std::map<std::uint64_t, std::uint32_t> written;  // log requests
    std::map<std::uint64_t, std::uint32_t> applied;  // log indexes
    std::uint32_t building = Trace::kNone;
    std::uint32_t installing = Trace::kNone;
    std::uint32_t heard = Trace::kNone;  // in the turn that is open
  };

  Trace& trace_;
  std::uint32_t event_ = 0;
  std::array<Work, kMaxSimNodes> work_;
  std::unordered_map<std::uint64_t, std::uint32_t> by_number_;
  std::unordered_map<std::uint64_t, std::size_t> by_request_;
  std::array<Last, kMaxSimNodes> last_;
};

}  // namespace

Trace trace_of(const Recording& recording) {
  Trace trace;
  Tracer tracer(trace);
  trace.result = replay(recording, [&](const World& world, const RecordedEvent& recorded) {
    tracer.after(world, recorded);
  });
  return trace;
}

}  // namespace confman::sim
