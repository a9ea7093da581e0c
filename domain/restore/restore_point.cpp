#include "domain/restore/restore_point.hpp"

#include <algorithm>

#include "domain/codec/must_decode.hpp"
#include "domain/query/page_builder.hpp"
#include "domain/restore/commands.hpp"
#include "domain/retention/held_index.hpp"
#include "domain/state/held_row.hpp"
#include "domain/state/writer.hpp"

namespace confman::domain {
namespace {

std::string holder_of(std::string_view name) {
  return "restore-point/" + std::string(name);
}

}  // namespace

Bytes encode(const RestorePointRow& row) {
  return encode_record(row);
}

bool is_restore_point_name(std::string_view name) {
  return !name.empty() && name.size() <= kMaxRestorePointNameBytes &&
         std::ranges::all_of(name, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '.' || c == '_' || c == '-';
         });
}

std::expected<FoundRestorePoint, QueryFault> find_restore_point(const StateStore& store,
                                                                std::string_view name) {
  const auto bytes = store.get(Table::RestorePoint, keys::of_restore_point(name));
  if (!bytes) return std::unexpected(QueryFault::RestorePointNotFound);
  return FoundRestorePoint{std::string(name), must_decode(decode_record<RestorePointRow>(*bytes))};
}

std::expected<RestorePointPage, QueryFault> list_restore_points(const StateStore& store,
                                                                const ListRestorePoints& query) {
  PageBuilder<FoundRestorePoint> page(query.limit, query.max_visited, query.max_bytes);
  const Bytes from = query.after ? behind(keys::of_restore_point(*query.after)) : Bytes{};
  store.scan(Table::RestorePoint, from, {}, [&page](ByteView key, ByteView value) {
    if (!page.visit(key, value.size())) return false;
    return page.add({std::string(key), must_decode(decode_record<RestorePointRow>(value))},
                    value.size());
  });
  return page.take([](ByteView key) { return std::string(key); });
}

Checked check(const CreateRestorePoint& c) {
  if (!is_restore_point_name(c.name)) return fault(CommandFaultKind::BadRestorePoint);
  return check_description(c.comment);
}

Checked check(const DeleteRestorePoint& c) {
  return check_that(is_restore_point_name(c.name), CommandFaultKind::BadRestorePoint);
}

Decision decide(StateWriter& state, const Act& act, const CreateRestorePoint& command) {
  Decision decision;
  decision.action = command.attempted();
  const auto held = hold<RestorePointTable>(state.store(), keys::of_restore_point(command.name));
  decision.current_version = held.version();
  if (held.bytes) return refuse(decision, Refusal::RestorePointExists);
  if (state.meta().restore_points >= kMaxRestorePoints) return refuse(decision, Refusal::TooMany);
  write(state, held, RestorePointRow{act.position, act.author, act.stamp, command.comment});
  ++state.meta().restore_points;
  hold_index(state, act.position.index, holder_of(command.name));
  decision.new_version = act.position.index;
  return decision;
}

Decision decide(StateWriter& state, const Act& /*act*/, const DeleteRestorePoint& command) {
  Decision decision;
  decision.action = command.attempted();
  const auto held = hold<RestorePointTable>(state.store(), keys::of_restore_point(command.name));
  decision.current_version = held.version();
  if (!held.bytes) return refuse(decision, Refusal::RestorePointNotFound);
  remove(state, held);
  --state.meta().restore_points;
  let_index_go(state, held.row.revision.index, holder_of(command.name));
  return decision;
}

}  // namespace confman::domain
