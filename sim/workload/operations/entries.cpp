#include "sim/workload/operations/entries.hpp"

#include <array>
#include <utility>

#include "sim/workload/client_op.hpp"
#include "sim/workload/history_recorder.hpp"
#include "sim/workload/names.hpp"
#include "sim/workload/operations/paging.hpp"

namespace confman::sim {
namespace {

std::string entry_of(const ClientOp& op) {
  return entry_path(namespace_path(op.name_space), key_name(op.key));
}

// What no node may take into the log.
constexpr std::uint64_t kSpoils = 8;
void spoil(domain::PutEntry& put, std::uint64_t rule) {
  switch (rule) {
    case 1:
      put.key += "/x";
      break;
    case 2:
      put.path += "/";
      break;
    case 3:
      put.content_type.clear();
      break;
    case 4:
      put.labels = {{"b", ""}, {"a", ""}};
      break;
    case 5:
      put.description.assign(domain::kMaxDescriptionBytes + 1, 'x');
      break;
    case 6:
      put.precondition = {.if_version = 1, .if_absent = true};
      break;
    case 7:
      put.value.assign(domain::kMaxValueBytes + 1, 'x');
      break;
    case 8:
      put.key.assign(domain::kMaxKeyBytes + 1, 'x');
      break;
    default:
      break;
  }
}

}  // namespace

// --- put

// A put that its client can't ask for becomes what it can: without a known version one of a new
// entry, and without the namespace that one.
template <Precondition::Kind condition>
void PutOp::draw(Drawing& with, ClientOp& op) {
  PutOp put;
  put.draw_write(with, true);
  if (with.prng.per_million(with.config.invalid_ppm)) put.spoilt = 1 + with.prng.below(kSpoils);
  put.precondition.kind = condition;
  if (condition == Precondition::Kind::IfVersion) {
    put.precondition.version = with.memory.versions[{op.name_space, op.key}];
    if (put.precondition.version == 0) put.precondition.kind = Precondition::Kind::IfAbsent;
  }
  if (!with.memory.namespace_missing[op.name_space]) {
    op.body = put;
    return;
  }
  PutNamespaceOp instead{put};
  instead.precondition.kind = Precondition::Kind::None;
  op.body = instead;
}

std::span<const Draw> PutOp::draws() {
  using enum Precondition::Kind;
  static constexpr std::array kDraws = {
      Draw{[](const DerivedConfig& c) { return c.put_weight; }, draw<None>},
      Draw{[](const DerivedConfig& c) { return c.put_if_version_weight; }, draw<IfVersion>},
      Draw{[](const DerivedConfig& c) { return c.put_if_absent_weight; }, draw<IfAbsent>},
      Draw{[](const DerivedConfig& c) { return c.put_if_absent_weight; }, draw<IfExists>},
  };
  return kDraws;
}

std::string PutOp::about(const ClientOp& op) const {
  return entry_of(op);
}

AskedOperation PutOp::asked(const ClientOp& op) const {
  domain::PutEntry put{.path = namespace_path(op.name_space),
                       .key = key_name(op.key),
                       .content_type = content_type_of(value),
                       .value = value_bytes(value),
                       .labels = labels_of(value),
                       .description = description_of(value),
                       .precondition = condition()};
  spoil(put, spoilt);
  return write_of(op, std::move(put));
}

void PutOp::learn(ClientMemory& memory, const ClientOp& op, const node::Response& response) const {
  WriteOp::learn(memory, op, response);
  const auto* done = std::get_if<node::WriteDone>(&response.outcome);
  if (done == nullptr) return;
  memory.versions[{op.name_space, op.key}] = done->reply.version;
  if (done->reply.refusal) return;
  memory.note(op.name_space, op.key,
              {.version = done->reply.version, .revision = done->reply.revision, .value = value});
}

void PutOp::submitted(HistoryRecorder& history, const ClientOp& op, Moment moment) const {
  history.write_submitted(op, *this, EntryAction::Kind::Put, value, moment);
}

void PutOp::answered(HistoryRecorder& history, const ClientOp& op, const node::Response& response,
                     Moment moment) const {
  history.write_answered(op, *this, response, moment);
}

void PutOp::lost(HistoryRecorder& history, const ClientOp& op, Moment moment) const {
  history.write_lost(op, moment);
}

// --- delete

void DeleteOp::draw(Drawing& with, ClientOp& op) {
  using enum Precondition::Kind;
  DeleteOp deletion;
  // Two deletions of one entry are the same request.
  deletion.draw_write(with, false);
  Precondition& condition = deletion.precondition;
  condition.kind = with.prng.one_of({None, IfVersion, IfExists});
  if (condition.kind == IfVersion) {
    condition.version = with.memory.versions[{op.name_space, op.key}];
    if (condition.version == 0) condition.kind = None;
  }
  op.body = deletion;
}

std::span<const Draw> DeleteOp::draws() {
  static constexpr std::array kDraws = {
      Draw{[](const DerivedConfig& c) { return c.delete_weight; }, draw}};
  return kDraws;
}

std::string DeleteOp::about(const ClientOp& op) const {
  return entry_of(op);
}

AskedOperation DeleteOp::asked(const ClientOp& op) const {
  return write_of(
      op, domain::DeleteEntry{namespace_path(op.name_space), key_name(op.key), condition()});
}

void DeleteOp::learn(ClientMemory& memory, const ClientOp& op,
                     const node::Response& response) const {
  WriteOp::learn(memory, op, response);
  const auto* done = std::get_if<node::WriteDone>(&response.outcome);
  if (done == nullptr) return;
  memory.versions[{op.name_space, op.key}] = 0;
  if (done->reply.refusal) return;
  memory.note(op.name_space, op.key,
              {.version = done->reply.version, .revision = done->reply.revision});
}

void DeleteOp::submitted(HistoryRecorder& history, const ClientOp& op, Moment moment) const {
  history.write_submitted(op, *this, EntryAction::Kind::Delete, 0, moment);
}

void DeleteOp::answered(HistoryRecorder& history, const ClientOp& op,
                        const node::Response& response, Moment moment) const {
  history.write_answered(op, *this, response, moment);
}

void DeleteOp::lost(HistoryRecorder& history, const ClientOp& op, Moment moment) const {
  history.write_lost(op, moment);
}

// --- get

void GetOp::draw(Drawing& /*with*/, ClientOp& op) {
  op.body = GetOp{};
}

void GetOp::draw_stale(Drawing& /*with*/, ClientOp& op) {
  GetOp get;
  get.stale = true;
  op.body = get;
}

void GetOp::draw_bounded(Drawing& with, ClientOp& op) {
  GetOp get;
  get.stale = true;
  get.max_staleness_us = with.prng.one_of<std::int64_t>({0, 20'000, 500'000, 5'000'000});
  op.body = get;
}

void GetOp::draw_own_write(Drawing& with, ClientOp& op) {
  GetOp get;
  get.stale = !with.prng.chance(1, 4);
  get.draw_position(with);
  if (get.stale && with.prng.chance(1, 3)) {
    get.max_staleness_us = with.prng.one_of<std::int64_t>({20'000, 500'000});
  }
  op.body = get;
}

std::span<const Draw> GetOp::draws() {
  static constexpr std::array kDraws = {
      Draw{[](const DerivedConfig& c) { return c.get_weight; }, draw},
      Draw{[](const DerivedConfig& c) { return c.get_stale_weight; }, draw_stale},
      Draw{[](const DerivedConfig& c) { return c.get_bounded_weight; }, draw_bounded},
      Draw{[](const DerivedConfig& c) { return c.get_own_write_weight; }, draw_own_write},
  };
  return kDraws;
}

std::string GetOp::about(const ClientOp& op) const {
  return entry_of(op);
}

AskedOperation GetOp::asked(const ClientOp& op) const {
  return read_of(op, node::GetEntry{namespace_path(op.name_space), key_name(op.key), std::nullopt});
}

void GetOp::learn(ClientMemory& memory, const ClientOp& op, const node::Response& response) const {
  const auto* read = std::get_if<node::ReadDone>(&response.outcome);
  if (read == nullptr) return;
  const auto* row = std::get_if<domain::EntryRow>(&read->answer);
  memory.versions[{op.name_space, op.key}] = row != nullptr ? row->version : 0;
  if (row == nullptr) return;
  memory.note(op.name_space, op.key,
              {.version = row->version,
               .revision = row->revision,
               .value = value_of(row->value),
               .wall_ms = row->updated_at.wall_ms});
}

void GetOp::answered(HistoryRecorder& history, const ClientOp& op, const node::Response& response,
                     Moment moment) const {
  history.get_answered(op, *this, response, moment);
}

// --- list

void ListOp::draw(Drawing& with, ClientOp& op) {
  if (goes_on<ListOp>(with, op)) return;
  ListOp list;
  list.limit = with.prng.one_of<std::int64_t>({1, 2, 3, 100});
  list.stale = with.prng.chance(1, 4);
  if (with.prng.chance(1, 3)) list.label = 1 + with.prng.below(kLabelTexts);
  list.recursive = with.prng.chance(1, 3);
  if (with.prng.chance(1, 5)) list.prefix = 1 + with.prng.below(2);
  if (with.prng.chance(1, 4)) list.draw_position(with);
  op.key = static_cast<std::uint64_t>(with.config.keys);
  op.body = list;
}

std::span<const Draw> ListOp::draws() {
  static constexpr std::array kDraws = {
      Draw{[](const DerivedConfig& c) { return c.list_weight; }, draw}};
  return kDraws;
}

std::string ListOp::about(const ClientOp& op) const {
  return namespace_path(op.name_space);
}

AskedOperation ListOp::asked(const ClientOp& op) const {
  domain::ListEntries list;
  list.path = namespace_path(op.name_space);
  list.limit = static_cast<std::size_t>(limit);
  list.recursive = recursive;
  if (prefix != 0) list.key_prefix = key_name(prefix);
  list.labels = label_texts(label);
  if (after_namespace != 0) {
    list.after = {namespace_path(after_namespace - 1), after_key == 0 ? "" : key_name(after_key)};
  }
  return read_of(op, std::move(list));
}

void ListOp::learn(ClientMemory& memory, const ClientOp& op, const node::Response& response) const {
  remember_page<domain::EntryPage>(memory, op, response, *this, [](auto& next, const auto& resume) {
    next.after_namespace = number_in(resume.first) + 1;
    next.after_key = number_in(resume.second);
  });
}

void ListOp::answered(HistoryRecorder& history, const ClientOp& op, const node::Response& response,
                      Moment moment) const {
  history.list_answered(op, *this, response, moment);
}

}  // namespace confman::sim
