#pragma once

#include "sim/workload/operations/past.hpp"

// What is done about how much there may be, how long it stays, what mustn't stay, and a namespace
// as it was. Drawn with `keep_weight`, which is 0 in all profiles but `keep`. Judged by the log
// (sim/reference).
namespace confman::sim {

// A quota or terms of retention are put or deleted, a restore point is made or deleted, or the keys
// that requests change, and they alone, are rolled back or lose a version (names.hpp): so those who
// judge histories of entries needn't know of it.
struct KeepOp : WriteOp {
  static constexpr std::string_view kName = "quotas, retention and rollback";

  enum class What : std::uint64_t {
    PutQuota,
    DeleteQuota,
    PutRetention,
    DeleteRetention,
    RollBack,
    Destroy,  // a version of the key
    CreatePoint,
    DeletePoint,
    DraftDestruction  // a request for it
  };
  static constexpr std::uint64_t kKinds = 9;

  std::uint64_t what{};
  std::uint64_t number{};   // of a quota its entries; of retention its versions; of a rollback: its
                            // keys' number, or 0 for all that begin alike; of a restore point its
                            // name's; of a destruction the version
  std::uint64_t measure{};  // of a quota its bytes, of retention its milliseconds
  MomentNumbers to;

  template <class Self, class Visit>
  static void for_each_field(Self& self, Visit&& visit) {
    WriteOp::for_each_field(self, visit);
    visit(Column::Filter, self.what);
    visit(Column::Flags, self.number);
    visit(Column::AfterKey, self.measure);
    for_each_to(self.to, visit);
  }
  bool is_valid() const;
  bool drafts() const { return what == static_cast<std::uint64_t>(What::DraftDestruction); }
  static std::span<const Draw> draws();
  std::string about(const ClientOp& op) const;
  AskedOperation asked(const ClientOp& op) const;

  friend bool operator==(const KeepOp&, const KeepOp&) = default;

 private:
  static void draw(Drawing& with, ClientOp& op);
  domain::CommandBody body(std::string path, std::uint64_t key) const;
};

// What is left of versions that may be destroyed or pruned, and restore points.
struct AskKeptOp : ReadOp {
  static constexpr std::string_view kName = "ask what is kept";

  enum class What : std::uint64_t { Point, Points, Version, AsOf, Versions, Compare };
  static constexpr std::uint64_t kKinds = 6;

  std::uint64_t what{};
  std::uint64_t point{};    // the number of its name; of a list: behind it, or 0
  std::uint64_t version{};  // of a list: before it, or 0
  std::int64_t limit{};
  MomentNumbers from;

  template <class Self, class Visit>
  static void for_each_field(Self& self, Visit&& visit) {
    ReadOp::for_each_field(self, visit);
    visit(Column::Filter, self.what);
    visit(Column::AfterKey, self.point);
    visit(Column::Version, self.version);
    visit(Column::Limit, self.limit);
    for_each_from(self.from, visit);
  }
  bool is_valid() const { return what < kKinds; }
  static std::span<const Draw> draws();
  std::string about(const ClientOp& op) const;
  AskedOperation asked(const ClientOp& op) const;
  void learn(ClientMemory& memory, const ClientOp& op, const node::Response& response) const;

  friend bool operator==(const AskKeptOp&, const AskKeptOp&) = default;

 private:
  static void draw(Drawing& with, ClientOp& op);
};

}  // namespace confman::sim
