#pragma once

#include <cstdint>
#include <deque>
#include <expected>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "app/node/cluster_clock.hpp"
#include "app/node/forward_filter.hpp"
#include "app/node/node.hpp"
#include "app/node/open_request.hpp"
#include "app/node/watch_hub.hpp"
#include "domain/access/memo.hpp"
#include "domain/base/hlc.hpp"

namespace confman::node {

// The service layer, between clients and the log. Cut by concern: service.cpp (inputs, deadlines,
// answers), turns.cpp, writes.cpp, checks.cpp, secrets.cpp, reads.cpp, watches.cpp, admin.cpp,
// access.cpp, due.cpp, clocks.cpp, shutdown.cpp.
class Node::Service final : private consensus::StateMachine,
                            private consensus::Listener,
                            private consensus::PeerTransport {
 public:
  Service(NodeConfig config, consensus::Restored restored, Ports ports, Now now);

  void submit(Now now, Request request);
  void cancel(RequestId id);
  void receive(Now now, PeerMessage message);
  void tick(Now now);
  void end_turn(Now now);
  Time next_deadline() const;

  void judged(Now now, std::uint64_t job, domain::Verdict verdict);

  // Completions go to the driver within a turn of their own.
  template <class Input>
  void drive(Now now, Input&& input) {
    now_ = now;
    input(driver_);
  }

  void begin_shutdown() { shutting_down_ = true; }
  bool idle() const { return open_.size() == open_watches_ && remote_writes_ == 0; }
  NodeStatus status() const;
  std::vector<MemberChanged> take_member_changes() { return std::exchange(member_changes_, {}); }
  const std::optional<consensus::Halt>& halted() const { return halt_; }
  const consensus::Driver& driver() const { return driver_; }

 private:
  using Outcome = decltype(Response::outcome);

  // --- writes

  void submit_write(RequestId id, Write write);
  void begin_write(RequestId id, OpenWrite& open, Write write);
  void caught_up(RequestId id, OpenWrite& open);
  void route(RequestId id, OpenWrite& write);
  void forward(RequestId id, OpenWrite& write);
  void wait_for_leader(RequestId id, OpenWrite& write);
  void resend_forwards();
  void resend(RequestId id, OpenWrite& write);
  void route_waiting();
  void receive_forward(consensus::MemberId from, ForwardWrite write);
  void receive_forward_reply(consensus::MemberId from, const ForwardReply& reply);
  void propose_queued();
  void leader_changed();
  void decided(const Origin& origin, const domain::Reply& reply);
  void not_done(const Origin& origin, ForwardOutcome why);
  void unknown(const Origin& origin);
  void fail_write(RequestId id, Failure why);
  void reply_to(const RemoteOrigin& origin, ForwardOutcome outcome, const domain::Reply& reply);
  void resolve(consensus::LogId at, const domain::Reply* reply);
  void give_up_earlier_terms(consensus::Term term);
  void wake_watches_of(consensus::LogIndex index, const domain::Command& command);

  // --- writes that are held to schemas (checks.cpp)

  bool is_held(const domain::Command& command) const;
  void start_check(RequestId id, OpenWrite& write);
  bool is_remembered(const OpenWrite& write);
  std::optional<domain::Refusal> denies_check(const OpenWrite& write);
  std::optional<domain::Refusal> denies_changes(const domain::Caller& caller, std::uint64_t id,
                                                const domain::RequestRow& row);
  std::optional<domain::Refusal> denies_step(const OpenWrite& write,
                                             const domain::StepRequest& step);
  void propose_checked(RequestId id, OpenWrite& write, std::uint64_t stamp);
  void leave_readable(const OpenWrite& write, domain::Verdict& verdict);
  void run_checks();
  bool only_marks_matter(const domain::Command& command) const;
  domain::Work gather(RequestId id, OpenWrite& write);
  domain::Work gather_changes(RequestId id, OpenWrite& write);
  domain::Work gather_schema(RequestId id, OpenWrite& write, const domain::PutSchema& put);
  std::optional<std::uint64_t> stamp_of(const Checking& checking) const;
  std::uint64_t send_to_judge(RequestId id, domain::Held held);
  void ask_judge(RequestId id, OpenWrite& write, std::vector<domain::Question> questions);
  void out_to_be_judged(RequestId id, OpenWrite& write, domain::Held held);
  bool take_needs(std::optional<domain::Supply>& supply, domain::Verdict& verdict);
  void marks_judged(RequestId id, OpenWrite& write, domain::Verdict verdict);
  void confirm_verdict(RequestId id, OpenWrite& write, domain::Verdict verdict);
  void verdict_confirmed(RequestId id, OpenWrite& write, consensus::LogIndex index);
  void check_again(RequestId id, OpenWrite& write);
  void check_moved(RequestId id, OpenWrite& write, const domain::Reply& reply);
  void answer_verdict(RequestId id, OpenWrite& write);

  // --- secrets (secrets.cpp)

  bool has_secrets(const domain::CommandBody& body) const;
  std::expected<domain::Command, Failure> sealed(const Checking& checking) const;
  bool open_held(domain::Held& held, const domain::Credentials* asker);
  void fill_rewrapped(domain::CommandBody& body) const;
  domain::Work show_secrets(OpenRead& read, Answer& answer, const domain::Caller& caller) const;
  void give(RequestId id, OpenRead& read, ReadDone done, domain::Revision as_of);
  void note_reading(RequestId id, OpenRead read, ReadDone done, domain::Revision as_of);
  Outcome once_noted(Reading& reading, Outcome note) const;
  bool ask_deprecated(RequestId id, OpenRead& read, ReadDone& done, domain::Work& work);
  void send_deprecated(RequestId id, const OpenRead& read);
  domain::Work supply_read(RequestId id, OpenRead& read);
  void give_judged(RequestId id, OpenRead& read, std::optional<std::string> deprecated);
  void deprecated_judged(RequestId id, OpenRead& read, domain::Verdict verdict);
  domain::Work show_secrets(domain::ChangePage& page, const domain::Credentials& from);
  void note_secrets(const domain::MetaRow& meta);
  SecretsStatus secrets_status() const;

  // --- reads

  void submit_read(RequestId id, Read read);
  void confirm(RequestId id, OpenRead& read);
  void ask_read_index();
  void settle(RequestId id, OpenRead& read);
  domain::Work answer(RequestId id, OpenRead& read);
  domain::Work deny(RequestId id, OpenRead& read, domain::Refusal why);
  bool is_too_old(const Read& read) const;
  void answer_applied_reads();
  void note_fresh(consensus::LogIndex index, Time as_of);
  std::optional<Duration> staleness() const;
  void grow_older(ReadDone& done, Time since) const;

  // --- watches

  void submit_watch(RequestId id, Watch watch);
  void start_watch(RequestId id, Watch watch);
  void wait_for_position(RequestId id, const Watch& watch);
  void committed_up_to(RequestId id, const OpenWatch& watch, consensus::LogIndex index);
  void position_applied(RequestId id, OpenWatch& open);
  Time lost_leader_at() const;
  Failure why_leaderless() const;
  static bool needs_leader(const Request& request);
  void stop_at_unknown(domain::DecodeFault fault);
  void end_leaderless_watches();
  void end_watches();
  domain::Revision position_at(std::uint64_t through, domain::Revision from) const;
  void finish(RequestId id, const WatchHub::Parked& watch, domain::ChangePage page);
  void expire(RequestId id, OpenWatch& watch);
  void wake_watches();
  void catch_up(RequestId id, OpenWatch& watch);
  domain::Work look(RequestId id, OpenWatch& watch);
  bool is_near(const OpenWatch& watch) const;

  // --- access

  void note_access();
  bool is_anybody(const domain::Credentials& from) const;
  std::expected<domain::Caller, domain::Refusal> identify(const domain::Credentials& from);
  std::optional<domain::Refusal> denies(const domain::Credentials& from, domain::Need need);
  std::optional<domain::Refusal> denies_write(const domain::Credentials& from);

  // --- what is due

  void note_due(const domain::MetaRow& meta);
  void propose_due();
  std::optional<std::int64_t> time_of_stamps() const;
  std::optional<Time> due_at() const;
  std::optional<Time> request_due_at() const;
  Time when_stamps_come_to(std::int64_t at_ms, std::int64_t time_ms) const;
  void propose_own(domain::CommandBody body, std::string actor);
  void own_settled(bool done);
  bool due_is_checked();
  bool due_is_gathered();
  void due_judged(domain::Verdict verdict);

  // --- turns (turns.cpp)

  void run_queued();
  void run_some(std::deque<RequestId>& queue);
  std::size_t run_step(std::deque<RequestId>& queue);

  // --- admin

  void submit_change(RequestId id, ChangeMembers change);
  void submit_transfer(RequestId id, const Transfer& transfer);
  bool leads_or_says_who(RequestId id);
  void note_member_changes(const consensus::Membership& members, const domain::Actor& actor);
  void membership_applied(consensus::LogId at, const consensus::Membership& membership);
  void note_refusal(RequestId id, OpenAdmin& open, consensus::ChangeRefusal why);
  bool answer_refused(const Origin& origin);
  void resolve_changes(consensus::LogId applied);
  void forget_changes();
  void transfers_done();

  // --- clocks

  void mind_clocks();
  void ask_clocks();
  void answer_clock(consensus::MemberId from, ClockQuestion question);
  void look_at_clocks();
  bool waits_for_time();
  HlcStamp next_stamp();
  void hand_over_if_off();
  void note_level();
  Duration clock_round_trip() const;

  // --- shutdown

  void hand_over();

  // --- consensus::StateMachine
  void apply(std::span<const consensus::Entry> entries) override;
  void apply_other(const consensus::Entry& entry, const domain::LogPosition& position);
  void restored(consensus::LogId last) override;
  // --- consensus::Listener
  void proposal_appended(consensus::ProposalId id, consensus::LogId at) override;
  void proposal_refused(consensus::ProposalId id, consensus::ProposeRefusal why) override;
  void read_ready(consensus::ReadId id, consensus::LogIndex index) override;
  void read_failed(consensus::ReadId id) override;
  void status_changed() override;
  void membership_in_force(const consensus::Membership& contacts) override;
  void change_appended(consensus::ChangeId id, consensus::LogId at) override;
  void change_refused(consensus::ChangeId id, consensus::ChangeRefusal why) override;
  void transfer_given_up(consensus::ChangeId id) override;
  void halted(const consensus::Halt& halt) override { halt_ = halt; }
  // --- consensus::PeerTransport
  void send(consensus::Message message) override;

  // --- all requests

  template <class Work>
  Work* find(RequestId id);
  void expire(RequestId id);
  void set_deadline(RequestId id, Time deadline);
  void shorten_deadline(RequestId id, Time deadline);
  // Queues the answer for the end of the turn and closes the request, if it is still open.
  void respond(RequestId id, Outcome outcome,
               std::optional<domain::Revision> revision = std::nullopt);
  void fail(RequestId id, Failure why) { respond(id, Failed{why}); }
  bool is_leader() const { return role_ == consensus::Role::Leader; }

  NodeConfig config_;
  Ports ports_;
  Now now_;            // of the call in progress
  HybridClock clock_;  // of the stamps below kCommonTime
  ClusterClock cluster_clock_;
  std::uint64_t feature_level_ = kFirstFeatureLevel;  // as applied
  std::uint64_t next_question_;
  Time clocks_at_;                       // to be looked at again
  Time wait_for_time_until_{INT64_MIN};  // since this node leads
  Time hand_over_not_before_{INT64_MIN};

  // What consensus last said, so that nobody asks it for each request.
  consensus::Role role_ = consensus::Role::Follower;
  consensus::Term term_;
  std::optional<consensus::MemberId> leader_;
  Time leaderless_since_;  // while none is known
  domain::Revision applied_;
  consensus::LogIndex told_;               // the newest that a write was answered with here
  std::uint64_t log_chain_{};              // there
  std::uint64_t bindings_{};               // as applied, of MetaRow
  std::uint64_t data_keys_{};              // likewise
  decltype(SecretsStatus::wraps) wraps_;   // likewise
  bool wraps_moved_ = true;                // since that was looked up
  bool closed_ = false;                    // likewise
  std::uint64_t access_changed_{};         // likewise
  std::int64_t log_time_ms_{};             // likewise
  std::optional<domain::DueRequest> due_;  // the first, as applied
  std::optional<domain::Chore> chore_;     // likewise
  bool due_proposed_ = false;              // one of them, and its outcome isn't known yet
  bool due_waits_for_time_ = false;        // as of the end of the turn: no hurry to look again
  bool chore_proposed_ = false;            // it is the chore
  Time due_not_before_{INT64_MIN};
  Time due_look_again_{INT64_MIN};  // unless something happens
  // What is due is held to schemas first.
  struct DueCheck {
    std::uint64_t id{};
    std::uint64_t stamp{};
    std::optional<domain::Gathering> gathering;
    std::optional<domain::Supply> supply;
    std::uint64_t job{};        // out to be judged; 0: it isn't yet
    std::optional<bool> valid;  // the verdict
  };
  std::optional<DueCheck> due_check_;
  domain::AccessMemo memo_;  // of the state as applied
  bool shutting_down_ = false;
  bool handed_over_ = false;

  std::unordered_map<std::uint64_t, Open> open_;  // by request id; looked up, never iterated
  std::set<std::pair<Time, RequestId>> deadlines_;
  std::vector<Response> responses_;  // of this turn
  std::size_t open_writes_ = 0;
  std::size_t open_reads_ = 0;
  std::size_t open_watches_ = 0;

  // Reads and watches that wait for their turn, in the order in which it comes (turns.cpp). Ids of
  // requests that are gone may be there.
  std::deque<RequestId> quick_;     // single entries, and watches that are near
  std::deque<RequestId> looks_;     // listings, for their first look
  std::deque<RequestId> long_;      // listings that need more, and watches that are far behind
  Time next_long_step_;             // not before
  std::optional<Time> long_began_;  // when a turn with a long step began, until the next turn

  std::vector<QueuedWrite> queue_;      // to be proposed at the end of this turn
  std::vector<QueuedWrite> proposing_;  // while Driver::propose runs
  std::uint64_t first_proposal_ = 0;    // id of proposing_[0]
  std::uint64_t next_proposal_ = 1;
  std::set<RequestId> without_leader_;  // writes in stage Waiting
  std::optional<Time> route_again_at_;  // while the one we take for the leader says it isn't
  // By (index, term): an index may be proposed at again in a later term of ours.
  std::map<std::pair<consensus::LogIndex, consensus::Term>, Origin> appended_;
  consensus::Term resolved_term_;  // of what was applied last: none of an earlier one is in it
  std::size_t remote_writes_ = 0;  // of appended_ and queue_
  std::map<std::uint64_t, RequestId> forwards_;               // forward id → write
  std::set<std::pair<Time, std::uint64_t>> forward_retries_;  // of writes with a key
  std::uint64_t next_forward_;
  ForwardFilter forward_filter_;
  consensus::Term
      boot_term_;  // what a former run of this node may have accepted has this term or less

  // Writes in stage Gathering, reads that wait for what their schemas refer to, or what is gone.
  // Those that have begun come first: what is gathered may be much.
  std::deque<RequestId> to_check_;
  std::map<std::uint64_t, RequestId> judging_;  // by job; also those that are gone
  std::uint64_t next_job_ = 1;
  domain::KnownReferences known_references_;
  domain::QuietSchemas quiet_schemas_;

  std::vector<RequestId> to_confirm_;  // for the next read index round: reads, watches ahead
  std::map<consensus::ReadId, ReadRound> rounds_;
  std::optional<Time> confirm_again_at_;
  std::uint64_t next_read_;
  std::set<std::pair<consensus::LogIndex, RequestId>> waiting_applied_;
  // The state is at least as new as the cluster's was at fresh_as_of_, and will be as of the second
  // of the pair once it has applied the first.
  std::optional<Time> fresh_as_of_;
  std::optional<std::pair<consensus::LogIndex, Time>> fresh_once_applied_;

  // By the number that consensus knows them by; open requests only.
  std::map<consensus::ChangeId, RequestId> changes_;
  std::map<consensus::ChangeId, RequestId> transfers_;
  std::uint64_t next_change_ = 1;
  consensus::Membership known_members_;  // as applied
  std::vector<MemberChanged> member_changes_;
  std::optional<consensus::Halt> halt_;

  WatchHub hub_{config_.max_noted_changes};
  std::set<RequestId> ahead_;  // watches whose position isn't applied here yet

  consensus::Driver driver_;  // last: its constructor may call back
};

template <class Work>
Work* Node::Service::find(RequestId id) {
  auto it = open_.find(id.value);
  return it == open_.end() ? nullptr : std::get_if<Work>(&it->second.work);
}

}  // namespace confman::node
