#include "adapters/sqlite/state/keys.hpp"

#include <concepts>

#include "domain/base/assert.hpp"
#include "domain/catalogue.hpp"

namespace confman::sqlite {
namespace {

using domain::Table;
namespace keys = domain::keys;

constexpr std::size_t kNumberBytes = 8;

// The least number whose eight bytes are >= the given bytes, at most INT64_MAX, which is beyond
// every number that is stored.
std::uint64_t least_number(ByteView bytes) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < kNumberBytes; ++i) {
    number = number << 8 | (i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0U);
  }
  if (number >= INT64_MAX) {
    return INT64_MAX;
  }
  return bytes.size() > kNumberBytes ? number + 1 : number;
}

// Adds the parts of a key.
class PartsOfKey {
 public:
  explicit PartsOfKey(KeyParts& out) : out_(out) {}

  bool fit() const { return fit_; }
  void operator()(const char*, std::string_view text) { out_.add(text); }
  void operator()(const char*, std::integral auto number) {
    fit_ = fit_ && static_cast<std::uint64_t>(number) < domain::kNumbersOfKeysEnd;
    out_.add_number(static_cast<std::uint64_t>(number));
  }

 private:
  KeyParts& out_;
  bool fit_ = true;
};

// Adds the parts of a bound, of which a part may be cut short or missing. Without the NUL behind a
// name the bound is before the first key of that name and after all keys of the names before it.
class PartsOfBound {
 public:
  PartsOfBound(ByteView bound, KeyParts& out, std::size_t parts)
      : bound_(bound), out_(out), left_(parts) {}

  void operator()(const char*, std::string_view) {
    --left_;
    const auto nul = left_ == 0 ? ByteView::npos : bound_.find('\0');
    text_ended_ = nul != ByteView::npos;
    out_.add(bound_.substr(0, nul));
    bound_ = text_ended_ ? bound_.substr(nul + 1) : ByteView{};
  }
  void operator()(const char*, std::integral auto) {
    if (--left_ > 0) {
      out_.add_number(least_number(bound_.substr(0, kNumberBytes)));
      bound_ = bound_.size() <= kNumberBytes ? ByteView{} : bound_.substr(kNumberBytes);
      return;
    }
    const std::uint64_t number = least_number(bound_);
    if (number < INT64_MAX || !text_ended_) {
      out_.add_number(number);
      return;
    }
    // Beyond every number: the least text after the one before.
    KeyParts::Part& before = out_.parts[out_.count - 1];
    out_.storage = Bytes(before.text).append(1, '\0');
    before.text = out_.storage;
    out_.add_number(0);
  }

 private:
  ByteView bound_;
  KeyParts& out_;
  std::size_t left_;
  bool text_ended_ = false;  // the part before was a text, and the bound goes on behind it
};

}  // namespace

int KeyParts::bind(Statement& statement, int first_parameter) const {
  for (std::size_t i = 0; i < count; ++i) {
    if (parts[i].is_text) {
      statement.bind_text(first_parameter++, parts[i].text);
    } else {
      statement.bind(first_parameter++, parts[i].number);
    }
  }
  return first_parameter;
}

namespace {

enum class Split : std::uint8_t { NotOfTable, OfNoRow, Done };

Split split(Table table, ByteView key, KeyParts& out) {
  return domain::with_table(table, [&](auto tag) {
    using Key = decltype(tag)::type::Key;
    static_assert(keys::parts_of<Key>() <= std::tuple_size_v<decltype(KeyParts::parts)>);
    const auto parsed = keys::parse_key<Key>(key);
    if (!parsed) return Split::NotOfTable;
    PartsOfKey parts(out);
    Key::for_each_part(*parsed, parts);
    return parts.fit() ? Split::Done : Split::OfNoRow;
  });
}

}  // namespace

bool try_split_key(Table table, ByteView key, KeyParts& out) {
  return split(table, key, out) == Split::Done;
}

void split_key(Table table, ByteView key, KeyParts& out) {
  CONFMAN_ASSERT(split(table, key, out) == Split::Done,
                 "A key of the state is none of its table (domain/catalogue.hpp).");
}

bool split_sought_key(Table table, ByteView key, KeyParts& out) {
  const Split result = split(table, key, out);
  CONFMAN_ASSERT(result != Split::NotOfTable,
                 "A key that is looked up is none of its table (domain/catalogue.hpp).");
  return result == Split::Done;
}

namespace {

// Reads the parts of a key from the leading columns; views into them.
class KeyColumns {
 public:
  explicit KeyColumns(const Statement& row) : row_(row) {}

  void operator()(const char*, std::string_view& text) { text = row_.bytes(next_++); }
  template <std::integral Number>
  void operator()(const char*, Number& number) {
    number = static_cast<Number>(row_.unsigned_number(next_++));
  }

 private:
  const Statement& row_;
  int next_ = 0;
};

}  // namespace

Bytes join_key(Table table, const Statement& row) {
  return domain::with_table(table, [&row](auto tag) {
    using Key = decltype(tag)::type::Key;
    Key key{};
    Key::for_each_part(key, KeyColumns(row));
    return keys::encode_key(key);
  });
}

void split_bound(Table table, ByteView bound, KeyParts& out) {
  domain::with_table(table, [&](auto tag) {
    using Key = decltype(tag)::type::Key;
    const Key key{};
    Key::for_each_part(key, PartsOfBound(bound, out, keys::parts_of<Key>()));
  });
}

}  // namespace confman::sqlite
