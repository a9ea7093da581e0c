#pragma once

#include "sim/workload/operations/past.hpp"

// What is done about how much there may be, how long it stays, and a namespace as it was. Drawn
// with `keep_weight`, which is 0 in all profiles but `keep`. Judged by the log (sim/reference).
namespace confman::sim {

// A quota or terms of retention are put or deleted, or the keys that requests change, and they
// alone, are rolled back (names.hpp): so those who judge histories of entries needn't know of it.
struct KeepOp : WriteOp {
  static constexpr std::string_view kName = "quotas, retention and rollback";

  enum class What : std::uint64_t {
    PutQuota,
    DeleteQuota,
    PutRetention,
    DeleteRetention,
    RollBack
  };
  static constexpr std::uint64_t kKinds = 5;

  std::uint64_t what{};
  std::uint64_t number{};   // of a quota its entries; of retention its versions; of a rollback: its
                            // keys' number, or 0 for all that begin alike
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
  static std::span<const Draw> draws();
  std::string about(const ClientOp& op) const;
  AskedOperation asked(const ClientOp& op) const;

  friend bool operator==(const KeepOp&, const KeepOp&) = default;

 private:
  static void draw(Drawing& with, ClientOp& op);
  domain::CommandBody body(std::string path) const;
};

}  // namespace confman::sim
