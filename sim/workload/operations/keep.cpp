#include "sim/workload/operations/keep.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "domain/command/validate.hpp"
#include "domain/past/commands.hpp"
#include "domain/quotas/commands.hpp"
#include "domain/restore/commands.hpp"
#include "domain/retention/commands.hpp"
#include "domain/review/changes.hpp"
#include "domain/review/commands.hpp"
#include "sim/workload/client_op.hpp"
#include "sim/workload/names.hpp"
#include "sim/workload/operations/paging.hpp"

namespace confman::sim {
namespace {

std::int64_t weight(const DerivedConfig& c) {
  return c.keep_weight * 8;
}

constexpr std::uint64_t kPoints = 3;

std::string point_name(std::uint64_t number) {
  return numbered("point", number);
}

std::uint64_t draw_reviewed_key(Drawing& with) {
  return kFirstReviewedKey + with.prng.below(3);
}

}  // namespace

domain::CommandBody KeepOp::body(std::string path, std::uint64_t key) const {
  const auto destroy = [&] {
    return domain::DestroyVersion{std::move(path), key_name(key), number, numbered("case ", value)};
  };
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
    case What::Destroy:
      return destroy();
    case What::CreatePoint:
      return domain::CreateRestorePoint{point_name(number), description_of(value)};
    case What::DeletePoint:
      return domain::DeleteRestorePoint{point_name(number)};
    case What::DraftDestruction:
      return domain::CreateRequest{numbered("destruction ", value), description_of(value),
                                   domain::join_changes({domain::encode_body(destroy())}), 0, true};
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
      {What::PutQuota,     What::PutQuota,        What::DeleteQuota,      What::PutRetention,
       What::PutRetention, What::DeleteRetention, What::RollBack,         What::RollBack,
       What::RollBack,     What::RollBack,        What::Destroy,          What::Destroy,
       What::Destroy,      What::Destroy,         What::Destroy,          What::CreatePoint,
       What::DeletePoint,  What::DeletePoint,     What::DraftDestruction, What::DraftDestruction});
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
      if (const auto known = with.serial.requests.draw_entry(with.prng);
          known && keep.number != 0 && with.prng.chance(1, 2)) {
        op.name_space = known->name_space;
        keep.number = known->key;
      }
      keep.to = {newest.term, newest.index, -1};
      if (newest.index > 1 && with.prng.chance(2, 3))
        keep.to.index = 1 + with.prng.below(newest.index);
      if (keep.to.index == 0) keep.to = {1, 1, -1};
      break;
    }
    case What::Destroy:
    case What::DraftDestruction:
      keep.precondition = {};
      op.key = draw_reviewed_key(with);
      keep.number = 1 + with.prng.below(4);
      if (const auto known = with.serial.requests.draw_entry(with.prng);
          known && with.prng.chance(7, 8)) {
        op.name_space = known->name_space;
        op.key = known->key;
        keep.number = 1 + with.prng.below(known->versions);
      }
      break;
    case What::CreatePoint:
    case What::DeletePoint:
      keep.precondition = {};
      keep.number = 1 + with.prng.below(kPoints);
      break;
    default:
      break;
  }
  const bool is_for_admins =
      kind == What::Destroy || kind == What::CreatePoint || kind == What::DeletePoint;
  if (is_for_admins && with.config.access_weight > 0) {
    op.api_key = with.serial.keys.draw(with.prng, op.client, true);
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
  command.body = body("/", kFirstReviewedKey);
  return domain::validate(command).has_value();
}

std::string KeepOp::about(const ClientOp& op) const {
  const std::string path = namespace_path(op.name_space);
  switch (static_cast<What>(what)) {
    case What::Destroy:
    case What::DraftDestruction:
      return entry_path(path, key_name(op.key));
    case What::CreatePoint:
    case What::DeletePoint:
      return point_name(number);
    default:
      return path;
  }
}

AskedOperation KeepOp::asked(const ClientOp& op) const {
  return write_of(op, body(namespace_path(op.name_space), op.key));
}

// --- questions

void AskKeptOp::draw(Drawing& with, ClientOp& op) {
  if (goes_on<AskKeptOp>(with, op)) return;
  AskKeptOp ask;
  ask.stale = with.prng.chance(1, 3);
  const auto kind =
      with.prng.one_of({What::Point, What::Points, What::Version, What::Version, What::AsOf,
                        What::AsOf, What::Versions, What::Versions, What::Compare, What::Compare});
  ask.what = static_cast<std::uint64_t>(kind);
  ask.limit = with.prng.one_of<std::int64_t>({1, 2, 5, 100});
  op.key = draw_reviewed_key(with);
  std::uint64_t versions = 3;
  if (const auto known = with.serial.requests.draw_entry(with.prng);
      known && with.prng.chance(7, 8)) {
    op.name_space = known->name_space;
    op.key = known->key;
    versions = known->versions;
  }
  const domain::Revision newest = with.memory.newest;
  switch (kind) {
    case What::Point:
      ask.point = 1 + with.prng.below(kPoints + 1);
      break;
    case What::Version:
    case What::Compare:
      ask.version = 1 + with.prng.below(versions + 1);
      break;
    case What::AsOf:
      ask.from = {newest.term, newest.index, -1};
      if (newest.index > 1) ask.from.index = 1 + with.prng.below(newest.index);
      break;
    default:
      break;
  }
  if (kind == What::Point || kind == What::Points) {
    op.api_key = with.serial.keys.draw(with.prng, op.client, true);
  }
  op.body = ask;
}

std::span<const Draw> AskKeptOp::draws() {
  static constexpr std::array kDraws = {Draw{weight, draw}};
  return kDraws;
}

std::string AskKeptOp::about(const ClientOp& op) const {
  if (what == static_cast<std::uint64_t>(What::Point)) return point_name(point);
  if (what == static_cast<std::uint64_t>(What::Points)) return "restore points";
  return entry_path(namespace_path(op.name_space), key_name(op.key));
}

AskedOperation AskKeptOp::asked(const ClientOp& op) const {
  const std::string path = namespace_path(op.name_space);
  const std::string key = key_name(op.key);
  switch (static_cast<What>(what)) {
    case What::Point:
      return read_of(op, domain::GetRestorePoint{point_name(point)});
    case What::Points: {
      domain::ListRestorePoints list;
      if (point != 0) list.after = point_name(point);
      list.limit = static_cast<std::size_t>(limit);
      return read_of(op, std::move(list));
    }
    case What::Version:
      return read_of(op, node::GetEntry{.path = path, .key = key, .version = version});
    case What::AsOf:
      return read_of(
          op,
          node::GetEntry{.path = path, .key = key, .version = std::nullopt, .as_of = from.as_of()});
    case What::Versions: {
      domain::ListVersions list;
      list.path = path;
      list.key = key;
      list.before = version;
      list.limit = static_cast<std::size_t>(limit);
      return read_of(op, std::move(list));
    }
    case What::Compare:
      break;
  }
  return read_of(
      op,
      domain::CompareVersions{
          .path = path, .key = key, .from = std::nullopt, .to = domain::VersionChoice(version)});
}

void AskKeptOp::learn(ClientMemory& memory, const ClientOp& op,
                      const node::Response& response) const {
  if (what == static_cast<std::uint64_t>(What::Versions)) {
    remember_page<domain::VersionPage>(
        memory, op, response, *this, [](auto& next, const auto& resume) { next.version = resume; });
  } else {
    remember_page<domain::RestorePointPage>(
        memory, op, response, *this,
        [](auto& next, const auto& resume) { next.point = number_in(resume); });
  }
}

}  // namespace confman::sim
