#pragma once

#include <algorithm>
#include <cstdint>
#include <string>

#include "domain/access/rights.hpp"
#include "domain/base/bytes.hpp"
#include "domain/base/feature_level.hpp"
#include "domain/codec/record.hpp"
#include "domain/command/checks.hpp"
#include "domain/command/decision.hpp"
#include "domain/limits.hpp"
#include "domain/review/changes.hpp"
#include "domain/review/policy.hpp"

// Drafts, reviews, publications, and the policies that ask for them.
//
// What holds whatever the route is:
// - Nobody who had a hand in a request approves it; who somebody is says the owner of their key.
// - An edit, also of what a change starts from or when it is published, voids all approvals.
// - An approval names the version of the request that was looked at, and lies with the digest of
//   its content. It counts while its giver may still approve.
// - What is published is decided anew at that moment: approvals, rights, versions, freezes. All of
//   it or nothing.
// - Only what can't be edited any more passes over a policy: an emergency publishes at once.
namespace confman::domain {

class StateWriter;

// The id of a request as the audit trail has it: "request/17".
std::string request_subject(std::uint64_t id);

// Sets what publishing takes in a namespace and below.
struct PutPolicy {
  std::string path;
  Precondition precondition;
  PolicyTerms terms;

  static constexpr std::uint8_t kNumber = 32;
  static constexpr std::uint64_t kSince = kReview;
  static constexpr Governed kGoverned = Governed::Terms;
  std::uint64_t since() const { return terms.note_readings ? kReadingsNoted : kSince; }
  template <class Self, class Visit>
  static void for_each_field(Self& command, Visit&& visit) {
    visit(Text{16, "path", kMaxPathBytes}, command.path);
    visit(Field{18, "precondition"}, command.precondition);
    PolicyTerms::for_each_field(command.terms, visit);
  }
  Subject subject() const { return {path, {}}; }
  Action attempted() const { return Action::PolicyPut; }
  Need need() const { return {Permission::ManagePolicy, path}; }
  friend bool operator==(const PutPolicy&, const PutPolicy&) = default;
};
Checked check(const PutPolicy&);
Decision decide(StateWriter&, const Act&, const PutPolicy&);

// From then on what is above holds.
struct DeletePolicy {
  std::string path;
  Precondition precondition;

  static constexpr std::uint8_t kNumber = 33;
  static constexpr std::uint64_t kSince = kReview;
  static constexpr Governed kGoverned = Governed::Terms;
  template <class Self, class Visit>
  static void for_each_field(Self& command, Visit&& visit) {
    visit(Text{16, "path", kMaxPathBytes}, command.path);
    visit(Field{18, "precondition"}, command.precondition);
  }
  Subject subject() const { return {path, {}}; }
  Action attempted() const { return Action::PolicyDeleted; }
  Need need() const { return {Permission::ManagePolicy, path}; }
  friend bool operator==(const DeletePolicy&, const DeletePolicy&) = default;
};
Checked check(const DeletePolicy&);
Decision decide(StateWriter&, const Act&, const DeletePolicy&);

// A draft, by who may draft in all namespaces that it touches. Its id is the log index; the reply's
// version is 1.
struct CreateRequest {
  std::string title;
  std::string reason;
  Bytes changes;  // join_changes()
  std::int64_t publish_at_ms{};
  bool submit = false;  // at once
  // Numbers of the changes, ascending from 0 on, a byte each, whose base was left out and filled
  // in by a node with what was live (start_from_live()). Who tries again asks for the same, though
  // another base may be filled in then: fingerprint() leaves these out. Empty below kFilledBases.
  Bytes from_live;

  static constexpr std::uint8_t kNumber = 34;
  static constexpr std::uint64_t kSince = kReview;
  std::uint64_t since() const {
    return std::max(from_live.empty() ? kSince : kFilledBases, since_of_changes(changes));
  }
  static constexpr Governed kGoverned = Governed::No;
  template <class Self, class Visit>
  static void for_each_field(Self& command, Visit&& visit) {
    visit(Text{21, "reason", kMaxDescriptionBytes}, command.reason);
    visit(Text{50, "title", kMaxTitleBytes}, command.title);
    visit(Blob{51, "changes", kMaxChangesBytes}, command.changes);
    visit(Field{52, "publish_at_ms"}, command.publish_at_ms);
    visit(Field{53, "submit"}, command.submit);
    visit(Blob{56, "from_live", kMaxChanges}, command.from_live);
  }
  Subject subject() const { return {"/", {}}; }
  Action attempted() const { return Action::RequestCreated; }
  static constexpr bool kAsksItself = true;
  friend bool operator==(const CreateRequest&, const CreateRequest&) = default;
};
Checked check(const CreateRequest&);
Decision decide(StateWriter&, const Act&, const CreateRequest&);

// Everything anew. Makes it a draft again, whose author is who it was and whose contributors are
// one more; voids all approvals.
struct EditRequest {
  std::uint64_t id{};
  Precondition precondition;  // of this and the others below: the request's version
  std::string title;
  std::string reason;
  Bytes changes;
  std::int64_t publish_at_ms{};
  Bytes from_live;  // as in CreateRequest

  static constexpr std::uint8_t kNumber = 35;
  static constexpr std::uint64_t kSince = kReview;
  std::uint64_t since() const {
    return std::max(from_live.empty() ? kSince : kFilledBases, since_of_changes(changes));
  }
  static constexpr Governed kGoverned = Governed::No;
  template <class Self, class Visit>
  static void for_each_field(Self& command, Visit&& visit) {
    visit(Field{16, "id"}, command.id);
    visit(Field{18, "precondition"}, command.precondition);
    visit(Text{21, "reason", kMaxDescriptionBytes}, command.reason);
    visit(Text{50, "title", kMaxTitleBytes}, command.title);
    visit(Blob{51, "changes", kMaxChangesBytes}, command.changes);
    visit(Field{52, "publish_at_ms"}, command.publish_at_ms);
    visit(Blob{56, "from_live", kMaxChanges}, command.from_live);
  }
  Subject subject() const { return {"/", {}}; }
  Action attempted() const { return Action::RequestEdited; }
  static constexpr bool kAsksItself = true;
  friend bool operator==(const EditRequest&, const EditRequest&) = default;
};
Checked check(const EditRequest&);
Decision decide(StateWriter&, const Act&, const EditRequest&);

// What is done with a request as it stands. The numbers are on disk.
enum class RequestStep : std::uint8_t {
  Submit = 1,    // to review; where nobody has to agree it is approved with that
  Approve = 2,   // names the version (If-Match)
  Reject = 3,    // with a text; voids approvals
  Withdraw = 4,  // by a contributor, or who manages the policies there
  Comment = 5,   // with a text
  Rebase = 6,    // the changes start from what is live now: an edit
  Publish = 7,   // names the version. Ahead of its time: puts it on the schedule
  Emergency =
      8,  // publishes without approvals and in a freeze, with a text, by whom the policies name
  Review = 9,  // of an emergency, afterwards, by somebody who had no hand in it
};
inline constexpr RequestStep kLastRequestStep = RequestStep::Review;

struct StepRequest {
  std::uint64_t id{};
  std::uint64_t step{};  // a RequestStep
  Precondition precondition;
  std::string text;
  // publication_stamp() of what the changes were held to, where they are published by it.
  std::uint64_t checked{};

  static constexpr std::uint8_t kNumber = 36;
  static constexpr std::uint64_t kSince = kReview;
  static constexpr Governed kGoverned = Governed::No;
  template <class Self, class Visit>
  static void for_each_field(Self& command, Visit&& visit) {
    visit(Field{16, "id"}, command.id);
    visit(Field{18, "precondition"}, command.precondition);
    visit(Text{21, "text", kMaxNoteBytes}, command.text);
    visit(Field{37, "checked"}, command.checked);
    visit(Field{54, "step"}, command.step);
  }
  Subject subject() const { return {"/", {}}; }
  Action attempted() const;
  static constexpr bool kAsksItself = true;
  friend bool operator==(const StepRequest&, const StepRequest&) = default;
};
Checked check(const StepRequest&);
Decision decide(StateWriter&, const Act&, const StepRequest&);

// A request whose time has come, asked for by the leader: published with the rights that who
// scheduled it has now. If it can't be, it is off the schedule, and its notes say why.
struct PublishDue {
  std::uint64_t id{};
  std::uint64_t checked{};  // as in StepRequest
  bool violates = false;    // what it was held to: so it can't be published

  static constexpr std::uint8_t kNumber = 37;
  static constexpr std::uint64_t kSince = kReview;
  static constexpr Governed kGoverned = Governed::No;
  template <class Self, class Visit>
  static void for_each_field(Self& command, Visit&& visit) {
    visit(Field{16, "id"}, command.id);
    visit(Field{37, "checked"}, command.checked);
    visit(Field{55, "violates"}, command.violates);
  }
  Subject subject() const { return {"/", {}}; }
  Action attempted() const { return Action::RequestPublished; }
  static constexpr bool kAsksItself = true;
  friend bool operator==(const PublishDue&, const PublishDue&) = default;
};
Checked check(const PublishDue&);
Decision decide(StateWriter&, const Act&, const PublishDue&);

}  // namespace confman::domain
