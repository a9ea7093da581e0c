#include "domain/json/value.hpp"

#include <algorithm>
#include <charconv>

namespace confman::json {
namespace {

template <class Integer>
std::optional<Integer> to_integer(const Value::Number* number) {
  if (number == nullptr) return std::nullopt;
  const char* end = number->text.data() + number->text.size();
  Integer v = 0;
  const auto [at, error] = std::from_chars(number->text.data(), end, v);
  if (error != std::errc{} || at != end) return std::nullopt;
  return v;
}

class Builder final : public Visitor {
 public:
  void begin_object() override { open_.push_back({{}, Value::Object{}, {}}); }
  void begin_array() override { open_.push_back({Value::Array{}, {}, {}}); }
  void end_object() override {
    Value done(std::move(open_.back().object));
    open_.pop_back();
    add(std::move(done));
  }
  void end_array() override {
    Value done(std::move(*open_.back().array));
    open_.pop_back();
    add(std::move(done));
  }
  void name(std::string_view name) override { open_.back().name = name; }
  void string(std::string_view text) override { add(Value(std::string(text))); }
  void number(std::string_view text) override { add(Value(Value::Number{std::string(text)})); }
  void boolean(bool value) override { add(Value(value)); }
  void null() override { add(Value()); }

  Value take() { return std::move(root_); }

 private:
  // An array or object that isn't complete; an object where there is no array.
  struct Open {
    std::optional<Value::Array> array;
    Value::Object object;
    std::string name;
  };

  void add(Value value) {
    if (open_.empty()) {
      root_ = std::move(value);
    } else if (Open& in = open_.back(); in.array) {
      in.array->push_back(std::move(value));
    } else {
      in.object.emplace_back(std::move(in.name), std::move(value));
    }
  }

  Value root_;
  std::vector<Open> open_;
};

}  // namespace

std::optional<std::int64_t> Value::int64() const {
  return to_integer<std::int64_t>(number());
}

std::optional<std::uint64_t> Value::uint64() const {
  return to_integer<std::uint64_t>(number());
}

const Value* Value::find(std::string_view name) const {
  const Object* members = object();
  if (members == nullptr) return nullptr;
  const auto member = std::ranges::find(*members, name, &Object::value_type::first);
  return member == members->end() ? nullptr : &member->second;
}

std::expected<Value, Fault> parse(ByteView text, RawMember* raw, const Limits& limits) {
  Builder builder;
  if (auto done = read(text, builder, limits, raw); !done)
    return std::unexpected(std::move(done.error()));
  return builder.take();
}

}  // namespace confman::json
