#include "sim/workload/operations/past.hpp"

#include <array>
#include <utility>

#include "sim/workload/client_op.hpp"
#include "sim/workload/history_recorder.hpp"
#include "sim/workload/names.hpp"
#include "sim/workload/operations/paging.hpp"

namespace confman::sim {
namespace {

constexpr std::uint64_t kNoSuchVersion = 1'000'000;

std::int64_t weight(const DerivedConfig& c) {
  return c.past_weight;
}

std::string entry_of(const ClientOp& op) {
  return entry_path(namespace_path(op.name_space), key_name(op.key));
}

std::int64_t draw_limit(Drawing& with) {
  return with.prng.one_of<std::int64_t>({1, 2, 5, 100});
}

// Any that the client has heard of: of the entry, of its session, made up.
MomentNumbers draw_moment(Drawing& with, const ClientOp& op) {
  MomentNumbers moment;
  const auto& known = with.memory.known[{op.name_space, op.key}];
  const domain::Revision newest = with.memory.newest;
  if (!known.empty() && with.prng.chance(2, 3)) {
    const auto& version = known[with.prng.below(known.size())];
    moment = {version.revision.term, version.revision.index, -1};
    if (version.wall_ms != 0 && with.prng.chance(1, 2)) {
      moment.ms = version.wall_ms - static_cast<std::int64_t>(with.prng.below(3));
    }
    return moment;
  }
  moment = {newest.term, newest.index, -1};
  switch (with.prng.below(6)) {
    case 0:
      moment.index += 1 + with.prng.below(5);
      break;
    case 1:
      if (moment.index > 0) moment.index = with.prng.below(moment.index + 1);
      break;
    case 2:
      moment.term += 1;
      break;
    case 3:
      moment.ms = with.prng.one_of<std::int64_t>({0, INT64_MAX / 2});
      break;
    default:
      break;
  }
  return moment;
}

std::optional<domain::VersionChoice> choice_of(std::uint64_t version, const MomentNumbers& moment) {
  if (version != 0) return domain::VersionChoice(version);
  if (moment.given()) return domain::VersionChoice(moment.as_of());
  return std::nullopt;
}

void draw_side(Drawing& with, const ClientOp& op, std::uint64_t& version, MomentNumbers& moment) {
  const std::uint64_t newest = with.memory.versions[{op.name_space, op.key}];
  switch (with.prng.below(3)) {
    case 0:
      version = 1 + with.prng.below(newest + 2);
      break;
    case 1:
      moment = draw_moment(with, op);
      break;
    default:
      break;
  }
}

std::optional<domain::EntryPosition> position(std::uint64_t name_space, std::uint64_t key) {
  if (name_space == 0) return std::nullopt;
  return domain::EntryPosition(namespace_path(name_space - 1), key == 0 ? "" : key_name(key));
}

MomentNumbers numbers_of(domain::Revision revision) {
  return {revision.term, revision.index, -1};
}

}  // namespace

domain::AsOf MomentNumbers::as_of() const {
  domain::AsOf result;
  if (ms >= 0) {
    result.wall_ms = ms;
  } else {
    result.revision = {term, index};
  }
  return result;
}

// --- rollback

void RollbackOp::draw(Drawing& with, ClientOp& op) {
  using enum Precondition::Kind;
  RollbackOp back;
  // Two rollbacks to one version are the same request.
  back.draw_write(with, false);
  back.precondition.kind = with.prng.one_of({None, None, IfVersion, IfExists});
  if (back.precondition.kind == IfVersion) {
    back.precondition.version = with.memory.versions[{op.name_space, op.key}];
    if (back.precondition.version == 0) back.precondition.kind = None;
  }
  const auto& known = with.memory.known[{op.name_space, op.key}];
  if (known.empty() || with.prng.chance(1, 12)) {
    back.to_version = kNoSuchVersion;
    if (with.prng.chance(1, 2)) back.to = {with.memory.newest.term + 1, 1, -1};
    // Both are against the rules.
    if (back.to.given() && with.prng.chance(2, 3)) back.to_version = 0;
    op.body = back;
    return;
  }
  const auto& version = known[with.prng.below(known.size())];
  back.restored = version.value;
  if (with.prng.chance(1, 2)) {
    back.to_version = version.version;
  } else {
    back.to = numbers_of(version.revision);
  }
  op.body = back;
}

std::span<const Draw> RollbackOp::draws() {
  static constexpr std::array kDraws = {
      Draw{[](const DerivedConfig& c) { return 3 * c.past_weight; }, draw}};
  return kDraws;
}

std::string RollbackOp::about(const ClientOp& op) const {
  return entry_of(op);
}

AskedOperation RollbackOp::asked(const ClientOp& op) const {
  return write_of(op, domain::RollbackEntry{.path = namespace_path(op.name_space),
                                            .key = key_name(op.key),
                                            .precondition = condition(),
                                            .to_version = to_version,
                                            .to_revision = {to.term, to.index}});
}

void RollbackOp::learn(ClientMemory& memory, const ClientOp& op,
                       const node::Response& response) const {
  WriteOp::learn(memory, op, response);
  const auto* done = std::get_if<node::WriteDone>(&response.outcome);
  if (done == nullptr) return;
  memory.versions[{op.name_space, op.key}] = done->reply.version;
  if (done->reply.refusal) return;
  memory.note(
      op.name_space, op.key,
      {.version = done->reply.version, .revision = done->reply.revision, .value = restored});
}

void RollbackOp::submitted(HistoryRecorder& history, const ClientOp& op, Moment moment) const {
  if (restored == 0) return;
  history.write_submitted(op, *this, EntryAction::Kind::Put, restored, moment);
}

void RollbackOp::answered(HistoryRecorder& history, const ClientOp& op,
                          const node::Response& response, Moment moment) const {
  if (restored != 0) history.write_answered(op, *this, response, moment);
}

void RollbackOp::lost(HistoryRecorder& history, const ClientOp& op, Moment moment) const {
  if (restored != 0) history.write_lost(op, moment);
}

// --- an entry as of a moment

void GetPastOp::draw(Drawing& with, ClientOp& op) {
  GetPastOp get;
  get.stale = with.prng.chance(1, 3);
  get.from = draw_moment(with, op);
  op.body = get;
}

std::span<const Draw> GetPastOp::draws() {
  static constexpr std::array kDraws = {Draw{weight, draw}};
  return kDraws;
}

std::string GetPastOp::about(const ClientOp& op) const {
  return entry_of(op);
}

AskedOperation GetPastOp::asked(const ClientOp& op) const {
  return read_of(op, node::GetEntry{.path = namespace_path(op.name_space),
                                    .key = key_name(op.key),
                                    .version = std::nullopt,
                                    .as_of = from.as_of()});
}

// --- a namespace as of a moment

void ListPastOp::draw(Drawing& with, ClientOp& op) {
  if (goes_on<ListPastOp>(with, op)) return;
  ListPastOp list;
  list.stale = with.prng.chance(1, 3);
  list.limit = draw_limit(with);
  list.from = draw_moment(with, op);
  if (with.prng.chance(1, 4)) list.label = 1 + with.prng.below(kLabelTexts);
  list.recursive = with.prng.chance(1, 3);
  if (with.prng.chance(1, 5)) list.prefix = 1 + with.prng.below(2);
  op.body = list;
}

std::span<const Draw> ListPastOp::draws() {
  static constexpr std::array kDraws = {Draw{weight, draw}};
  return kDraws;
}

std::string ListPastOp::about(const ClientOp& op) const {
  return namespace_path(op.name_space);
}

AskedOperation ListPastOp::asked(const ClientOp& op) const {
  domain::ListPast list;
  list.path = namespace_path(op.name_space);
  list.recursive = recursive;
  if (prefix != 0) list.key_prefix = key_name(prefix);
  list.labels = label_texts(label);
  list.as_of = from.as_of();
  list.after = position(after_namespace, after_key);
  list.limit = static_cast<std::size_t>(limit);
  return read_of(op, std::move(list));
}

void ListPastOp::learn(ClientMemory& memory, const ClientOp& op,
                       const node::Response& response) const {
  const auto* read = std::get_if<node::ReadDone>(&response.outcome);
  const auto* page = read != nullptr ? std::get_if<domain::PastPage>(&read->answer) : nullptr;
  ListPastOp next = *this;
  if (page != nullptr) next.from = numbers_of(page->as_of);
  remember_page<domain::PastPage>(memory, op, response, next, [](auto& later, const auto& resume) {
    later.after_namespace = number_in(resume.first) + 1;
    later.after_key = number_in(resume.second);
  });
}

// --- two versions

void CompareVersionsOp::draw(Drawing& with, ClientOp& op) {
  CompareVersionsOp compare;
  compare.stale = with.prng.chance(1, 3);
  draw_side(with, op, compare.from_version, compare.from);
  draw_side(with, op, compare.to_version, compare.to);
  op.body = compare;
}

std::span<const Draw> CompareVersionsOp::draws() {
  static constexpr std::array kDraws = {Draw{weight, draw}};
  return kDraws;
}

std::string CompareVersionsOp::about(const ClientOp& op) const {
  return entry_of(op);
}

AskedOperation CompareVersionsOp::asked(const ClientOp& op) const {
  return read_of(op, domain::CompareVersions{.path = namespace_path(op.name_space),
                                             .key = key_name(op.key),
                                             .from = choice_of(from_version, from),
                                             .to = choice_of(to_version, to)});
}

// --- a namespace at two moments

void CompareNamespaceOp::draw(Drawing& with, ClientOp& op) {
  if (goes_on<CompareNamespaceOp>(with, op)) return;
  CompareNamespaceOp compare;
  compare.stale = with.prng.chance(1, 3);
  compare.limit = draw_limit(with);
  compare.recursive = with.prng.chance(1, 3);
  compare.from = draw_moment(with, op);
  if (with.prng.chance(1, 2)) compare.to = draw_moment(with, op);
  op.body = compare;
}

std::span<const Draw> CompareNamespaceOp::draws() {
  static constexpr std::array kDraws = {Draw{weight, draw}};
  return kDraws;
}

std::string CompareNamespaceOp::about(const ClientOp& op) const {
  return namespace_path(op.name_space);
}

AskedOperation CompareNamespaceOp::asked(const ClientOp& op) const {
  domain::CompareNamespace compare;
  compare.path = namespace_path(op.name_space);
  compare.recursive = recursive;
  compare.from = from.as_of();
  if (to.given()) compare.to = to.as_of();
  compare.after = position(after_namespace, after_key);
  compare.limit = static_cast<std::size_t>(limit);
  return read_of(op, std::move(compare));
}

void CompareNamespaceOp::learn(ClientMemory& memory, const ClientOp& op,
                               const node::Response& response) const {
  const auto* read = std::get_if<node::ReadDone>(&response.outcome);
  const auto* page = read != nullptr ? std::get_if<domain::ComparedPage>(&read->answer) : nullptr;
  CompareNamespaceOp next = *this;
  if (page != nullptr) {
    next.from = numbers_of(page->from);
    next.to = numbers_of(page->to);
  }
  remember_page<domain::ComparedPage>(memory, op, response, next,
                                      [](auto& later, const auto& resume) {
                                        later.after_namespace = number_in(resume.first) + 1;
                                        later.after_key = number_in(resume.second);
                                      });
}

// --- what a namespace has and inherits

void ResolveEntryOp::draw(Drawing& with, ClientOp& op) {
  ResolveEntryOp resolve;
  resolve.stale = with.prng.chance(1, 3);
  op.body = resolve;
}

std::span<const Draw> ResolveEntryOp::draws() {
  static constexpr std::array kDraws = {Draw{weight, draw}};
  return kDraws;
}

std::string ResolveEntryOp::about(const ClientOp& op) const {
  return entry_of(op);
}

AskedOperation ResolveEntryOp::asked(const ClientOp& op) const {
  return read_of(
      op, domain::ResolveEntry{.path = namespace_path(op.name_space), .key = key_name(op.key)});
}

void ResolveNamespaceOp::draw(Drawing& with, ClientOp& op) {
  if (goes_on<ResolveNamespaceOp>(with, op)) return;
  ResolveNamespaceOp resolve;
  resolve.stale = with.prng.chance(1, 3);
  resolve.limit = draw_limit(with);
  if (with.prng.chance(1, 5)) resolve.prefix = 1 + with.prng.below(2);
  op.body = resolve;
}

std::span<const Draw> ResolveNamespaceOp::draws() {
  static constexpr std::array kDraws = {Draw{weight, draw}};
  return kDraws;
}

std::string ResolveNamespaceOp::about(const ClientOp& op) const {
  return namespace_path(op.name_space);
}

AskedOperation ResolveNamespaceOp::asked(const ClientOp& op) const {
  domain::ResolveNamespace resolve;
  resolve.path = namespace_path(op.name_space);
  if (prefix != 0) resolve.key_prefix = key_name(prefix);
  if (after_key != 0) resolve.after = key_name(after_key);
  resolve.limit = static_cast<std::size_t>(limit);
  return read_of(op, std::move(resolve));
}

void ResolveNamespaceOp::learn(ClientMemory& memory, const ClientOp& op,
                               const node::Response& response) const {
  remember_page<domain::ResolvedPage>(
      memory, op, response, *this,
      [](auto& next, const auto& resume) { next.after_key = number_in(resume); });
}

}  // namespace confman::sim
