#include "domain/json/same.hpp"

#include <algorithm>
#include <vector>

#include "domain/base/hash.hpp"
#include "domain/json/decimal.hpp"

namespace confman::json {
namespace {

using Member = Value::Object::value_type;

std::vector<const Member*> by_name(const Value::Object& object) {
  std::vector<const Member*> members;
  members.reserve(object.size());
  for (const Member& member : object) members.push_back(&member);
  std::ranges::sort(members, {}, [](const Member* m) -> const std::string& { return m->first; });
  return members;
}

bool same_objects(const Value::Object& a, const Value::Object& b, std::size_t& nodes) {
  if (a.size() != b.size()) return false;
  const bool same_order = std::ranges::equal(a, b, {}, &Member::first, &Member::first);
  if (same_order) {
    return std::ranges::equal(a, b, [&nodes](const Member& x, const Member& y) {
      return same(x.second, y.second, nodes);
    });
  }
  nodes += a.size();  // the sorting
  return std::ranges::equal(by_name(a), by_name(b), [&nodes](const Member* x, const Member* y) {
    return x->first == y->first && same(x->second, y->second, nodes);
  });
}

std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
  return (a ^ (b + 0x9e3779b97f4a7c15 + (a << 6) + (a >> 2))) * 0xff51afd7ed558ccd;
}

}  // namespace

bool same(const Value& a, const Value& b, std::size_t& nodes) {
  ++nodes;
  if (a.kind() != b.kind()) return false;
  switch (a.kind()) {
    case Value::Kind::Null:
      return true;
    case Value::Kind::Boolean:
      return *a.boolean() == *b.boolean();
    case Value::Kind::Number:
      return a.number()->text == b.number()->text ||
             Decimal(a.number()->text) == Decimal(b.number()->text);
    case Value::Kind::String:
      return *a.string() == *b.string();
    case Value::Kind::Array:
      return a.array()->size() == b.array()->size() &&
             std::ranges::equal(*a.array(), *b.array(), [&nodes](const Value& x, const Value& y) {
               return same(x, y, nodes);
             });
    case Value::Kind::Object:
      return same_objects(*a.object(), *b.object(), nodes);
  }
  return false;
}

std::uint64_t hash(const Value& value, std::size_t& nodes) {
  ++nodes;
  auto sum = static_cast<std::uint64_t>(value.kind());
  switch (value.kind()) {
    case Value::Kind::Null:
      break;
    case Value::Kind::Boolean:
      return mix(sum, *value.boolean() ? 1 : 0);
    case Value::Kind::Number:
      return mix(sum, Decimal(value.number()->text).hash());
    case Value::Kind::String:
      return mix(sum, xxh64(*value.string()));
    case Value::Kind::Array:
      for (const Value& item : *value.array()) sum = mix(sum, hash(item, nodes));
      break;
    case Value::Kind::Object:
      // A sum: the order is nothing.
      for (const auto& [name, member] : *value.object()) {
        sum += mix(xxh64(name), hash(member, nodes));
      }
      break;
  }
  return sum;
}

}  // namespace confman::json
