#include "sim/workload/client_op.hpp"

#include <gtest/gtest.h>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace confman::sim {
namespace {

constexpr std::size_t kKinds = std::variant_size_v<OpBody>;

Column column(std::size_t number) {
  return static_cast<Column>(number);
}

OpRow plain_row(std::size_t kind) {
  OpRow row;
  row[Column::Kind] = kind;
  return row;
}

// A number that isn't plain, and that is a valid one in the column.
std::uint64_t another_number(Column column) {
  switch (column) {
    case Column::Forward:
      return 0;
    case Column::Stale:
    case Column::Flags:
      return 1;
    case Column::Precondition:
      return static_cast<std::uint64_t>(Precondition::Kind::IfAbsent);
    default:
      return 7;
  }
}

// The columns in which an operation of that kind may have numbers of its own.
std::set<std::string> columns_of(std::size_t kind) {
  std::set<std::string> columns;
  for (std::size_t i = 0; i < kColumns; ++i) {
    if (column(i) == Column::Kind) continue;
    OpRow row = plain_row(kind);
    row[column(i)] = another_number(column(i));
    const std::optional<ClientOp> op = op_of(row);
    if (!op) continue;
    EXPECT_EQ(row_of(*op), row) << kColumnSpecs[i].name;
    columns.emplace(kColumnSpecs[i].name);
  }
  return columns;
}

// What recordings hold stays readable: neither numbers nor columns of a kind change their meaning.
TEST(ClientOp, KindsKeepTheirNumbersAndColumns) {
  const std::set<std::string> all = {"request", "logical",    "client", "namespace",
                                     "key",     "timeout_us", "api_key"};
  const std::set<std::string> writes = {"value", "precondition", "version", "idempotency",
                                        "forward"};
  const std::set<std::string> reads = {"stale", "min_term", "min_index", "max_staleness_us"};
  const std::set<std::string> from = {"from_term", "from_index", "from_ms"};
  const std::set<std::string> to = {"to_term", "to_index", "to_ms"};
  const auto with = [](std::set<std::string> columns, const std::set<std::string>& more) {
    columns.insert(more.begin(), more.end());
    return columns;
  };
  const std::vector<std::pair<std::string, std::set<std::string>>> kinds = {
      {"put", with(with(all, writes), {"flags"})},
      {"delete", with(all, writes)},
      {"put namespace", with(all, writes)},
      {"delete namespace", with(all, writes)},
      {"get", with(all, reads)},
      {"list", with(with(all, reads),
                    {"value", "limit", "flags", "filter", "after_namespace", "after_key"})},
      {"watch", with(all, {"min_term", "after", "limit", "flags"})},
      {"add member", all},
      {"promote member", all},
      {"demote member", all},
      {"remove member", all},
      {"transfer leadership to", all},
      {"get version", with(with(all, reads), {"version"})},
      {"get namespace", with(all, reads)},
      {"list namespaces", with(with(all, reads), {"limit", "flags", "after_namespace"})},
      {"list versions", with(with(all, reads), {"limit", "version"})},
      {"list audit", with(with(all, reads), {"limit", "flags", "after", "filter", "value"})},
      {"rollback", with(with(with(all, writes), {"filter", "flags"}), to)},
      {"get past", with(with(all, reads), from)},
      {"list past", with(with(with(all, reads), from),
                         {"value", "limit", "flags", "filter", "after_namespace", "after_key"})},
      {"compare versions", with(with(with(with(all, reads), from), to), {"version", "value"})},
      {"compare namespace", with(with(with(with(all, reads), from), to),
                                 {"limit", "flags", "after_namespace", "after_key"})},
      {"resolve", with(all, reads)},
      {"resolve namespace", with(with(all, reads), {"limit", "filter", "after_key"})},
      {"create api key", with(with(all, writes), {"filter", "limit"})},
      {"revoke api key", with(with(all, writes), {"filter"})},
      {"mint bootstrap key", with(with(all, writes), {"flags"})},
      {"put role", with(with(all, writes), {"filter"})},
      {"delete role", with(all, writes)},
      {"assign roles", with(with(all, writes), {"filter"})},
      {"remove roles", with(all, writes)},
      {"add to group", with(with(all, writes), {"filter"})},
      {"remove from group", with(with(all, writes), {"filter"})},
      {"set inheritance", with(with(all, writes), {"flags"})},
      {"ask about access", with(with(all, reads), {"value", "limit", "filter", "after_key"})},
      {"set policy", with(with(all, writes), {"limit", "flags", "from_ms", "to_ms"})},
      {"draft request", with(with(all, writes), {"after_key", "filter", "flags", "to_ms"})},
      {"step of a request", with(with(all, writes), {"after_key", "filter"})},
      {"put what is reviewed", with(with(all, writes), {"filter"})},
      {"quotas, retention and rollback",
       with(with(with(all, writes), to), {"filter", "flags", "after_key"})},
      {"ask of requests", with(with(all, reads), {"after_key", "filter", "flags", "limit", "to_ms",
                                                  "value", "version"})},
      {"ask what is kept",
       with(with(with(all, reads), from), {"after_key", "filter", "limit", "version"})},
  };
  ASSERT_LE(kinds.size(), kKinds);
  for (std::size_t kind = 0; kind < kinds.size(); ++kind) {
    const std::optional<ClientOp> op = op_of(plain_row(kind));
    ASSERT_TRUE(op);
    EXPECT_EQ(op->body.index(), kind);
    EXPECT_EQ(name_of(*op), kinds[kind].first);
    EXPECT_EQ(columns_of(kind), kinds[kind].second) << kinds[kind].first;
  }
}

TEST(ClientOp, AllNumbersOfEveryKindComeBack) {
  for (std::size_t kind = 0; kind < kKinds; ++kind) {
    OpRow row = plain_row(kind);
    for (std::size_t i = 0; i < kColumns; ++i) {
      OpRow one = plain_row(kind);
      one[column(i)] = another_number(column(i));
      if (column(i) != Column::Kind && op_of(one)) row[column(i)] = another_number(column(i));
    }
    const std::optional<ClientOp> op = op_of(row);
    ASSERT_TRUE(op) << kind;
    EXPECT_EQ(row_of(*op), row) << name_of(*op);
  }
}

TEST(ClientOp, ARowWithoutMeaningIsNone) {
  EXPECT_FALSE(op_of(plain_row(kKinds))) << "there is no such kind";
  const std::pair<Column, std::uint64_t> impossible[] = {
      {Column::Forward, 2}, {Column::Precondition, 4}, {Column::Limit, 3}};
  for (const auto& [where, number] : impossible) {
    OpRow put = plain_row(0);
    put[where] = number;
    EXPECT_FALSE(op_of(put)) << kColumnSpecs[static_cast<std::size_t>(where)].name;
  }
}

TEST(ClientOp, WhatIsDrawnAsAWriteIsOne) {
  const DerivedConfig config;
  Prng prng(1);
  Serial serial;
  ClientMemory memory;
  Drawing with{config, prng, serial, memory};
  for (const DrawOfKind& way : all_draws()) {
    ClientOp op;
    way.draw.draw(with, op);
    EXPECT_EQ(is_write(op), way.writes) << name_of(op);
  }
}

}  // namespace
}  // namespace confman::sim
