#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/entries/entry.hpp"
#include "domain/query/page.hpp"
#include "domain/review/bases.hpp"
#include "domain/review/changes.hpp"
#include "domain/review/rules.hpp"
#include "domain/state/store.hpp"

// Questions about policies and requests (query/page.hpp).
namespace confman::domain {

// What there is to say of a request's state as of one position: as it lies, or what time or other
// people's changes have made of it.
enum class RequestPhase : std::uint8_t {
  Draft = 0,
  Pending = 1,
  Approved = 2,
  Published = 3,
  Rejected = 4,
  Withdrawn = 5,
  Scheduled = 6,   // approved, and published ahead of its time
  Superseded = 7,  // under review, and a change starts from what is no longer live
  Expired = 8,     // was under review for too long
};
inline constexpr auto kRequestPhases = std::to_array<std::pair<RequestPhase, std::string_view>>({
    {RequestPhase::Draft, "draft"},
    {RequestPhase::Pending, "pending_review"},
    {RequestPhase::Approved, "approved"},
    {RequestPhase::Published, "published"},
    {RequestPhase::Rejected, "rejected"},
    {RequestPhase::Withdrawn, "withdrawn"},
    {RequestPhase::Scheduled, "scheduled"},
    {RequestPhase::Superseded, "superseded"},
    {RequestPhase::Expired, "expired"},
});
constexpr std::string_view name_of(RequestPhase phase) {
  return kRequestPhases[static_cast<std::size_t>(phase)].second;
}

struct FoundRequest {
  std::uint64_t id{};
  RequestRow row;
  RequestPhase phase{};
};

// A change, and what it would change. Hidden, where who asks may not draft, or it is live, and they
// neither may read there nor had a hand in it: only its namespace is told.
struct FoundChange {
  std::string path;
  bool hidden = false;
  bool unread =
      false;  // who asks may not read there: they aren't told what was, is or was once live
  std::optional<CommandBody> change;
  std::optional<std::uint64_t> base;  // base_of()
  std::optional<std::uint64_t> live;  // live_version_of()
  // Of an entry: what the change starts from, and what is live; nothing where that is no entry, or
  // there is none.
  std::optional<EntryRow> base_row;
  std::optional<EntryRow> live_row;
  std::optional<EntryRow> restored_row;  // what a rollback publishes again
  bool left_out = false;                 // these rows: there would be too many bytes of them
  // Of what is no entry: standing(), where who asks may see that, and it isn't published.
  bool tells_standing = false;
  std::optional<CommandBody> standing;

  bool has_moved() const { return base != live; }
};

enum class RequestVerb : std::uint8_t {
  Edit,
  Submit,
  Approve,
  Reject,
  Withdraw,
  Comment,
  Rebase,
  Publish,
  Emergency,
  Review,
};
inline constexpr auto kRequestVerbs = std::to_array<std::pair<RequestVerb, std::string_view>>({
    {RequestVerb::Edit, "edit"},
    {RequestVerb::Submit, "submit"},
    {RequestVerb::Approve, "approve"},
    {RequestVerb::Reject, "reject"},
    {RequestVerb::Withdraw, "withdraw"},
    {RequestVerb::Comment, "comment"},
    {RequestVerb::Rebase, "rebase"},
    {RequestVerb::Publish, "publish"},
    {RequestVerb::Emergency, "emergency"},
    {RequestVerb::Review, "review"},
});
struct AllowedAction {
  RequestVerb verb{};
  std::optional<Refusal> why_not;  // nothing: it is allowed
};

struct FoundNote {
  std::uint32_t ordinal{};
  NoteRow row;
};

// All there is to a request, for who may draft in one of its namespaces.
struct RequestView {
  FoundRequest request;
  std::vector<FoundChange> changes;
  std::vector<Approval> approvals;
  std::vector<Requirement> requirements;
  std::vector<FoundNote> notes;  // the newest kMaxNotesOfView, oldest first
  std::vector<AllowedAction> actions;
  Work work;
};
// RequestNotFound also for who may not see it.
std::expected<RequestView, QueryFault> find_request(const StateStore&, std::uint64_t id,
                                                    const Caller&);

enum class Inbox : std::uint8_t {
  All,
  Mine,     // the caller had a hand in it
  Waiting,  // under review, and the caller may approve it; or an emergency to be looked at
};
struct ListRequests {
  std::string path;  // those that touch this namespace or one below
  bool open = true;  // only those with which something is still to be done
  Inbox inbox = Inbox::All;
  std::optional<RequestPhase> phase;
  std::optional<std::string> author;      // an identity
  std::optional<std::int64_t> before_ms;  // created before (log time)
  std::optional<std::uint64_t> after;     // exclusive; newest first
  std::size_t limit{};
  std::size_t max_visited = kMaxVisitedRows;
  std::size_t max_bytes = kMaxPageBytes;
};
using RequestPage = Page<FoundRequest, std::uint64_t>;
// Those that the caller may see.
RequestPage list_requests(const StateStore&, const ListRequests&, const Caller&);

// The policy that holds in a namespace, for who may read it.
struct FindPolicy {
  std::string path;
};
EffectivePolicy find_effective_policy(const StateStore&, std::string_view path);

struct DueRequest {
  std::int64_t at_ms{};  // log time
  std::uint64_t id{};
};
std::optional<DueRequest> first_due(const StateStore&);

}  // namespace confman::domain
