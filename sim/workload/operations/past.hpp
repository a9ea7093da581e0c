#pragma once

#include "sim/workload/operations/operation.hpp"

// What clients do with the past, and with what they inherit. The questions are judged one by one,
// by what the log makes of them; a rollback is a put of what the client knows of the version, for
// those who judge histories.
namespace confman::sim {

// A moment in numbers: a time if `ms` isn't negative, else a revision; 0:0 with no time may be
// none.
struct MomentNumbers {
  std::uint64_t term{};
  std::uint64_t index{};
  std::int64_t ms = -1;

  bool given() const { return ms >= 0 || index != 0 || term != 0; }
  domain::AsOf as_of() const;
  friend bool operator==(const MomentNumbers&, const MomentNumbers&) = default;
};

template <class Self, class Visit>
void for_each_from(Self& moment, Visit&& visit) {
  visit(Column::FromTerm, moment.term);
  visit(Column::FromIndex, moment.index);
  visit(Column::FromMs, moment.ms);
}
template <class Self, class Visit>
void for_each_to(Self& moment, Visit&& visit) {
  visit(Column::ToTerm, moment.term);
  visit(Column::ToIndex, moment.index);
  visit(Column::ToMs, moment.ms);
}

// To a version that its client knows, by number or by the revision that made it; or to one that it
// is refused for certain.
struct RollbackOp : WriteOp {
  static constexpr std::string_view kName = "rollback";

  std::uint64_t to_version{};
  MomentNumbers to;
  std::uint64_t restored{};  // the value of that version; 0: it will be refused

  template <class Self, class Visit>
  static void for_each_field(Self& self, Visit&& visit) {
    // Column::Value is the number of the write.
    WriteOp::for_each_field(self, visit);
    visit(Column::Filter, self.to_version);
    visit(Column::Flags, self.restored);
    for_each_to(self.to, visit);
  }
  bool is_valid() const { return (to_version != 0) != to.given(); }
  static std::span<const Draw> draws();
  std::string about(const ClientOp& op) const;
  AskedOperation asked(const ClientOp& op) const;
  void learn(ClientMemory& memory, const ClientOp& op, const node::Response& response) const;
  void submitted(HistoryRecorder& history, const ClientOp& op, Moment moment) const;
  void answered(HistoryRecorder& history, const ClientOp& op, const node::Response& response,
                Moment moment) const;
  void lost(HistoryRecorder& history, const ClientOp& op, Moment moment) const;

  friend bool operator==(const RollbackOp&, const RollbackOp&) = default;

 private:
  static void draw(Drawing& with, ClientOp& op);
};

struct GetPastOp : ReadOp {
  static constexpr std::string_view kName = "get past";

  MomentNumbers from;

  template <class Self, class Visit>
  static void for_each_field(Self& self, Visit&& visit) {
    ReadOp::for_each_field(self, visit);
    for_each_from(self.from, visit);
  }
  static std::span<const Draw> draws();
  std::string about(const ClientOp& op) const;
  AskedOperation asked(const ClientOp& op) const;

  friend bool operator==(const GetPastOp&, const GetPastOp&) = default;

 private:
  static void draw(Drawing& with, ClientOp& op);
};

struct ListPastOp : ReadOp {
  static constexpr std::string_view kName = "list past";

  MomentNumbers from;
  std::uint64_t label{};
  std::int64_t limit{};
  bool recursive = false;
  std::uint64_t prefix{};
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
    for_each_from(self.from, visit);
  }
  static std::span<const Draw> draws();
  std::string about(const ClientOp& op) const;
  AskedOperation asked(const ClientOp& op) const;
  void learn(ClientMemory& memory, const ClientOp& op, const node::Response& response) const;

  friend bool operator==(const ListPastOp&, const ListPastOp&) = default;

 private:
  static void draw(Drawing& with, ClientOp& op);
};

// A side is a version, a moment, or left out.
struct CompareVersionsOp : ReadOp {
  static constexpr std::string_view kName = "compare versions";

  std::uint64_t from_version{};
  MomentNumbers from;
  std::uint64_t to_version{};
  MomentNumbers to;

  template <class Self, class Visit>
  static void for_each_field(Self& self, Visit&& visit) {
    ReadOp::for_each_field(self, visit);
    visit(Column::Version, self.from_version);
    visit(Column::Value, self.to_version);
    for_each_from(self.from, visit);
    for_each_to(self.to, visit);
  }
  static std::span<const Draw> draws();
  std::string about(const ClientOp& op) const;
  AskedOperation asked(const ClientOp& op) const;

  friend bool operator==(const CompareVersionsOp&, const CompareVersionsOp&) = default;

 private:
  static void draw(Drawing& with, ClientOp& op);
};

struct CompareNamespaceOp : ReadOp {
  static constexpr std::string_view kName = "compare namespace";

  MomentNumbers from;
  MomentNumbers to;
  std::int64_t limit{};
  bool recursive = false;
  std::uint64_t after_namespace{};
  std::uint64_t after_key{};

  template <class Self, class Visit>
  static void for_each_field(Self& self, Visit&& visit) {
    ReadOp::for_each_field(self, visit);
    visit(Column::Limit, self.limit);
    visit(Column::Flags, self.recursive);
    visit(Column::AfterNamespace, self.after_namespace);
    visit(Column::AfterKey, self.after_key);
    for_each_from(self.from, visit);
    for_each_to(self.to, visit);
  }
  static std::span<const Draw> draws();
  std::string about(const ClientOp& op) const;
  AskedOperation asked(const ClientOp& op) const;
  void learn(ClientMemory& memory, const ClientOp& op, const node::Response& response) const;

  friend bool operator==(const CompareNamespaceOp&, const CompareNamespaceOp&) = default;

 private:
  static void draw(Drawing& with, ClientOp& op);
};

struct ResolveEntryOp : ReadOp {
  static constexpr std::string_view kName = "resolve";

  static std::span<const Draw> draws();
  std::string about(const ClientOp& op) const;
  AskedOperation asked(const ClientOp& op) const;

 private:
  static void draw(Drawing& with, ClientOp& op);
};

struct ResolveNamespaceOp : ReadOp {
  static constexpr std::string_view kName = "resolve namespace";

  std::int64_t limit{};
  std::uint64_t prefix{};
  std::uint64_t after_key{};

  template <class Self, class Visit>
  static void for_each_field(Self& self, Visit&& visit) {
    ReadOp::for_each_field(self, visit);
    visit(Column::Limit, self.limit);
    visit(Column::Filter, self.prefix);
    visit(Column::AfterKey, self.after_key);
  }
  static std::span<const Draw> draws();
  std::string about(const ClientOp& op) const;
  AskedOperation asked(const ClientOp& op) const;
  void learn(ClientMemory& memory, const ClientOp& op, const node::Response& response) const;

  friend bool operator==(const ResolveNamespaceOp&, const ResolveNamespaceOp&) = default;

 private:
  static void draw(Drawing& with, ClientOp& op);
};

}  // namespace confman::sim
