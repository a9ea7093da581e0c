#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <variant>

#include "app/node/service.hpp"
#include "domain/base/assert.hpp"
#include "domain/base/feature_level.hpp"
#include "domain/bindings/may_bind.hpp"
#include "domain/bindings/references.hpp"
#include "domain/bindings/stamp.hpp"
#include "domain/bindings/supply.hpp"
#include "domain/json/pointer.hpp"
#include "domain/outcomes/outcome.hpp"
#include "domain/review/bases.hpp"
#include "domain/review/held_request.hpp"
#include "domain/review/held_to.hpp"
#include "domain/review/publish.hpp"
#include "domain/review/rules.hpp"

// Writes that are held to schemas before they are proposed: of entries in namespaces that are bound
// to some, changes of bindings, and requests that are published; and schemas that refer to others,
// which the API can't compile, since it has no state. What that takes is gathered from
// this node's state in a turn, judged away from the loop, and then the write goes its way with the
// stamp of what it was held to (domain/bindings/stamp.hpp). Schemas are read, compiled and kept
// where they judge: whatever they lack of what is bound they ask for, and it is gathered then
// (domain/bindings/supply.hpp). The state machine refuses it if that is
// another by then; this node waits until it has applied what it was refused by, and holds it to
// that.
//
// A bad verdict may be of an old state, since this node may be behind: it counts once a read index
// says that nothing has changed.
namespace confman::node {
namespace {

template <class Body>
constexpr bool kIsHeld = requires(Body body) { body.checked; };
template <class Body>
constexpr bool kIsOfBinding =
    std::is_same_v<Body, domain::PutBinding> || std::is_same_v<Body, domain::DeleteBinding>;

bool is_of_binding(const domain::Command& command) {
  return std::visit([]<class Body>(const Body&) { return kIsOfBinding<Body>; }, command.body);
}

domain::Need need_of(const domain::Command& command) {
  return std::visit(
      []<class Body>(const Body& body) -> domain::Need {
        if constexpr (requires { body.need(); }) return body.need();
        return {domain::Permission::ManageSchemas, body.subject().path};
      },
      command.body);
}

// The step of a request that publishes it, or may do so; null: it is none.
const domain::StepRequest* publication_in(const domain::Command& command) {
  const auto* step = std::get_if<domain::StepRequest>(&command.body);
  if (step == nullptr) return nullptr;
  const auto kind = static_cast<domain::RequestStep>(step->step);
  const bool publishes = kind == domain::RequestStep::Publish ||
                         kind == domain::RequestStep::Emergency ||
                         kind == domain::RequestStep::Approve;
  return publishes ? step : nullptr;
}
bool is_approval(const domain::Command& command) {
  const auto* step = std::get_if<domain::StepRequest>(&command.body);
  return step != nullptr &&
         static_cast<domain::RequestStep>(step->step) == domain::RequestStep::Approve;
}

bool is_draft(const domain::Command& command) {
  return std::holds_alternative<domain::CreateRequest>(command.body) ||
         std::holds_alternative<domain::EditRequest>(command.body);
}

// Values that aren't in the log yet.
std::vector<domain::CommandBody> puts_of(const domain::Command& command) {
  return std::visit(
      []<class Body>(const Body& body) {
        std::vector<domain::CommandBody> puts;
        if constexpr (std::is_same_v<Body, domain::PutEntry>) puts.emplace_back(body);
        if constexpr (requires { body.changes; }) {
          for (auto& put : domain::puts_in(domain::split_changes(body.changes).value())) {
            puts.emplace_back(std::move(put));
          }
        }
        return puts;
      },
      command.body);
}

// What is held to schemas: the command itself, or the changes of the request that it publishes.
std::vector<domain::CommandBody> changes_of(const domain::StateStore& state,
                                            const domain::Command& command) {
  const auto* step = publication_in(command);
  if (step == nullptr) return {command.body};
  const domain::HeldRequest held = domain::hold_request(state, step->id);
  return domain::decoded_changes_of(state, step->id, held.row);
}

// Whether it publishes nothing but what bindings alone could hold to something. To go back to a
// moment is left out: which keys that changes takes a look at the namespace.
bool publishes_plain_changes(const domain::StateStore& state, const domain::Command& command) {
  if (publication_in(command) == nullptr) return false;
  return std::ranges::none_of(changes_of(state, command), [](const domain::CommandBody& change) {
    return std::holds_alternative<domain::PutBinding>(change) ||
           std::holds_alternative<domain::DeleteBinding>(change) ||
           std::holds_alternative<domain::RollbackNamespace>(change);
  });
}

}  // namespace

bool Node::Service::is_held(const domain::Command& command) const {
  if (is_of_binding(command) || publication_in(command) != nullptr) return true;
  if (const auto* put = std::get_if<domain::PutSchema>(&command.body)) {
    return domain::may_refer(put->text);
  }
  const bool of_entries = domain::is_of_entry(command.body) ||
                          std::holds_alternative<domain::RollbackNamespace>(command.body);
  return bindings_ > 0 && (of_entries || is_draft(command));
}

// Whether a schema has a say in which values are secrets, where nothing else is asked of it.
bool Node::Service::only_marks_matter(const domain::Command& command) const {
  if (feature_level_ < kSecrets) return false;
  return std::ranges::any_of(puts_of(command), [this](const domain::CommandBody& change) {
    const auto& put = std::get<domain::PutEntry>(change);
    return domain::stamp_of(ports_.state, put.path, {&put.key, 1}) != 0;
  });
}

// Nothing: it is for the state machine to say why it can't be done.
std::optional<std::uint64_t> Node::Service::stamp_of(const Checking& checking) const {
  const domain::Command& command = checking.command;
  const std::string_view path =
      std::visit([](const auto& body) { return body.subject().path; }, command.body);
  if (is_of_binding(command)) return domain::trial_stamp(ports_.state, path);
  if (publication_in(command) != nullptr) {
    return domain::publication_stamp(ports_.state, changes_of(ports_.state, command));
  }
  if (std::holds_alternative<domain::RollbackNamespace>(command.body)) {
    return domain::publication_stamp(ports_.state, {command.body});
  }
  if (std::holds_alternative<domain::PutSchema>(command.body)) {
    return 1 + domain::count_existing(ports_.state, checking.refers->to);
  }
  const std::string key(
      std::visit([](const auto& body) { return body.subject().key; }, command.body));
  const std::uint64_t stamp = domain::stamp_of(ports_.state, path, {&key, 1});
  const auto* back = std::get_if<domain::RollbackEntry>(&command.body);
  if (back == nullptr || stamp == 0) return stamp;
  const auto row = domain::restored_by(ports_.state, *back);
  if (!row) return std::nullopt;
  return domain::rollback_stamp(stamp, row->version);
}

void Node::Service::start_check(RequestId id, OpenWrite& write) {
  Checking& checking = *write.checking;
  const bool elsewhere = !is_leader() && leader_ && !write.forward;
  if (std::holds_alternative<domain::PutSchema>(checking.command.body)) {
    // Nothing but this keeps what is no schema out of the log. Whom it is refused to has none of
    // it read; where they aren't refused after all, it comes back here.
    const bool remembered = checking.attempts == 0 && is_remembered(write);
    checking.unjudged = feature_level_ >= kUnjudged && !checking.dry_run &&
                        (elsewhere || remembered || denies_check(write));
    if (checking.unjudged) return propose_checked(id, write, 0);
    if (ports_.checks == nullptr) return fail_write(id, Failure::Busy);
    checking.supply.reset();
    write.stage = WriteStage::Gathering;
    to_check_.push_back(id);
    return;
  }
  // What can be held to nothing goes its way, whoever sends it.
  if (bindings_ == 0 && publishes_plain_changes(ports_.state, checking.command)) {
    return propose_checked(id, write, 0);
  }
  const bool binding = is_of_binding(checking.command);
  // Who is told to go elsewhere, may not do that, or repeats what was decided, learns nothing here
  // of what is bound or live.
  const bool leave = !checking.dry_run && (elsewhere || is_remembered(write));
  checking.only_marks = leave || is_draft(checking.command) || denies_check(write) ||
                        (binding && feature_level_ < kSchemas);
  if (checking.only_marks && !only_marks_matter(checking.command)) {
    return propose_checked(id, write, 0);
  }
  if (!binding && !checking.only_marks) {
    const auto stamp = stamp_of(checking);
    if (!stamp || *stamp == 0) return propose_checked(id, write, 0);
  }
  if (ports_.checks == nullptr) return fail_write(id, Failure::Busy);
  write.stage = WriteStage::Gathering;
  to_check_.push_back(id);
}

// There is an outcome of its key: the state machine answers with that, if it hasn't expired.
bool Node::Service::is_remembered(const OpenWrite& write) {
  const auto caller = identify(write.from);
  if (!caller || !write.has_key) return false;
  const domain::Command& command = write.checking->command;
  const std::string& who = caller->principal.empty() ? command.actor.id : caller->principal;
  const Bytes key = domain::keys::of_outcome(who, command.idempotency_key);
  return ports_.state.get(domain::Table::Outcome, key).has_value();
}

// As of this node's state; the state machine decides it.
std::optional<domain::Refusal> Node::Service::denies_check(const OpenWrite& write) {
  const domain::Command& command = write.checking->command;
  if (const auto* step = publication_in(command)) return denies_step(write, *step);
  if (const auto denied = denies(write.from, need_of(command))) return denied;
  if (is_anybody(write.from)) return std::nullopt;
  const auto caller = identify(write.from);
  if (!caller) return caller.error();
  domain::Rights rights(ports_.state, *caller);
  return domain::may_bind(ports_.state, rights, command.body, feature_level_);
}

// Who may not publish something isn't told what it is held to.
std::optional<domain::Refusal> Node::Service::denies_changes(const domain::Caller& caller,
                                                             std::uint64_t id,
                                                             const domain::RequestRow& row) {
  if (feature_level_ >= kWholeRights) {
    return domain::may_publish_changes(ports_.state, caller, id, row, feature_level_).refusal;
  }
  domain::Rights rights(ports_.state, caller);
  for (const auto& change : domain::decoded_changes_of(ports_.state, id, row)) {
    if (const auto no = domain::may_bind(ports_.state, rights, change, feature_level_)) return no;
  }
  return std::nullopt;
}

// An approval that doesn't publish by itself is held to nothing.
std::optional<domain::Refusal> Node::Service::denies_step(const OpenWrite& write,
                                                          const domain::StepRequest& step) {
  const auto caller = identify(write.from);
  if (!caller) return caller.error();
  const domain::HeldRequest held = domain::hold_request(ports_.state, step.id);
  if (!held.bytes) return domain::Refusal::RequestNotFound;
  const domain::MetaRow meta = domain::meta_of(ports_.state);
  domain::RequestRules rules(ports_.state, meta, step.id, held.row, *caller, feature_level_);
  if (const auto no = rules.step(static_cast<domain::RequestStep>(step.step))) return no;
  if (const auto no = denies_changes(*caller, step.id, held.row)) return no;
  const bool publishes = std::ranges::all_of(rules.requirements(), [](const auto& required) {
    return required.policy.terms().publish_on_approval;
  });
  const bool approves = static_cast<domain::RequestStep>(step.step) == domain::RequestStep::Approve;
  return approves && !publishes ? std::optional(domain::Refusal::ApprovalsMissing) : std::nullopt;
}

void Node::Service::propose_checked(RequestId id, OpenWrite& write, std::uint64_t stamp) {
  if (write.checking->dry_run) {
    // There is nobody to ask what it would meet.
    write.stage = WriteStage::Idle;
    if (const auto denied = denies_check(write)) return respond(id, Denied{*denied});
    return fail(id, Failure::FeatureLevel);
  }
  write.stage = WriteStage::Idle;
  auto command = sealed(*write.checking);
  if (!command) return fail_write(id, command.error());
  std::visit(
      [stamp, unjudged = write.checking->unjudged]<class Body>(Body& body) {
        if constexpr (kIsHeld<Body>) body.checked = stamp;
        if constexpr (requires { body.unjudged; }) body.unjudged = unjudged ? 1 : 0;
      },
      command->body);
  write.since = domain::since_of(*command);
  write.command = make_payload(domain::encode(*command));
  route(id, write);
}

// --- gathering

void Node::Service::run_checks() {
  for (std::size_t rows = 0; rows < config_.max_turn_rows;) {
    if (to_check_.empty() || judging_.size() >= config_.max_judging) return;
    const RequestId id = to_check_.front();
    to_check_.pop_front();
    domain::Work work;
    if (OpenRead* read = find<OpenRead>(id); read != nullptr && read->judging) {
      work = supply_read(id, *read);
    } else if (OpenWrite* write = find<OpenWrite>(id);
               write != nullptr && write->stage == WriteStage::Gathering) {
      work = gather(id, *write);
    }
    rows += 1 + work.rows + work.bytes / config_.bytes_per_row;
  }
}

domain::Work Node::Service::gather(RequestId id, OpenWrite& write) {
  if (write.checking->supply) {
    domain::Work work;
    switch (write.checking->supply->step(ports_.state, known_references_, config_.max_turn_rows,
                                         work)) {
      case domain::Supply::Next::Step:
        to_check_.push_front(id);
        return work;
      case domain::Supply::Next::Questions:
        ask_judge(id, write, write.checking->supply->take_questions());
        return work;
      case domain::Supply::Next::Ready:
        break;
    }
  }
  if (const auto* put = std::get_if<domain::PutSchema>(&write.checking->command.body)) {
    return gather_schema(id, write, *put);
  }
  return gather_changes(id, write);
}

// With what it refers to, as far as the caller may read that.
domain::Work Node::Service::gather_schema(RequestId id, OpenWrite& write,
                                          const domain::PutSchema& put) {
  Checking& checking = *write.checking;
  const domain::SchemaName name{put.path, put.name};
  domain::Work work;
  if (!checking.refers) {
    ask_judge(id, write, {{domain::uri_of(name), make_payload(put.text)}});
    return work;
  }
  if (checking.refers->to.empty()) {
    propose_checked(id, write, 0);
    return work;
  }
  if (!checking.supply) {
    work += {checking.refers->to.size(), 0};
    checking.stamp = stamp_of(checking).value();
    std::vector<domain::SchemaVersion> open;
    std::vector<domain::SchemaVersion> closed;
    for (const domain::SchemaVersion& version : checking.refers->to) {
      const domain::Need need{domain::Permission::Read, version.schema.path};
      (denies(write.from, need) ? closed : open).push_back(version);
    }
    checking.supply.emplace().want_referred(std::move(open), closed);
    to_check_.push_front(id);
    return work;
  }
  domain::Held held;
  held.schema = {.name = name,
                 .text = make_payload(put.text),
                 .referred = checking.supply->referred(),
                 .governed = !checking.force};
  held.schema->referred.too_many |= !checking.refers->all;
  out_to_be_judged(id, write, std::move(held));
  return work;
}

domain::Work Node::Service::gather_changes(RequestId id, OpenWrite& write) {
  Checking& checking = *write.checking;
  domain::Work work;
  const auto refuse = [&](domain::GatherFault fault) {
    const bool large = fault == domain::GatherFault::TooLarge;
    domain::Verdict verdict;
    verdict.kind = large ? domain::VerdictKind::TooLarge : domain::VerdictKind::SchemaMissing;
    if (checking.only_marks) {
      marks_judged(id, write, std::move(verdict));
      return work;
    }
    confirm_verdict(id, write, std::move(verdict));
    return work;
  };
  if (!checking.gathering && checking.only_marks) {
    checking.gathering = domain::Gathering::of_marks(ports_.state, puts_of(checking.command));
  }
  if (!checking.gathering) {
    const auto stamp = stamp_of(checking);
    const bool may_be_large =
        is_of_binding(checking.command) || publication_in(checking.command) != nullptr;
    if (!stamp && may_be_large) return refuse(domain::GatherFault::TooLarge);
    if (stamp.value_or(0) == 0) {
      propose_checked(id, write, 0);
      return work;
    }
    checking.stamp = *stamp;
    const bool may_seal = publication_in(checking.command) == nullptr || feature_level_ < kSecrets;
    checking.gathering.emplace(ports_.state, changes_of(ports_.state, checking.command), may_seal);
  }
  const auto all = checking.gathering->step(ports_.state, config_.max_step_rows, work);
  if (!all) return refuse(all.error());
  if (!*all) {
    // One after the other: what is gathered of a trial may be much.
    to_check_.push_front(id);
    return work;
  }
  domain::Held held = checking.gathering->take();
  if (checking.supply) held.given = checking.supply->given();
  out_to_be_judged(id, write, std::move(held));
  return work;
}

void Node::Service::out_to_be_judged(RequestId id, OpenWrite& write, domain::Held held) {
  if (!open_held(held, &write.from)) {
    write.stage = WriteStage::Idle;
    return fail_write(id, Failure::SecretsUnavailable);
  }
  write.checking->gathering.reset();
  write.stage = WriteStage::Judging;
  write.checking->job = send_to_judge(id, std::move(held));
}

std::uint64_t Node::Service::send_to_judge(RequestId id, domain::Held held) {
  const std::uint64_t job = next_job_++;
  judging_.emplace(job, id);
  ports_.checks->judge(job, std::move(held));
  return job;
}

void Node::Service::ask_judge(RequestId id, OpenWrite& write,
                              std::vector<domain::Question> questions) {
  domain::Held held;
  held.questions = std::move(questions);
  out_to_be_judged(id, write, std::move(held));
}

// --- verdicts

void Node::Service::judged(Now now, std::uint64_t job, domain::Verdict verdict) {
  now_ = now;
  const auto out = judging_.find(job);
  CONFMAN_ASSERT(out != judging_.end(), "A verdict came that nobody asked for.");
  const RequestId id = out->second;
  judging_.erase(out);
  if (due_check_ && due_check_->job == job) return due_judged(std::move(verdict));
  OpenRead* read = find<OpenRead>(id);
  if (read != nullptr && read->judging) return deprecated_judged(id, *read, std::move(verdict));
  OpenWrite* write = find<OpenWrite>(id);
  if (write == nullptr || write->stage != WriteStage::Judging || write->checking->job != job)
    return;
  const bool of_new_schema =
      verdict.kind == domain::VerdictKind::Referring && !write->checking->supply;
  if (of_new_schema) write->checking->refers = std::move(verdict.answers.at(0));
  if (of_new_schema || take_needs(write->checking->supply, verdict)) {
    write->stage = WriteStage::Gathering;
    to_check_.push_front(id);
    return;
  }
  if (write->checking->only_marks) return marks_judged(id, *write, std::move(verdict));
  const bool good = verdict.kind == domain::VerdictKind::Valid && !write->checking->dry_run;
  write->checking->secrets = std::move(verdict.secrets);
  good ? propose_checked(id, *write, write->checking->stamp)
       : confirm_verdict(id, *write, std::move(verdict));
}

// Whether it is none yet, since something has to be gathered first.
bool Node::Service::take_needs(std::optional<domain::Supply>& supply, domain::Verdict& verdict) {
  if (verdict.kind == domain::VerdictKind::Referring) {
    supply->answer(std::move(verdict.answers), known_references_);
    return true;
  }
  if (verdict.kind != domain::VerdictKind::NeedsSchemas) return false;
  if (!supply) supply.emplace();
  const bool is_new = supply->want(verdict.needs);
  CONFMAN_ASSERT(is_new, "Nothing was asked for that hadn't been given.");
  return true;
}

// What nobody can say of, whether it is a secret, isn't proposed in plain.
void Node::Service::marks_judged(RequestId id, OpenWrite& write, domain::Verdict verdict) {
  using enum domain::VerdictKind;
  write.stage = WriteStage::Idle;
  if (verdict.kind != Valid && verdict.kind != Violates) {
    if (write.uncertain) return fail(id, Failure::OutcomeUnknown);
    return respond(id, Judged{std::move(verdict)});
  }
  write.checking->secrets = std::move(verdict.secrets);
  propose_checked(id, write, 0);
}

void Node::Service::confirm_verdict(RequestId id, OpenWrite& write, domain::Verdict verdict) {
  // It counts though its publication can't be.
  if (is_approval(write.checking->command)) return propose_checked(id, write, 0);
  write.checking->gathering.reset();
  write.checking->verdict = std::move(verdict);
  write.stage = WriteStage::Verdict;
  to_confirm_.push_back(id);
}

void Node::Service::verdict_confirmed(RequestId id, OpenWrite& write, consensus::LogIndex index) {
  const bool waits = write.stage == WriteStage::Verdict && !write.checking->waits_for;
  if (!waits) return;  // it has been round since
  if (index.value <= applied_.index) return answer_verdict(id, write);
  write.checking->waits_for = index;
  waiting_applied_.emplace(index, id);
}

// What it waited for is applied.
void Node::Service::check_again(RequestId id, OpenWrite& write) {
  write.checking->waits_for.reset();
  if (write.stage == WriteStage::Verdict) return answer_verdict(id, write);
  start_check(id, write);
}

void Node::Service::answer_verdict(RequestId id, OpenWrite& write) {
  Checking& checking = *write.checking;
  domain::Verdict verdict = std::move(*checking.verdict);
  checking.verdict.reset();
  const bool too_large = verdict.kind == domain::VerdictKind::TooLarge;
  const auto stamp = stamp_of(checking);
  const bool same = stamp ? *stamp == checking.stamp : too_large;
  if (!same && ++checking.attempts < config_.max_check_attempts) return start_check(id, write);
  if (write.uncertain) return fail(id, Failure::OutcomeUnknown);
  if (!same) return respond(id, WriteDone{{.refusal = domain::Refusal::SchemaMoved}});
  leave_readable(write, verdict);
  respond(id, Judged{std::move(verdict), is_of_binding(checking.command), checking.dry_run});
}

// Who may write somewhere needn't be allowed to read there: of such a namespace they are told what
// is wrong with what they themselves write, or may see as a draft, but not what is there. The rest
// is only counted.
void Node::Service::leave_readable(const OpenWrite& write, domain::Verdict& verdict) {
  const domain::Command& command = write.checking->command;
  const bool of_request = publication_in(command) != nullptr;
  std::set<std::pair<std::string, std::string>> changed;
  for (const domain::CommandBody& change : changes_of(ports_.state, command)) {
    if (!domain::is_of_entry(change)) continue;
    const domain::Subject of = std::visit([](const auto& body) { return body.subject(); }, change);
    changed.emplace(of.path, of.key);
  }
  std::erase_if(verdict.findings, [&](domain::Finding& finding) {
    if (!denies(write.from, {domain::Permission::Read, finding.path})) return false;
    finding.found.clear();
    std::string_view pointer = finding.pointer;
    const auto key = json::take_step(pointer);
    const bool own = key && changed.contains({finding.path, *key});
    const bool told =
        own && (!of_request || !denies(write.from, {domain::Permission::Draft, finding.path}));
    if (!told) ++verdict.unseen;
    return !told;
  });
}

// The state machine refused it: its stamp is another's.
void Node::Service::check_moved(RequestId id, OpenWrite& write, const domain::Reply& reply) {
  if (!write.checking) {
    // This node knew of no binding yet, or of no secret.
    auto command = domain::decode_command(*write.command);
    CONFMAN_ASSERT(command, "A write that was encoded here can't be decoded.");
    write.checking = std::make_unique<Checking>();
    write.checking->command = std::move(*command);
  }
  write.stage = WriteStage::Moved;
  if (++write.checking->attempts >= config_.max_check_attempts) {
    if (write.uncertain) return fail(id, Failure::OutcomeUnknown);
    return respond(id, WriteDone{reply}, reply.revision);
  }
  if (reply.revision.index <= applied_.index) return start_check(id, write);
  write.checking->waits_for = consensus::LogIndex{reply.revision.index};
  waiting_applied_.emplace(*write.checking->waits_for, id);
}

}  // namespace confman::node
