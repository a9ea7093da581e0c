#pragma once

#include <cstddef>
#include <expected>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/json/value.hpp"

// The JSON documents that servers answer with, read by the project's own reader: numbers are what
// their author wrote. Memory is bounded by the text. A fault is told in words, "it isn't JSON (…)".
namespace confman::cli {

using Unreadable = std::unexpected<std::string>;

// The scalars of one object by path, "author/id", "members/0/name", up to four levels down, and
// its member "value" whole, whatever that is.
class Document {
 public:
  static std::expected<Document, std::string> parse(std::string_view text);

  // Strings without their quotes, numbers as they are written; empty where there is nothing, or
  // null.
  std::string get(std::string_view path) const;
  // The same as a JSON text.
  std::string json(std::string_view path) const;
  bool is_true(std::string_view path) const { return get(path) == "true"; }
  // The paths that start so, without that start, and what get() gives of them.
  std::vector<std::pair<std::string, std::string>> below(std::string_view start) const;
  bool has(std::string_view path) const { return scalars_.contains(path); }

 private:
  friend class Collector;
  struct Scalar {
    std::string text;
    bool is_string = false;
  };
  std::map<std::string, Scalar, std::less<>> scalars_;
};

// All of one, as a tree.
std::expected<json::Value, std::string> parse_document(std::string_view text);

// A page of a listing, {"items":[…],"next":…}. Each item is handed over and forgotten.
struct Page {
  std::size_t items = 0;
  std::string next;  // empty: there is no more
};
std::expected<Page, std::string> read_page(std::string_view text,
                                           const std::function<void(const Document&)>& on_item);

// Is this a JSON text at all? Whatever documents may hold fits.
std::expected<void, std::string> check_document(std::string_view text);

}  // namespace confman::cli
