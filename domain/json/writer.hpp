#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace confman::json {

// Appends JSON to a string it doesn't own, compact, with commas where they belong:
//
//   Writer(out).begin_object().member("name", "x").key("list").begin_array().value(1).end_array()
//       .end_object();
//
// That brackets match and that names stand in objects only is the caller's care. Strings that are
// not UTF-8 come out with U+FFFD in place of each wrong byte, so the output always is JSON.
class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}

  Writer& begin_object() { return begin('{'); }
  Writer& end_object() { return end('}'); }
  Writer& begin_array() { return begin('['); }
  Writer& end_array() { return end(']'); }
  Writer& key(std::string_view name);

  Writer& value(std::string_view text);
  Writer& value(const char* text) { return value(std::string_view(text)); }
  Writer& value(std::same_as<bool> auto v) { return raw(v ? "true" : "false"); }
  Writer& value(std::signed_integral auto v) { return integer(std::int64_t{v}); }
  Writer& value(std::unsigned_integral auto v)
    requires(!std::same_as<decltype(v), bool>)
  {
    return integer(std::uint64_t{v});
  }
  // The shortest text that reads back as the same number; null where JSON has none (NaN, infinity).
  Writer& value(double v);
  Writer& null() { return raw("null"); }
  // A JSON text as it is; the caller vouches for it.
  Writer& raw(std::string_view json);

  template <class T>
  Writer& member(std::string_view name, const T& v) {
    return key(name).value(v);
  }

 private:
  Writer& begin(char bracket);
  Writer& end(char bracket);
  Writer& integer(std::int64_t v);
  Writer& integer(std::uint64_t v);
  void separate();

  std::string& out_;
  bool needs_comma_ = false;
};

// The text as a JSON string, with its quotes.
void append_quoted(std::string& out, std::string_view text);

}  // namespace confman::json
