#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "domain/json/reader.hpp"

namespace confman::json {

// A JSON text as a tree, for bodies of requests and answers. Numbers keep their text: what they
// mean is decided by who asks. Names are unique, in the order of the text.
class Value {
 public:
  struct Number {
    std::string text;
    friend bool operator==(const Number&, const Number&) = default;
  };
  enum class Kind : std::uint8_t { Null, Boolean, Number, String, Array, Object };
  using Array = std::vector<Value>;
  using Object = std::vector<std::pair<std::string, Value>>;

  Value() = default;  // null
  explicit Value(bool v) : data_(v) {}
  explicit Value(Number v) : data_(std::move(v)) {}
  explicit Value(std::string v) : data_(std::move(v)) {}
  explicit Value(Array v) : data_(std::move(v)) {}
  explicit Value(Object v) : data_(std::move(v)) {}

  Kind kind() const { return static_cast<Kind>(data_.index()); }
  bool is_null() const { return std::holds_alternative<std::monostate>(data_); }
  // Null pointer where the value is of another kind.
  const bool* boolean() const { return std::get_if<bool>(&data_); }
  const Number* number() const { return std::get_if<Number>(&data_); }
  const std::string* string() const { return std::get_if<std::string>(&data_); }
  const Array* array() const { return std::get_if<Array>(&data_); }
  const Object* object() const { return std::get_if<Object>(&data_); }

  // Nothing for what isn't a number, is written with a fraction or an exponent, or doesn't fit.
  std::optional<std::int64_t> int64() const;
  std::optional<std::uint64_t> uint64() const;

  // The member of an object; null if this isn't one or has none of that name.
  const Value* find(std::string_view name) const;

  friend bool operator==(const Value&, const Value&) = default;

 private:
  std::variant<std::monostate, bool, Number, std::string, Array, Object> data_;  // as Kind has them
};

// `raw` and `limits` as in read().
std::expected<Value, Fault> parse(ByteView text, RawMember* raw = nullptr,
                                  const Limits& limits = {});

}  // namespace confman::json
