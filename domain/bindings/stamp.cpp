#include "domain/bindings/stamp.hpp"

#include <algorithm>
#include <set>

#include "domain/base/assert.hpp"
#include "domain/base/hash.hpp"
#include "domain/bindings/binding.hpp"
#include "domain/codec/must_decode.hpp"
#include "domain/limits.hpp"
#include "domain/namespaces/namespace.hpp"

namespace confman::domain {
namespace {

// 0 stands for nothing.
std::uint64_t number_of(const Bytes& bytes) {
  return std::max<std::uint64_t>(xxh64(bytes), 1);
}

std::uint64_t content_of(const StateStore& store, std::string_view path) {
  const auto bytes = store.get(Table::Namespace, keys::of_namespace(path));
  return bytes ? must_decode(decode_namespace_row(*bytes)).content_changed : 0;
}

enum class Of : std::uint8_t { Versions, VersionsAndContent };

// False: nothing is bound to these keys.
bool write(ByteWriter& out, const StateStore& store, std::string_view path,
           std::span<const std::string> keys, Of of) {
  const auto what = in_force(store, path);
  if (!what) return false;
  const auto bound = concerned_by(*what, keys);
  if (bound.empty()) return false;
  out.bytes(path);
  out.bytes(what->path);
  out.u64(what->revision.term);
  out.u64(what->revision.index);
  const bool whole = std::ranges::any_of(bound, &BoundSchema::is_of_namespace);
  if (whole && of == Of::VersionsAndContent) out.u64(content_of(store, path));
  return true;
}

std::uint64_t stamp(const StateStore& store, std::span<const ChangedKeys> changes, Of of) {
  Bytes bytes;
  ByteWriter out(bytes);
  bool any = false;
  for (const ChangedKeys& each : changes) any = write(out, store, each.path, each.keys, of) || any;
  return any ? number_of(bytes) : 0;
}

}  // namespace

std::optional<InForce> in_force(const StateStore& store, std::string_view path, Work* work) {
  for (; !path.empty(); path = parent_of(path)) {
    const auto bytes = store.get(Table::Binding, keys::of_binding(path));
    if (work != nullptr) *work += {1, bytes ? bytes->size() : 0};
    if (!bytes) continue;
    const BindingRow row = must_decode(decode_binding_row(*bytes));
    auto bound = parse_bindings(row.bound);
    CONFMAN_ASSERT(bound, "A namespace is bound to what can't be read.");
    return InForce{std::string(path), row.revision, std::move(*bound)};
  }
  return std::nullopt;
}

std::optional<InForce> in_force_above(const StateStore& store, std::string_view path) {
  return in_force(store, parent_of(path));
}

std::vector<BoundSchema> concerned_by(const InForce& what, std::span<const std::string> keys) {
  std::vector<BoundSchema> concerned;
  std::ranges::copy_if(what.bound, std::back_inserter(concerned), [&](const BoundSchema& bound) {
    return bound.is_of_namespace() ||
           std::ranges::any_of(keys, [&](const auto& key) { return matches(bound.keys, key); });
  });
  return concerned;
}

std::uint64_t stamp_of(const StateStore& store, std::string_view path,
                       std::span<const std::string> keys) {
  const ChangedKeys changed{std::string(path), {keys.begin(), keys.end()}};
  return stamp(store, {&changed, 1}, Of::VersionsAndContent);
}

std::uint64_t stamp_of(const StateStore& store, std::span<const ChangedKeys> changes) {
  return stamp(store, changes, Of::VersionsAndContent);
}

std::uint64_t versions_bound(const StateStore& store, std::span<const ChangedKeys> changes) {
  return stamp(store, changes, Of::Versions);
}

std::uint64_t rollback_stamp(std::uint64_t stamp, std::uint64_t restored_version) {
  if (stamp == 0) return 0;
  Bytes bytes;
  ByteWriter out(bytes);
  out.u64(stamp);
  out.u64(restored_version);
  return number_of(bytes);
}

std::optional<std::vector<std::string>> bound_with(const StateStore& store, std::string_view path,
                                                   Work* work) {
  const Bytes prefix = path == "/" ? "/" : Bytes(path).append("/");
  const Bytes end = keys::end_of_prefix(prefix);
  std::size_t rows = 0;
  const auto too_many = [&] { return rows > kMaxTriedNamespaces; };
  std::set<std::string, std::less<>> binders;
  store.scan(Table::Binding, prefix, end, [&](ByteView key, ByteView) {
    if (key != path) binders.emplace(key);
    ++rows;
    return !too_many();
  });
  std::vector<std::string> found{std::string(path)};
  const auto is_bound_itself = [&](std::string_view below) {
    for (; below.size() > path.size(); below = parent_of(below)) {
      if (binders.contains(below)) return true;
    }
    return false;
  };
  if (!too_many()) {
    rows = 0;
    store.scan(Table::Namespace, prefix, end, [&](ByteView key, ByteView) {
      if (key != path && !is_bound_itself(key)) found.emplace_back(key);
      ++rows;
      return !too_many();
    });
  }
  if (work != nullptr) *work += {rows + binders.size(), 0};
  if (too_many()) return std::nullopt;
  return found;
}

std::optional<std::uint64_t> trial_stamp(const StateStore& store, std::string_view path) {
  const auto namespaces = bound_with(store, path);
  if (!namespaces) return std::nullopt;
  Bytes bytes;
  ByteWriter out(bytes);
  const auto now = in_force(store, path);
  out.bytes(now ? now->path : std::string());
  out.u64(now ? now->revision.index : 0);
  // Of a namespace that binds nothing itself what holds above it is what would hold.
  const auto above = in_force_above(store, path);
  out.u64(above ? above->revision.index : 0);
  for (const std::string& each : *namespaces) {
    out.bytes(each);
    out.u64(content_of(store, each));
  }
  return number_of(bytes);
}

}  // namespace confman::domain
