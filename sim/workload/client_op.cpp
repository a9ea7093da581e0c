#include "sim/workload/client_op.hpp"

#include <concepts>
#include <type_traits>
#include <utility>
#include <vector>

namespace confman::sim {
namespace {

// Calls visit(Column, number&) for every number of an operation but its kind's.
template <class Op, class Visit>
void for_each_field(Op& op, Visit&& visit) {
  visit(Column::Request, op.request);
  visit(Column::Logical, op.logical);
  visit(Column::Client, op.client);
  visit(Column::Namespace, op.name_space);
  visit(Column::Key, op.key);
  visit(Column::Timeout, op.timeout_us);
  visit(Column::ApiKey, op.api_key);
  std::visit([&](auto& body) { body.for_each_field(body, visit); }, op.body);
}

// False if there is no such value.
template <class Field>
bool set(Field& field, std::uint64_t number) {
  field = static_cast<Field>(number);
  if constexpr (std::is_same_v<Field, bool>) return number <= 1;
  if constexpr (std::is_same_v<Field, Precondition::Kind>) {
    return number <= static_cast<std::uint64_t>(Precondition::Kind::IfExists);
  }
  return true;
}

template <std::size_t... kinds>
bool set_kind(OpBody& body, std::uint64_t kind, std::index_sequence<kinds...>) {
  return ((kind == kinds && (body.emplace<kinds>(), true)) || ...);
}

template <class Sort>
const Sort* body_of_sort(const ClientOp& op) {
  return std::visit(
      [](const auto& body) -> const Sort* {
        if constexpr (std::derived_from<std::remove_cvref_t<decltype(body)>, Sort>) return &body;
        return nullptr;
      },
      op.body);
}

template <std::size_t... kinds>
std::vector<DrawOfKind> draws_of(std::index_sequence<kinds...>) {
  std::vector<DrawOfKind> all;
  const auto add = [&]<class Kind>(std::type_identity<Kind>) {
    for (const Draw& draw : Kind::draws()) all.push_back({draw, std::derived_from<Kind, WriteOp>});
  };
  (add(std::type_identity<std::variant_alternative_t<kinds, OpBody>>{}), ...);
  return all;
}

using Kinds = std::make_index_sequence<std::variant_size_v<OpBody>>;

}  // namespace

std::string_view name_of(const ClientOp& op) {
  return std::visit([](const auto& body) { return body.kName; }, op.body);
}

std::string about(const ClientOp& op) {
  return std::visit([&](const auto& body) { return body.about(op); }, op.body);
}

node::Request request_of(const ClientOp& op, Time now) {
  return {.id = node::RequestId{op.request},
          .deadline = now + Duration{op.timeout_us},
          .operation = std::visit([&](const auto& body) { return body.asked(op); }, op.body)};
}

const WriteOp* write_in(const ClientOp& op) {
  return body_of_sort<WriteOp>(op);
}

const ReadOp* read_in(const ClientOp& op) {
  return body_of_sort<ReadOp>(op);
}

bool is_valid(const ClientOp& op) {
  return std::visit([](const auto& body) { return body.is_valid(); }, op.body);
}

bool is_admin(const ClientOp& op) {
  return std::visit([](const auto& body) { return body.kIsAdmin; }, op.body);
}

bool changes_voters(const ClientOp& op) {
  return std::visit([](const auto& body) { return body.kChangesVoters; }, op.body);
}

OpRow row_of(const ClientOp& op) {
  OpRow row;
  row[Column::Kind] = op.body.index();
  for_each_field(op, [&](Column column, const auto& field) {
    row[column] = static_cast<std::uint64_t>(field);
  });
  return row;
}

std::optional<ClientOp> op_of(const OpRow& row) {
  ClientOp op;
  bool ok = set_kind(op.body, row[Column::Kind], Kinds{});
  for_each_field(op, [&](Column column, auto& field) { ok = set(field, row[column]) && ok; });
  if (!ok || row_of(op) != row) return std::nullopt;
  return op;
}

std::span<const DrawOfKind> all_draws() {
  static const std::vector<DrawOfKind> kAll = draws_of(Kinds{});
  return kAll;
}

}  // namespace confman::sim
