#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "domain/base/assert.hpp"
#include "domain/base/bytes.hpp"

// Keys of rows are described once, like records: a struct with
//
//   template <class Self, class Visit>
//   static void for_each_part(Self& key, Visit&& visit) { visit("path", key.path); … }
//
// whose parts are text or numbers. From that come the bytes (here) and the columns of state.db.
// Keys order bytewise as their tuples do: names hold no byte below 0x20, so a NUL ends each text
// but the last; numbers are eight bytes big-endian.
namespace confman::domain::keys {

inline constexpr char kSeparator = '\0';
inline constexpr std::size_t kNumberBytes = 8;

template <class Key>
constexpr std::size_t parts_of() {
  std::size_t count = 0;
  Key key{};
  Key::for_each_part(key, [&count](const char*, const auto&) { ++count; });
  return count;
}

class KeyWriter {
 public:
  KeyWriter(Bytes& out, std::size_t parts) : out_(out), left_(parts) {}

  void operator()(const char*, std::string_view text) {
    out_.append(text);
    if (--left_ > 0) out_.push_back(kSeparator);
  }
  void operator()(const char*, std::uint64_t number) {
    --left_;
    for (int shift = 56; shift >= 0; shift -= 8) {
      out_.push_back(static_cast<char>((number >> shift) & 0xff));
    }
  }
  void operator()(const char* name, std::uint32_t number) { (*this)(name, std::uint64_t{number}); }
  void operator()(const char* name, std::int64_t number) {
    CONFMAN_ASSERT(number >= 0, "A negative number in a key would not sort.");
    (*this)(name, static_cast<std::uint64_t>(number));
  }

 private:
  Bytes& out_;
  std::size_t left_;
};

class KeyReader {
 public:
  KeyReader(ByteView in, std::size_t parts) : in_(in), left_(parts) {}

  void operator()(const char*, std::string_view& text) {
    const std::size_t end = in_.find(kSeparator);
    const bool last = --left_ == 0;
    ok_ = ok_ && (end == in_.npos) == last;
    text = in_.substr(0, end);
    in_ = end == in_.npos ? ByteView{} : in_.substr(end + 1);
  }
  void operator()(const char*, std::uint64_t& number) { number = take(UINT64_MAX); }
  void operator()(const char*, std::uint32_t& number) {
    number = static_cast<std::uint32_t>(take(UINT32_MAX));
  }
  void operator()(const char*, std::int64_t& number) {
    number = static_cast<std::int64_t>(take(INT64_MAX));
  }
  bool whole() const { return ok_ && in_.empty(); }

 private:
  std::uint64_t take(std::uint64_t greatest) {
    --left_;
    if (in_.size() < kNumberBytes) {
      ok_ = false;
      return 0;
    }
    std::uint64_t number = 0;
    for (const char c : in_.substr(0, kNumberBytes)) {
      number = (number << 8) | static_cast<std::uint8_t>(c);
    }
    in_.remove_prefix(kNumberBytes);
    ok_ = ok_ && number <= greatest;
    return number;
  }

  ByteView in_;
  std::size_t left_;
  bool ok_ = true;
};

template <class Key>
Bytes encode_key(const Key& key) {
  struct Size {
    std::size_t bytes = 0;
    void operator()(const char*, std::string_view text) { bytes += text.size() + 1; }
    void operator()(const char*, std::uint64_t) { bytes += kNumberBytes; }
  } size;
  Key::for_each_part(key, size);
  Bytes bytes;
  bytes.reserve(size.bytes);
  Key::for_each_part(key, KeyWriter(bytes, parts_of<Key>()));
  return bytes;
}

// Views into `bytes`; nothing if these aren't such a key.
template <class Key>
std::optional<Key> parse_key(ByteView bytes) {
  Key key;
  KeyReader in(bytes, parts_of<Key>());
  Key::for_each_part(key, in);
  if (!in.whole()) return std::nullopt;
  return key;
}

// The one key of a table of one row: its name.
struct OnlyKey {
  std::string_view name;

  template <class Self, class Visit>
  static constexpr void for_each_part(Self& key, Visit&& visit) {
    visit("key", key.name);
  }
};

// The least key greater than every key that starts with the prefix; empty if there is none.
Bytes end_of_prefix(ByteView prefix);

}  // namespace confman::domain::keys
