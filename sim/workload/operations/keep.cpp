#include "sim/workload/operations/keep.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "domain/command/validate.hpp"
#include "domain/past/commands.hpp"
#include "domain/quotas/commands.hpp"
#include "domain/retention/commands.hpp"
#include "sim/workload/client_op.hpp"
#include "sim/workload/names.hpp"

namespace confman::sim {
namespace {

std::int64_t weight(const DerivedConfig& c) {
  return c.keep_weight * 4;
}

}  // namespace

domain::CommandBody KeepOp::body(std::string path) const {
  switch (static_cast<What>(what)) {
    case What::PutQuota:
      return domain::PutQuota{std::move(path), condition(), number, measure};
    case What::DeleteQuota:
      return domain::DeleteQuota{std::move(path), condition()};
    case What::PutRetention:
      return domain::PutRetention{std::move(path), condition(), number,
                                  static_cast<std::int64_t>(measure)};
    case What::DeleteRetention:
      return domain::DeleteRetention{std::move(path), condition()};
    case What::RollBack:
      break;
  }
  const std::string all = key_name(kFirstReviewedKey / 10);
  domain::RollbackNamespace back{.path = std::move(path),
                                 .prefix = number == 0 ? all : key_name(number)};
  if (to.ms > 0) {
    back.to_time_ms = to.ms;
  } else {
    back.to_revision = {to.term, to.index};
  }
  return back;
}

void KeepOp::draw(Drawing& with, ClientOp& op) {
  using enum Precondition::Kind;
  KeepOp keep;
  keep.draw_write(with, false);
  keep.precondition.kind = with.prng.one_of({None, None, None, IfAbsent, IfExists});
  const auto kind = with.prng.one_of(
      {What::PutQuota, What::PutQuota, What::DeleteQuota, What::PutRetention, What::PutRetention,
       What::DeleteRetention, What::RollBack, What::RollBack, What::RollBack, What::RollBack});
  keep.what = static_cast<std::uint64_t>(kind);
  switch (kind) {
    case What::PutQuota:
      keep.number = with.prng.one_of<std::uint64_t>({0, 2, 5, 10, 30});
      keep.measure = with.prng.one_of<std::uint64_t>({0, 100, 1000, 10'000});
      if (keep.number == 0 && keep.measure == 0) keep.number = 20;
      break;
    case What::PutRetention:
      keep.number = with.prng.one_of<std::uint64_t>({0, 1, 2, 3, 5});
      keep.measure = with.prng.one_of<std::uint64_t>({0, 0, 1, 500, 3000});
      break;
    case What::RollBack: {
      keep.precondition = {};
      // Whether no other key begins like those.
      const bool alone = with.config.keys < static_cast<std::int64_t>(kFirstReviewedKey / 10);
      if (!alone || with.prng.chance(1, 2)) keep.number = kFirstReviewedKey + with.prng.below(3);
      const domain::Revision newest = with.memory.newest;
      keep.to = {newest.term, newest.index, -1};
      if (newest.index > 1 && with.prng.chance(2, 3))
        keep.to.index = 1 + with.prng.below(newest.index);
      if (keep.to.index == 0) keep.to = {1, 1, -1};
      break;
    }
    default:
      break;
  }
  op.body = keep;
}

std::span<const Draw> KeepOp::draws() {
  static constexpr std::array kDraws = {Draw{weight, draw}};
  return kDraws;
}

bool KeepOp::is_valid() const {
  if (what >= kKinds) return false;
  domain::Command command;
  command.actor = {domain::ActorType::Anonymous, "somebody", {}};
  command.body = body("/");
  return domain::validate(command).has_value();
}

std::string KeepOp::about(const ClientOp& op) const {
  return namespace_path(op.name_space);
}

AskedOperation KeepOp::asked(const ClientOp& op) const {
  return write_of(op, body(namespace_path(op.name_space)));
}

}  // namespace confman::sim
