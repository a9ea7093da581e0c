#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "domain/catalogue.hpp"

// Records by their descriptions: values with every field set, and values that differ in one part of
// one field. Whatever the catalogue has is tested by these.
namespace confman::test {

// How many members an aggregate has: what a description that leaves one out is held against.
struct Anything {
  template <class T>
  operator T() const;
};
template <class Record, class... Given>
consteval std::size_t members_of() {
  if constexpr (requires { Record{Given{}..., Anything{}}; }) {
    return members_of<Record, Given..., Anything>();
  } else {
    return sizeof...(Given);
  }
}

// The same, with what stands in a part that several records share instead of that part.
template <class Record>
consteval std::size_t described_members_of() {
  if constexpr (requires(const Record& record) { record.terms; }) {
    return members_of<Record>() - 1 + members_of<domain::PolicyTerms>();
  } else {
    return members_of<Record>();
  }
}

template <class Record>
std::size_t fields_of() {
  std::size_t count = 0;
  const Record record{};
  Record::for_each_field(record, [&count](const auto&, const auto&) { ++count; });
  return count;
}

// Visits the parts of fields: gives each a value, or another to the one of that number.
class Parts {
 public:
  static Parts fill() { return Parts(std::nullopt); }
  static Parts alter(std::size_t part) { return Parts(part); }

  bool altered() const { return wanted_ && next_ > *wanted_; }

  void operator()(const domain::Text&, std::string& v) { part(v, "text", "other"); }
  void operator()(const domain::Blob&, Bytes& v) { part(v, "blob", "othr"); }
  void operator()(const domain::Field&, bool& v) { part(v, false, true); }
  template <std::integral Number>
  void operator()(const domain::Field&, Number& v) {
    part(v, Number{300}, Number{301});
  }
  void operator()(const domain::Field&, HlcStamp& v) {
    part(v.wall_ms, 1'700'000'000'000, 1'700'000'000'001);
    part(v.counter, 3U, 4U);
  }
  void operator()(const domain::Field&, domain::Revision& v) {
    part(v.term, 4U, 5U);
    part(v.index, 70'000U, 70'001U);
  }
  void operator()(const domain::Field&, domain::Actor& v) {
    part(v.type, domain::ActorType::User, domain::ActorType::Service);
    part(v.id, "ada", "bob");
    part(v.ip, "192.0.2.1", "");
  }
  void operator()(const domain::Field&, domain::Labels& v) {
    part(v, domain::Labels{{"env", "test"}}, domain::Labels{{"env", "prod"}});
    part(v, domain::Labels{{"env", "test"}}, domain::Labels{{"team", "test"}});
    part(v, domain::Labels{{"env", "test"}}, domain::Labels{});
  }
  void operator()(const domain::Field&, domain::Precondition& v) {
    const domain::Precondition none;
    part(v, none, {.if_version = 0, .if_absent = false, .if_exists = false});
    part(v, none, {.if_version = {}, .if_absent = true, .if_exists = false});
    part(v, none, {.if_version = {}, .if_absent = false, .if_exists = true});
  }
  void operator()(const domain::Field&, domain::Action& v) {
    part(v, domain::Action::MemberAdded, domain::Action::MemberRemoved);
  }
  void operator()(const domain::Field&, domain::Refusal& v) {
    part(v, domain::Refusal::LastVoter, domain::Refusal::MemberIncomplete);
  }
  void operator()(const domain::Field&, std::optional<domain::Refusal>& v) {
    part(v, domain::Refusal::LastVoter, domain::Refusal::NamespaceNotFound);
    part(v, domain::Refusal::LastVoter, std::nullopt);
  }
  void operator()(const domain::Field&, Sha256Digest& v) { part(v, sha256("a"), sha256("b")); }
  void operator()(const domain::Field&, std::optional<Sha256Digest>& v) {
    part(v, sha256("a"), Sha256Digest{});
    part(v, sha256("a"), std::nullopt);
  }

 private:
  explicit Parts(std::optional<std::size_t> wanted) : wanted_(wanted) {}

  template <class Value>
  void part(Value& v, std::type_identity_t<Value> plain, std::type_identity_t<Value> other) {
    if (!wanted_) {
      v = std::move(plain);
    } else if (next_ == *wanted_) {
      v = std::move(other);
    }
    ++next_;
  }

  std::optional<std::size_t> wanted_;  // nothing: fill
  std::size_t next_ = 0;
};

template <class Record>
Record filled() {
  Record record{};
  Record::for_each_field(record, Parts::fill());
  return record;
}

// One value for each part of each field that differs from filled() in it alone.
template <class Record>
std::vector<Record> alterations() {
  std::vector<Record> records;
  for (std::size_t i = 0;; ++i) {
    Record record = filled<Record>();
    Parts parts = Parts::alter(i);
    Record::for_each_field(record, parts);
    if (!parts.altered()) return records;
    records.push_back(std::move(record));
  }
}

// Gives each part of a key the value that the field of its name has in filled(), where there is
// one; text points to literals.
class KeyParts {
 public:
  void operator()(const char* name, std::string_view& v) const {
    v = std::string_view(name) == "path" ? "/a" : "k";
  }
  template <std::integral Number>
  void operator()(const char* name, Number& v) const {
    v = std::string_view(name) == "log_index" ? Number{70'000} : Number{300};
  }
};

}  // namespace confman::test
