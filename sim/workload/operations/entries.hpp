#pragma once

#include "sim/workload/operations/operation.hpp"

// What clients do with entries. Judged as a register with versions (check_entries), and by the
// checkers of sessions, acknowledgements and phantoms.
namespace confman::sim {

struct PutOp : WriteOp {
  static constexpr std::string_view kName = "put";

  std::uint64_t spoilt{};  // breaks the rule of that number; 0: none

  template <class Self, class Visit>
  static void for_each_field(Self& self, Visit&& visit) {
    WriteOp::for_each_field(self, visit);
    visit(Column::Flags, self.spoilt);
  }
  bool is_valid() const { return spoilt == 0; }
  friend bool operator==(const PutOp&, const PutOp&) = default;

  static std::span<const Draw> draws();
  std::string about(const ClientOp& op) const;
  AskedOperation asked(const ClientOp& op) const;
  void learn(ClientMemory& memory, const ClientOp& op, const node::Response& response) const;
  void submitted(HistoryRecorder& history, const ClientOp& op, Moment moment) const;
  void answered(HistoryRecorder& history, const ClientOp& op, const node::Response& response,
                Moment moment) const;
  void lost(HistoryRecorder& history, const ClientOp& op, Moment moment) const;

 private:
  template <Precondition::Kind condition>
  static void draw(Drawing& with, ClientOp& op);
};

struct DeleteOp : WriteOp {
  static constexpr std::string_view kName = "delete";

  static std::span<const Draw> draws();
  std::string about(const ClientOp& op) const;
  AskedOperation asked(const ClientOp& op) const;
  void learn(ClientMemory& memory, const ClientOp& op, const node::Response& response) const;
  void submitted(HistoryRecorder& history, const ClientOp& op, Moment moment) const;
  void answered(HistoryRecorder& history, const ClientOp& op, const node::Response& response,
                Moment moment) const;
  void lost(HistoryRecorder& history, const ClientOp& op, Moment moment) const;

 private:
  static void draw(Drawing& with, ClientOp& op);
};

struct GetOp : ReadOp {
  static constexpr std::string_view kName = "get";

  static std::span<const Draw> draws();
  std::string about(const ClientOp& op) const;
  AskedOperation asked(const ClientOp& op) const;
  void learn(ClientMemory& memory, const ClientOp& op, const node::Response& response) const;
  void answered(HistoryRecorder& history, const ClientOp& op, const node::Response& response,
                Moment moment) const;

 private:
  static void draw(Drawing& with, ClientOp& op);
  static void draw_stale(Drawing& with, ClientOp& op);
  static void draw_bounded(Drawing& with, ClientOp& op);
  static void draw_own_write(Drawing& with, ClientOp& op);
};

// Its key: how many keys the reader looks for.
struct ListOp : ReadOp {
  static constexpr std::string_view kName = "list";

  std::uint64_t label{};  // asked for; 0: none
  std::int64_t limit{};
  bool recursive = false;
  std::uint64_t prefix{};  // of keys: that of the key with this number; 0: none
  std::uint64_t after_namespace{};
  std::uint64_t after_key{};

  template <class Self, class Visit>
  static void for_each_field(Self& self, Visit&& visit) {
    ReadOp::for_each_field(self, visit);
    visit(Column::Value, self.label);
    visit(Column::Limit, self.limit);
    visit(Column::Flags, self.recursive);
    visit(Column::Filter, self.prefix);
    visit(Column::AfterNamespace, self.after_namespace);
    visit(Column::AfterKey, self.after_key);
  }
  static std::span<const Draw> draws();
  std::string about(const ClientOp& op) const;
  AskedOperation asked(const ClientOp& op) const;
  void learn(ClientMemory& memory, const ClientOp& op, const node::Response& response) const;
  void answered(HistoryRecorder& history, const ClientOp& op, const node::Response& response,
                Moment moment) const;

  friend bool operator==(const ListOp&, const ListOp&) = default;

 private:
  static void draw(Drawing& with, ClientOp& op);
};

}  // namespace confman::sim
