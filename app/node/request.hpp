#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "consensus/membership_change.hpp"
#include "consensus/types.hpp"
#include "domain/access/query.hpp"
#include "domain/access/rights.hpp"
#include "domain/audit/changes.hpp"
#include "domain/audit/query.hpp"
#include "domain/base/tagged.hpp"
#include "domain/base/time.hpp"
#include "domain/bindings/query.hpp"
#include "domain/bindings/verdict.hpp"
#include "domain/command/command.hpp"
#include "domain/command/reply.hpp"
#include "domain/entries/entry.hpp"
#include "domain/entries/query.hpp"
#include "domain/entries/resolve.hpp"
#include "domain/model/actor.hpp"
#include "domain/model/revision.hpp"
#include "domain/namespaces/namespace.hpp"
#include "domain/namespaces/query.hpp"
#include "domain/past/as_of.hpp"
#include "domain/past/compare.hpp"
#include "domain/past/listing.hpp"
#include "domain/past/rollback.hpp"
#include "domain/query/page.hpp"
#include "domain/quotas/quota.hpp"
#include "domain/restore/restore_point.hpp"
#include "domain/retention/retention.hpp"
#include "domain/review/query.hpp"

// What a client asks a node and what it hears back, without a word of HTTP: the API adapter and the
// simulated clients speak this.
namespace confman::node {

using RequestId = Tagged<struct RequestIdTag>;  // chosen by the host, never reused in a process run

// --- Requests -----------------------------------------------------------------------------------

struct Write {
  domain::Command command;  // without a stamp; limits and names are checked again here
  // A follower passes the write on to the leader; without, it answers Redirect.
  bool forward = true;
  // Of a change of bindings: it isn't made, and Judged says what it would meet.
  bool dry_run = false;
  // Of a request that is created or edited: which of its changes, from 0 on, start from what is
  // live in the state of the node that takes the write, instead of what they name.
  std::vector<std::uint32_t> from_live;
  // Of a schema: it is taken also where nobody can have meant it (schema::CompileOptions).
  bool force = false;
};

struct GetEntry {
  std::string path;
  std::string key;
  // The live one, if neither is given; not both.
  std::optional<std::uint64_t> version;
  std::optional<domain::AsOf> as_of;
};
struct GetNamespace {
  std::string path;
};
// A namespace, and the quotas that hold in it.
struct NamespaceView {
  domain::NamespaceRow row;
  std::vector<domain::FoundQuota> quotas;
};
struct GetApiKey {
  std::string id;
};
struct GetRole {
  std::string name;
};
struct GetAssignment {
  std::string path;
  std::string principal;
};
struct GetRequest {
  std::uint64_t id{};
};
struct GetSchema {
  std::string path;
  std::string name;
  std::optional<std::uint64_t> version;  // nothing: the newest
};
// What a namespace is held to, wherever it is bound.
struct GetBinding {
  std::string path;
};
// Whether who asks may do that: for answers that aren't made of the state.
struct MayDo {
  domain::Permission permission{};
  std::string path;
};
using Query =
    std::variant<GetEntry, GetNamespace, domain::ListEntries, domain::ListNamespaces,
                 domain::ListVersions, domain::ListAudit, domain::ListPast, domain::CompareVersions,
                 domain::CompareNamespace, domain::ResolveEntry, domain::ResolveNamespace,
                 GetApiKey, GetRole, GetAssignment, domain::ListApiKeys, domain::ListRoles,
                 domain::ListAssignments, domain::ListGroupMembers, domain::CheckAccess,
                 domain::FindPolicy, GetRequest, domain::ListRequests, MayDo, GetSchema, GetBinding,
                 domain::ListSchemas, domain::ListSchemaVersions, domain::FindQuotas,
                 domain::FindRetention, domain::PlanRollback, domain::GetRestorePoint,
                 domain::ListRestorePoints>;

enum class Consistency : std::uint8_t {
  Linearizable,  // ReadIndex, from any node
  Stale,         // this node's state, at once
};
struct Read {
  Query query;
  Consistency consistency = Consistency::Linearizable;
  // Wait until this much is applied here (read-your-writes). Makes a read of either mode wait; a
  // read that names a version and no mode is asked as Stale.
  std::optional<domain::Revision> min_version;
  // Stale only: an older state than this falls back to Linearizable.
  std::optional<Duration> max_staleness;
  domain::Credentials from;
  std::string request_id;  // of a reading that is noted, for the audit trail
};

// Long poll: answers once there is a change in scope behind `after`, or with an empty page at the
// deadline. A stream is a sequence of these, each from where the one before got to.
//
// A position that this cluster never had is PositionUnknown. One that isn't applied here yet has at
// least NodeConfig::position_wait to come, whatever the deadline.
struct Watch {
  domain::WatchScope scope;
  // Nothing: from what is applied now.
  std::optional<domain::Revision> after;
  bool with_after = false;  // what happened at `after` too
  std::size_t limit = 100;
  bool at_once = false;  // answers with an empty page, too
  // Goes on where no leader is known, and so nobody knows what was missed. Without it the watch
  // then fails after some election time-outs: NoLeader, or Removed.
  bool without_leader = false;
  domain::Credentials from;
};

// Changes the members of the cluster: answered once the final configuration is in force, and
// applied here. Only at the leader.
struct ChangeMembers {
  consensus::MemberChange change;
  std::string member;  // its name, as the request has it: there may be none of that name
  domain::Credentials from;
  std::string request_id;
};
// Hands leadership to that voter, or to whichever has most of the log. Only at the leader; answered
// once another node is known to lead.
struct Transfer {
  std::optional<consensus::MemberId> to;
  domain::Credentials from;
};

struct Request {
  RequestId id;
  // On the node's monotonic clock. Every request is answered exactly once, at the latest then.
  Time deadline;
  std::variant<Write, Read, Watch, ChangeMembers, Transfer> operation;
};

// --- Responses ----------------------------------------------------------------------------------

using Answer = std::variant<
    domain::EntryRow, NamespaceView, domain::EntryPage, domain::NamespacePage, domain::VersionPage,
    domain::AuditPage, domain::PastPage, domain::ComparedEntry, domain::ComparedPage,
    domain::FoundEntry, domain::ResolvedPage, domain::FoundApiKey, domain::FoundRole,
    domain::FoundAssignment, domain::ApiKeyPage, domain::RolePage, domain::AssignmentPage,
    domain::GroupMemberPage, domain::FoundAccess, domain::EffectivePolicy, domain::RequestView,
    domain::RequestPage, std::monostate, domain::QueryFault, domain::FoundSchema,
    domain::FoundBinding, domain::SchemaPage, domain::SchemaVersionPage,
    std::vector<domain::FoundQuota>, domain::EffectiveRetention, domain::FoundPlan,
    domain::FoundRestorePoint, domain::RestorePointPage>;

// The write was decided: applied or refused by the state machine (reply.refusal).
struct WriteDone {
  domain::Reply reply;
};
struct ReadDone {
  Answer answer;
  // How old the state may be; nothing when it is linearizable.
  std::optional<Duration> staleness;
  // Of one live entry: what its schema says of it, or of something in it, that is deprecated; may
  // be empty. Nothing, too, where the node has too much to hold to schemas at that moment.
  std::optional<std::string> deprecated;
};
// All that there was to see in (from, to].
struct WatchDone {
  domain::ChangePage page;
  domain::Revision from;
  domain::Revision to;  // where to go on
};
// The change of members, or of the leader, is done.
struct AdminDone {
  consensus::Membership membership;
};
// It is certainly not done, and why.
struct AdminRefused {
  consensus::ChangeRefusal why{};
};
// Who asks isn't known, or may not do that, as of the state of this node. It is certainly not done.
// (Of a write that is decided when it is applied; but one whose key nobody knows isn't proposed.)
struct Denied {
  domain::Refusal why{};
};
// A write wasn't made because of what it is held to: it is certainly not done. Or it was only to be
// tried, and the verdict says what of.
struct Judged {
  domain::Verdict verdict;
  bool of_binding = false;
  bool dry_run = false;
};
// This node isn't the leader, and doesn't forward: it was told not to, or it never does with this.
struct Redirect {};

// Why there is no answer, and what that means for a write.
enum class Failure : std::uint8_t {
  // Certainly not done.
  NoLeader,  // none known until the deadline: election or minority partition
  Busy,      // too much in flight here or at the leader; reads: their turn didn't come in time
  NoSpace,   // the disk of the leader, or of too many others, is as good as full
  ShuttingDown,
  InvalidCommand,      // breaks a limit or a name rule
  ReadTimeout,         // reads: not confirmed by a majority in time
  VersionWaitTimeout,  // reads and watches: that revision isn't applied here yet
  // Reads and watches: this cluster never had that revision, and never will: it is another one's,
  // or of a state that was lost.
  PositionUnknown,
  Removed,       // this node isn't a member any more
  NoState,       // stale reads: nothing was ever applied here
  FeatureLevel,  // writes: not every member runs a version that can apply it yet
  // What would have to be sealed, or opened to be held to a schema, can't be here: this node lacks
  // the master key.
  SecretsUnavailable,
  // Unknown: accepted, but whether it is or will be committed wasn't learnt in time.
  OutcomeUnknown,
};
struct Failed {
  Failure why{};
};

struct Response {
  RequestId id;
  std::variant<WriteDone, ReadDone, WatchDone, AdminDone, AdminRefused, Denied, Redirect, Failed,
               Judged>
      outcome;
  // What the answer reflects: of a write its own revision, else what this node had applied. A page
  // of a listing is of one state, this one.
  domain::Revision revision;
  std::optional<consensus::MemberId> leader;  // as known here
};

}  // namespace confman::node
