#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/base/bytes.hpp"
#include "domain/base/hash.hpp"
#include "domain/base/hlc.hpp"
#include "domain/codec/record.hpp"
#include "domain/limits.hpp"
#include "domain/state/key.hpp"
#include "domain/state/table.hpp"

// Requests: what somebody wants to be published, from its draft on. What a request changes are
// commands (review/changes.hpp); they stand here until they are decided, all at once.
namespace confman::domain {

// As it lies. What time or other people's changes have made of it is told when it is asked for
// (review/query.hpp). The numbers are on disk.
enum class RequestState : std::uint8_t {
  Draft = 1,
  Pending = 2,    // submitted, waits for approvals
  Approved = 3,   // there were all that the policies asked for
  Published = 4,  //
  Rejected = 5,   // can be edited, which makes it a draft again
  Withdrawn = 6,
};
inline constexpr RequestState kLastRequestState = RequestState::Withdrawn;

constexpr bool is_final(RequestState state) {
  return state == RequestState::Published || state == RequestState::Withdrawn;
}

struct RequestRow {
  std::uint64_t state{};    // a RequestState
  std::uint64_t version{};  // 1, 2, …: of its content and state; approvals and comments don't count
  std::string title;
  std::string reason;
  Actor author;
  std::string contributors;  // identities of all who had a hand in it, in ascending order
  std::string namespaces;    // that it touches: join_paths()
  std::uint32_t changes{};
  std::uint64_t bytes{};   // of the changes
  Sha256Digest content{};  // of the changes with the versions they start from, and of publish_at
  std::uint32_t approvals{};
  std::uint32_t notes{};  // also the ordinal of the next
  HlcStamp created_at;
  HlcStamp updated_at;
  HlcStamp submitted_at;         // zero: it isn't
  std::int64_t expires_ms{};     // log time; 0: never
  std::int64_t publish_at_ms{};  // log time before which it isn't published; 0: at once
  std::string scheduled_by;      // identity of who published it ahead of that time; or empty
  std::string scheduled_scopes;  // of the key that was used
  Revision revision;             // of the last change
  Revision published;            // 0:0: it isn't
  bool emergency{};              // published without the approvals
  std::string reviewed_by;       // identity of who looked at that afterwards
  // Log index of the oldest state that its changes need; 0: none (retention/held_index.hpp).
  std::uint64_t holds{};

  template <class Self, class Visit>
  static void for_each_field(Self& row, Visit&& visit) {
    visit(Field{1, "state"}, row.state);
    visit(Field{2, "version"}, row.version);
    visit(Text{3, "title", kMaxTitleBytes}, row.title);
    visit(Text{4, "reason", kMaxDescriptionBytes}, row.reason);
    visit(Field{5, "author"}, row.author);
    visit(Text{8, "contributors", kMaxContributorsBytes}, row.contributors);
    visit(Text{9, "namespaces", kMaxNamespacesOfRequestBytes}, row.namespaces);
    visit(Field{10, "changes"}, row.changes);
    visit(Field{11, "bytes"}, row.bytes);
    visit(Field{12, "content"}, row.content);
    visit(Field{13, "approvals"}, row.approvals);
    visit(Field{14, "notes"}, row.notes);
    visit(Field{15, "created"}, row.created_at);
    visit(Field{17, "updated"}, row.updated_at);
    visit(Field{19, "submitted"}, row.submitted_at);
    visit(Field{21, "expires_ms"}, row.expires_ms);
    visit(Field{22, "publish_at_ms"}, row.publish_at_ms);
    visit(Text{23, "scheduled_by", kMaxPrincipalBytes}, row.scheduled_by);
    visit(Text{24, "scheduled_scopes", kMaxScopesBytes}, row.scheduled_scopes);
    visit(Field{25, "revision"}, row.revision);
    visit(Field{27, "published"}, row.published);
    visit(Field{29, "emergency"}, row.emergency);
    visit(Text{30, "reviewed_by", kMaxPrincipalBytes}, row.reviewed_by);
    visit(Field{40, "holds"}, row.holds);
  }
  RequestState lies_in() const { return static_cast<RequestState>(state); }
  void becomes(RequestState now) { state = static_cast<std::uint64_t>(now); }
  bool has_expired(std::int64_t now_ms) const { return expires_ms != 0 && expires_ms <= now_ms; }
  bool is_scheduled() const { return !scheduled_by.empty(); }
  // Published over the heads of those who had to agree, and nobody else has looked at it yet.
  bool awaits_review() const { return emergency && reviewed_by.empty(); }
  friend bool operator==(const RequestRow&, const RequestRow&) = default;
};

// One change of a request, as an encoded command body (command/command.hpp).
struct RequestChangeRow {
  Bytes body;

  template <class Self, class Visit>
  static void for_each_field(Self& row, Visit&& visit) {
    visit(Blob{1, "body", kMaxCommandBytes}, row.body);
  }
  friend bool operator==(const RequestChangeRow&, const RequestChangeRow&) = default;
};

// Somebody agreed to exactly this content.
struct ApprovalRow {
  Sha256Digest content{};
  Actor actor;
  HlcStamp given_at;
  Revision revision;
  std::uint64_t schemas{};  // schemas_bound() of the changes then

  template <class Self, class Visit>
  static void for_each_field(Self& row, Visit&& visit) {
    visit(Field{1, "content"}, row.content);
    visit(Field{2, "actor"}, row.actor);
    visit(Field{5, "given"}, row.given_at);
    visit(Field{7, "revision"}, row.revision);
    visit(Field{9, "schemas"}, row.schemas);
  }
  friend bool operator==(const ApprovalRow&, const ApprovalRow&) = default;
};

// One line of what happened to a request, with what was said.
struct NoteRow {
  Action action{};
  Actor actor;
  HlcStamp stamp;
  Revision revision;
  std::uint64_t version{};  // of the request, behind it
  std::string text;
  std::optional<Refusal> refusal;  // of a publication that was due and couldn't be

  template <class Self, class Visit>
  static void for_each_field(Self& row, Visit&& visit) {
    visit(Field{1, "action"}, row.action);
    visit(Field{2, "actor"}, row.actor);
    visit(Field{5, "stamp"}, row.stamp);
    visit(Field{7, "revision"}, row.revision);
    visit(Field{9, "version"}, row.version);
    visit(Text{10, "text", kMaxNoteBytes}, row.text);
    visit(Field{11, "refusal"}, row.refusal);
  }
  friend bool operator==(const NoteRow&, const NoteRow&) = default;
};

// A line each: paths hold no line break.
std::string join_paths(std::vector<std::string_view> paths);  // sorts, drops doubles
std::vector<std::string_view> split_paths(std::string_view text);

namespace keys {

// A request's id is the log index it was made at.
struct RequestKey {
  std::uint64_t id{};

  template <class Self, class Visit>
  static constexpr void for_each_part(Self& key, Visit&& visit) {
    visit("id", key.id);
  }
};
struct PartOfRequestKey {
  std::uint64_t id{};
  std::uint32_t ordinal{};

  template <class Self, class Visit>
  static constexpr void for_each_part(Self& key, Visit&& visit) {
    visit("id", key.id);
    visit("ordinal", key.ordinal);
  }
};
struct ApprovalKey {
  std::uint64_t id{};
  std::string_view principal;

  template <class Self, class Visit>
  static constexpr void for_each_part(Self& key, Visit&& visit) {
    visit("id", key.id);
    visit("principal", key.principal);
  }
};
struct DueRequestKey {
  std::int64_t at_ms{};
  std::uint64_t id{};

  template <class Self, class Visit>
  static constexpr void for_each_part(Self& key, Visit&& visit) {
    visit("at_ms", key.at_ms);
    visit("id", key.id);
  }
};
inline Bytes of_request(std::uint64_t id) {
  return encode_key(RequestKey{id});
}
inline Bytes of_request_part(std::uint64_t id, std::uint32_t ordinal) {
  return encode_key(PartOfRequestKey{id, ordinal});
}
inline Bytes of_approval(std::uint64_t id, std::string_view principal) {
  return encode_key(ApprovalKey{id, principal});
}
inline Bytes of_due_request(std::int64_t at_ms, std::uint64_t id) {
  return encode_key(DueRequestKey{at_ms, id});
}

}  // namespace keys

struct RequestTable {
  static constexpr Table kTable = Table::Request;
  static constexpr const char* kName = "requests";
  static constexpr bool kDerived = false;
  using Key = keys::RequestKey;
  using Row = RequestRow;
  static bool fits(const Key&, const Row& row) {
    return row.state >= 1 && row.state <= static_cast<std::uint64_t>(kLastRequestState);
  }
};

struct RequestChangeTable {
  static constexpr Table kTable = Table::RequestChange;
  static constexpr const char* kName = "request_changes";
  static constexpr bool kDerived = false;
  using Key = keys::PartOfRequestKey;
  using Row = RequestChangeRow;
  static bool fits(const Key& key, const Row& row);
};

struct ApprovalTable {
  static constexpr Table kTable = Table::Approval;
  static constexpr const char* kName = "approvals";
  static constexpr bool kDerived = false;
  using Key = keys::ApprovalKey;
  using Row = ApprovalRow;
  static bool fits(const Key&, const Row&) { return true; }
};

struct RequestNoteTable {
  static constexpr Table kTable = Table::RequestNote;
  static constexpr const char* kName = "request_notes";
  static constexpr bool kDerived = false;
  using Key = keys::PartOfRequestKey;
  using Row = NoteRow;
  static bool fits(const Key&, const Row&) { return true; }
};

// The requests with which something is still to be done: neither withdrawn nor published, or
// published in an emergency and not looked at yet.
struct OpenRequestTable {
  static constexpr Table kTable = Table::OpenRequest;
  static constexpr const char* kName = "open_requests";
  static constexpr bool kDerived = false;
  using Key = keys::RequestKey;
  using Row = KeyAlone;
  static bool fits(const Key&, const Row&) { return true; }
};

// Those that are to be published at a time.
struct DueRequestTable {
  static constexpr Table kTable = Table::DueRequest;
  static constexpr const char* kName = "due_requests";
  static constexpr bool kDerived = false;
  using Key = keys::DueRequestKey;
  using Row = KeyAlone;
  static bool fits(const Key&, const Row&) { return true; }
};

Bytes encode(const RequestRow&);
std::expected<RequestRow, DecodeFault> decode_request_row(ByteView, bool* complete = nullptr);
Bytes encode(const RequestChangeRow&);
std::expected<RequestChangeRow, DecodeFault> decode_request_change_row(ByteView,
                                                                       bool* complete = nullptr);
Bytes encode(const ApprovalRow&);
std::expected<ApprovalRow, DecodeFault> decode_approval_row(ByteView, bool* complete = nullptr);
Bytes encode(const NoteRow&);
std::expected<NoteRow, DecodeFault> decode_note_row(ByteView, bool* complete = nullptr);

}  // namespace confman::domain
