#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "consensus/types.hpp"
#include "domain/audit/event.hpp"
#include "domain/command/command.hpp"
#include "domain/command/reply.hpp"
#include "domain/entries/entry.hpp"
#include "domain/limits.hpp"
#include "domain/namespaces/namespace.hpp"
#include "domain/outcomes/limits.hpp"
#include "domain/state/store.hpp"
#include "sim/reference/access.hpp"
#include "sim/reference/review.hpp"

namespace confman::sim {

// What the state machine should make of the committed log, written a second time: plain maps that
// keep all that there ever was, so that a state can be looked at as of any index, and nothing of
// domain/apply and the queries. Answers and states are judged by it.
//
// Only rules that are none of the state machine's are production's here, too: what a valid command
// is, and SHA-256.
class ReferenceState {
 public:
  explicit ReferenceState(domain::OutcomeLimits outcomes = {});

  // Each committed entry once, in order. False: it doesn't follow on what was applied.
  bool apply(const consensus::Entry& entry);

  std::uint64_t last_index() const { return terms_.size(); }
  // 0:0 and what the log has.
  bool was(domain::Revision position) const;
  // Whether a node that has applied `index` must take it for one: where an entry left no event, it
  // can't know the term exactly.
  bool could_be(domain::Revision position, std::uint64_t index) const;
  domain::Revision position_at(std::uint64_t index) const;
  std::uint64_t feature_level() const { return feature_level_; }

  // What a command of the log came to.
  struct Decided {
    std::uint64_t index{};
    domain::Reply reply;
  };
  // The request id of what was applied last: of a client's command, or of a change of members that
  // somebody asked for. (A refused change is noted under its own id, and isn't done.)
  const std::string& last_id() const { return last_id_; }
  // Of all commands with that request id; null: there is none in the log.
  const std::vector<Decided>* decided(const std::string& request_id) const;
  // From which entry on changes of members say who asked for them.
  std::uint64_t noted_from() const { return noted_from_; }
  // The log has a change of members that was asked for with that request id.
  bool has_change(const std::string& request_id) const { return changes_.contains(request_id); }

  using Name = std::pair<std::string, std::string>;  // path and key
  struct Version {
    domain::EntryRow row;
    Sha256Digest digest{};        // of its value
    std::uint64_t pruned_at = 0;  // index; 0: it stays
    std::uint64_t destroyed_at = 0;
    domain::EntryRow remains{};  // once it is destroyed

    // What a state as of that index has of it.
    const domain::EntryRow& seen_at(std::uint64_t index) const {
      return destroyed_at != 0 && destroyed_at <= index ? remains : row;
    }
  };
  // By names in their order; each with its versions from the first on.
  const std::map<Name, std::vector<Version>>& entries() const { return entries_; }
  // As of an index: the newest version, tombstones too; null: there is none.
  const domain::EntryRow* head(const Name& name, std::uint64_t index) const;
  // The same of then, as a state as of `index` has it.
  const domain::EntryRow* head_of(const Name& name, std::uint64_t then, std::uint64_t index) const;
  const domain::EntryRow* live(const Name& name, std::uint64_t index) const;
  const domain::EntryRow* version(const Name& name, std::uint64_t version,
                                  std::uint64_t index) const;

  // Whether what the entry had as of `then` isn't kept any more by a state as of `index`.
  bool is_pruned(const Name& name, std::uint64_t then, std::uint64_t index) const;

  struct NamespaceAt {
    std::uint64_t index{};
    std::optional<domain::NamespaceRow> row;  // nothing: deleted
  };
  const std::map<std::string, std::vector<NamespaceAt>>& namespaces() const { return namespaces_; }
  const domain::NamespaceRow* name_space(const std::string& path, std::uint64_t index) const;

  // The audit trail, without chain values.
  const std::vector<domain::AuditRow>& trail() const { return trail_; }
  // The number of its events with an index up to this one.
  std::size_t events_up_to(std::uint64_t index) const;

  const Access& access() const { return access_; }
  // Who asked for the last command.
  const Asker& last_asker() const { return asker_; }
  // The wall clock's part of log time as of an index.
  std::int64_t log_time_at(std::uint64_t index) const {
    return index == 0 ? 0 : log_times_.at(index - 1);
  }

  std::uint64_t feature_level_at(std::uint64_t index) const {
    return index == 0 ? kFirstFeatureLevel : feature_levels_.at(index - 1);
  }
  // Named moments.
  const Chronicle<std::string, domain::RestorePointRow>& restore_points() const {
    return restore_points_;
  }
  // Policies and requests as of an index.
  Review review_at(std::uint64_t index) const;

  struct MembersAt {
    std::uint64_t index{};
    consensus::Membership membership;
  };
  const std::vector<MembersAt>& members() const { return members_; }

  // A sentence about the first difference; empty: the state is the one as of last_index().
  std::string difference(const domain::StateStore& state) const;

 private:
  friend class AskedRequests;  // looks back

  struct Change;  // of one command
  struct Outcome {
    domain::Command asked;  // without what tries may differ in
    domain::Reply reply;
    std::int64_t expires_ms{};
  };
  using OutcomeName = std::pair<std::string, std::string>;  // actor id or principal, and key

  void command(const consensus::Entry& entry);
  void membership(const consensus::Entry& entry);
  Change decide(const domain::PutEntry& put) const;
  Change decide(const domain::DeleteEntry& erase) const;
  Change decide(const domain::PutNamespace& put) const;
  Change decide(const domain::DeleteNamespace& erase) const;
  Change decide(const domain::NoteRefusedChange& note) const;
  Change decide(const domain::RollbackEntry& back) const;
  void make(const domain::PutEntry& put, const Change& change);
  void make(const domain::DeleteEntry& erase, const Change& change);
  void make(const domain::PutNamespace& put, const Change& change);
  void make(const domain::DeleteNamespace& erase, const Change& change);
  void make(const domain::NoteRefusedChange&, const Change&) {}
  void make(const domain::RollbackEntry& back, const Change& change);
  // Nobody here puts schemas, or binds anything to them, or has secrets.
  Change not_here(domain::Action attempted) const;
  template <class Body>
    requires(Body::kSince == kSchemas || Body::kSince == kPast)
  auto decide(const Body& body) const {
    return not_here(body.attempted());
  }
  template <class Body>
    requires(Body::kSince == kSchemas || Body::kSince == kPast)
  void make(const Body&, const Change&) {}
  // Quotas, rollbacks of namespaces, retention, destruction, restore points: state_past.cpp.
  struct Used {
    std::int64_t entries = 0;
    std::int64_t bytes = 0;
  };
  Used used_in(const std::string& path) const;
  void hold_to_quotas(const std::string& path, Used growth, Change& change) const;
  void hold_to_quotas(const Name& name, const domain::EntryRow& row, Change& change) const;
  Change decide(const domain::PutQuota& put) const;
  Change decide(const domain::DeleteQuota& erase) const;
  Change decide(const domain::RollbackNamespace& back) const;
  Change decide(const domain::PutRetention& put) const;
  Change decide(const domain::DeleteRetention& erase) const;
  Change decide(const domain::DoChore& chore) const;
  Change decide(const domain::DestroyVersion& destroy) const;
  Change decide(const domain::CreateRestorePoint& create) const;
  Change decide(const domain::DeleteRestorePoint& erase) const;
  void make(const domain::PutQuota& put, const Change& change);
  void make(const domain::DeleteQuota& erase, const Change& change);
  void make(const domain::RollbackNamespace& back, const Change& change);
  void make(const domain::PutRetention& put, const Change& change);
  void make(const domain::DeleteRetention& erase, const Change& change);
  void make(const domain::DoChore& chore, const Change& change);
  void make(const domain::DestroyVersion& destroy, const Change& change);
  void make(const domain::CreateRestorePoint& create, const Change& change);
  void make(const domain::DeleteRestorePoint& erase, const Change& change);
  void empty_request(const domain::DestroyVersion& destroy, std::uint64_t published_at);
  std::vector<std::string> changed_since(const domain::RollbackNamespace& back,
                                         std::uint64_t then) const;
  std::uint64_t index_of(const domain::RollbackNamespace& back) const;
  std::string keeper_of(const std::string& path) const;
  // Of what is published as one: sets the obstacle.
  std::optional<domain::Refusal> too_much_since(const std::map<std::string, Used>& before,
                                                const std::set<std::string>& paths);
  std::uint64_t oldest_held() const;
  std::uint64_t prune(const std::string& path);
  std::string difference_of_past(const domain::StateStore& state) const;
  // About access: state_access.cpp.
  std::optional<domain::Refusal> lacks(const domain::CommandBody& body) const;
  bool may(domain::Permission permission, const std::string& path) const;
  Change decide(const domain::CreateApiKey& create) const;
  Change decide(const domain::RevokeApiKey& revoke) const;
  Change decide(const domain::MintBootstrapKey& mint) const;
  Change decide(const domain::PutRole& put) const;
  Change decide(const domain::DeleteRole& erase) const;
  Change decide(const domain::PutAssignment& put) const;
  Change decide(const domain::DeleteAssignment& erase) const;
  Change decide(const domain::AddGroupMember& add) const;
  Change decide(const domain::RemoveGroupMember& erase) const;
  void make(const domain::CreateApiKey& create, const Change& change);
  void make(const domain::RevokeApiKey& revoke, const Change& change);
  void make(const domain::MintBootstrapKey& mint, const Change& change);
  void make(const domain::PutRole& put, const Change& change);
  void make(const domain::DeleteRole& erase, const Change& change);
  void make(const domain::PutAssignment& put, const Change& change);
  void make(const domain::DeleteAssignment& erase, const Change& change);
  void make(const domain::AddGroupMember& add, const Change& change);
  void make(const domain::RemoveGroupMember& erase, const Change& change);
  // About review: state_review.cpp.
  void remember_review();
  std::optional<domain::Refusal> held_up(const domain::CommandBody& body) const;
  Change decide(const domain::PutPolicy& put) const;
  Change decide(const domain::DeletePolicy& erase) const;
  Change decide(const domain::CreateRequest& create) const;
  Change decide(const domain::EditRequest& edit) const;
  Change decide(const domain::StepRequest& command) const;
  Change decide(const domain::PublishDue& due) const;
  void make(const domain::PutPolicy& put, const Change& change);
  void make(const domain::DeletePolicy& erase, const Change& change);
  void make(const domain::CreateRequest& create, const Change& change);
  void make(const domain::EditRequest& edit, const Change& change);
  void make(const domain::StepRequest& command, const Change& change);
  void make(const domain::PublishDue& due, const Change& change);
  std::string me() const;
  bool may_now(const std::string& who, domain::Permission permission,
               const std::string& path) const;
  bool may_in_all(domain::Permission, const std::vector<domain::CommandBody>& changes) const;
  bool may_in_some(domain::Permission, const std::vector<domain::CommandBody>& changes) const;
  bool belongs_to(const std::string& who, const std::string& name) const;
  bool is_met(const ReviewedRequest& request, const std::string& path) const;
  bool is_met(const ReviewedRequest& request) const;
  bool heeds_freezes(const ReviewedRequest& request) const;
  bool is_in_freeze(const ReviewedRequest& request) const;
  std::optional<std::uint64_t> live_of(const domain::CommandBody& change) const;
  std::uint32_t moved(const std::vector<domain::CommandBody>& changes) const;
  void about_request(std::uint64_t id, Change& change) const;
  void set_changes(ReviewedRequest& request, std::vector<domain::CommandBody> changes,
                   std::int64_t publish_at_ms);
  void note(ReviewedRequest& request, domain::Action action, const std::string& text,
            std::optional<domain::Refusal> refusal = std::nullopt);
  void settle(ReviewedRequest& request);
  std::int64_t lifetime_of(const ReviewedRequest& request) const;
  void submit(ReviewedRequest& request);
  void edited(ReviewedRequest& request);
  std::optional<domain::Refusal> cant(domain::RequestStep step,
                                      const ReviewedRequest& request) const;
  std::optional<domain::Refusal> cant_approve(const ReviewedRequest& request) const;
  std::optional<domain::Refusal> cant_publish(const ReviewedRequest& request) const;
  std::optional<domain::Refusal> no_emergency(const ReviewedRequest& request) const;
  Change tried(std::uint64_t id, Change change) const;
  Change with_publication(std::uint64_t id, Change change) const;
  // What is refused, and the number of the change.
  std::pair<std::optional<domain::Refusal>, std::uint32_t> publish_all(std::uint64_t id);
  void live_now(std::uint64_t id, bool emergency);
  Asker scheduler_of(const ReviewedRequest& request) const;
  std::string difference_of_review(const domain::StateStore& state) const;

  std::optional<domain::Refusal> no_such_room(const Sha256Digest& digest) const;
  bool is_last_admin(const std::string& path, const std::string& principal) const;
  void add_key(domain::ApiKeyRow row);
  void note_use();
  void assign(const std::string& path, const std::string& principal, const std::string& roles);
  void count_uses(const std::string& roles, int step);
  void count_assignment(const std::string& path, int step);
  void forget_access_in(const std::string& path);
  void set_inheriting(const std::string& path, bool inherits);
  void access_changes();
  std::string difference_of_access(const domain::StateStore& state) const;
  void count(const std::string& path, std::int64_t entries, std::int64_t children);
  void set_namespace(const std::string& path, std::optional<domain::NamespaceRow> row);
  void add_version(const Name& name, domain::EntryRow row);
  void add_event(const Change& change, const domain::CommandBody& body,
                 const std::string& request_id);
  domain::Reply execute(const domain::Command& command, std::optional<domain::Refusal> refused);
  void remember(const OutcomeName& name, const domain::Command& asked, const domain::Reply& reply);
  void forget(const OutcomeName& name);
  std::string difference_of_tables(const domain::StateStore& state) const;

  domain::OutcomeLimits limits_;
  std::vector<std::uint64_t> terms_;
  std::uint64_t feature_level_ = kFirstFeatureLevel;
  HlcStamp last_stamp_{};
  std::map<Name, std::vector<Version>> entries_;
  std::map<std::string, std::vector<NamespaceAt>> namespaces_;
  std::vector<domain::AuditRow> trail_;
  std::vector<MembersAt> members_;
  std::map<OutcomeName, Outcome> outcomes_;
  std::set<std::pair<std::int64_t, OutcomeName>> by_expiry_;
  Access access_;
  Review review_;
  // What it was.
  Chronicle<std::string, domain::PolicyRow> policies_were_;
  Chronicle<std::uint64_t, std::shared_ptr<const ReviewedRequest>> requests_were_;
  std::set<std::uint64_t> emptied_;                 // requests that the entry took a value out of
  std::map<std::string, domain::QuotaRow> quotas_;  // but for what is used
  std::map<std::string, domain::RetentionRow> retentions_;
  Chronicle<std::string, domain::RestorePointRow> restore_points_;
  std::uint64_t access_changed_ = 0;
  std::vector<std::int64_t> log_times_;  // of each entry
  std::vector<std::uint64_t> feature_levels_;
  std::uint64_t live_entries_ = 0;
  std::uint64_t live_namespaces_ = 0;
  std::unordered_map<std::string, std::vector<Decided>> decided_;
  std::set<std::string> changes_;
  std::uint64_t noted_from_ = UINT64_MAX;
  std::string last_id_;
  // Of the command being applied.
  domain::Revision at_;
  HlcStamp stamp_;
  domain::Actor actor_;
  Asker asker_;
  domain::Actor author_;          // of what is written
  std::string asked_as_;          // the request id
  std::uint64_t publishing_ = 0;  // the request whose changes are decided; 0: none
  // What stands in the way of publishing it.
  struct Obstacle {
    std::string about;
    std::uint64_t limit = 0;
    std::uint64_t used = 0;
    std::uint64_t asked = 0;
  };
  Obstacle obstacle_;
};

}  // namespace confman::sim
