#include "domain/diff/json_diff.hpp"

#include <algorithm>
#include <string_view>

namespace confman::diff {
namespace {

using json::Value;
using Kind = JsonChange::Kind;
using Member = const Value::Object::value_type*;

std::string as_reference(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (c == '~' || c == '/') {
      out.append(c == '~' ? "~0" : "~1");
    } else {
      out.push_back(c);
    }
  }
  return out;
}

std::vector<Member> by_name(const Value::Object& object) {
  std::vector<Member> members;
  members.reserve(object.size());
  for (const auto& member : object) members.push_back(&member);
  std::ranges::sort(members, {}, [](Member member) -> const std::string& { return member->first; });
  return members;
}

const Value* find(const std::vector<Member>& members, const std::string& name) {
  const auto found = std::ranges::lower_bound(
      members, name, {}, [](Member member) -> const std::string& { return member->first; });
  return found != members.end() && (*found)->first == name ? &(*found)->second : nullptr;
}

class Comparison {
 public:
  explicit Comparison(const JsonLimits& limits) : limits_(limits) {}

  void compare(const Value& from, const Value& to) {
    if (!step()) return;
    if (from.object() != nullptr && to.object() != nullptr) {
      compare_objects(*from.object(), *to.object());
    } else if (from.array() != nullptr && to.array() != nullptr) {
      compare_arrays(*from.array(), *to.array());
    } else if (!same(from, to)) {
      add(Kind::Changed, &from, &to);
    }
  }

  JsonDiff take() { return std::move(diff_); }

 private:
  // False: enough was looked at.
  bool step(std::size_t steps = 1) {
    diff_.complete = diff_.complete && steps <= limits_.steps - steps_;
    if (diff_.complete) steps_ += steps;
    return diff_.complete;
  }

  // Once there were too many steps all is the same, so that nothing more is looked at.
  bool same(const Value& a, const Value& b) {
    if (!step()) return true;
    if (a.object() != nullptr && b.object() != nullptr) {
      if (a.object()->size() != b.object()->size()) return false;
      if (!step(a.object()->size())) return true;
      const auto others = by_name(*b.object());
      return std::ranges::all_of(*a.object(), [&](const auto& member) {
        const Value* other = find(others, member.first);
        return other != nullptr && same(member.second, *other);
      });
    }
    if (a.array() != nullptr && b.array() != nullptr) {
      return std::ranges::equal(*a.array(), *b.array(), [this](const Value& one, const Value& two) {
        return same(one, two);
      });
    }
    return a == b;
  }

  void compare_objects(const Value::Object& from, const Value::Object& to) {
    if (!step(from.size() + to.size())) return;
    const auto old_members = by_name(from);
    const auto new_members = by_name(to);
    for (const auto& [name, value] : from) {
      const Value* other = find(new_members, name);
      at(as_reference(name),
         [&] { other != nullptr ? compare(value, *other) : add(Kind::Removed, &value, nullptr); });
    }
    for (const auto& [name, value] : to) {
      if (find(old_members, name) != nullptr) continue;
      at(as_reference(name), [&] { add(Kind::Added, nullptr, &value); });
    }
  }

  void compare_arrays(const Value::Array& from, const Value::Array& to) {
    const std::size_t shorter = std::min(from.size(), to.size());
    std::size_t begin = 0;
    while (begin < shorter && same(from[begin], to[begin])) ++begin;
    std::size_t end = 0;  // counts from the ends
    while (end < shorter - begin && same(from[from.size() - 1 - end], to[to.size() - 1 - end])) {
      ++end;
    }
    const std::size_t from_end = from.size() - end;
    const std::size_t to_end = to.size() - end;
    for (std::size_t i = begin; i < std::max(from_end, to_end); ++i) {
      if (!diff_.complete) return;
      at(std::to_string(i), [&] {
        if (i >= to_end) return add(Kind::Removed, &from[i], nullptr);
        if (i >= from_end) return add(Kind::Added, nullptr, &to[i]);
        compare(from[i], to[i]);
      });
    }
  }

  template <class Call>
  void at(const std::string& token, Call call) {
    const std::size_t length = pointer_.size();
    pointer_.append("/").append(token);
    call();
    pointer_.resize(length);
  }

  void add(Kind kind, const Value* from, const Value* to) {
    if (!diff_.complete) return;
    if (diff_.changes.size() == limits_.changes) {
      diff_.complete = false;
      return;
    }
    diff_.changes.push_back({kind, pointer_, from, to});
  }

  const JsonLimits& limits_;
  std::size_t steps_ = 0;
  std::string pointer_;
  JsonDiff diff_;
};

}  // namespace

JsonDiff compare(const Value& from, const Value& to, const JsonLimits& limits) {
  Comparison comparison(limits);
  comparison.compare(from, to);
  return comparison.take();
}

}  // namespace confman::diff
