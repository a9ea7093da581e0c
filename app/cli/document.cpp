#include "app/cli/document.hpp"

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "domain/json/check.hpp"
#include "domain/json/reader.hpp"
#include "domain/json/writer.hpp"

namespace confman::cli {
namespace {

constexpr std::size_t kMaxLevels = 4;
constexpr std::string_view kWhole = "value";
// A document holds values of the full depth some levels down, and any number of them.
constexpr json::Limits kLimits{.depth = domain::kMaxJsonDepth + 8, .nodes = SIZE_MAX};

Unreadable unreadable(const json::Fault& fault) {
  return Unreadable("it isn't JSON (" + std::string(json::code_of(fault.kind)) + ", line " +
                    std::to_string(fault.line) + ", column " + std::to_string(fault.column) + ")");
}

}  // namespace

// Sees a value from its beginning to its end; done() tells that it has.
class Collector final : public json::Visitor {
 public:
  void begin_object() override { open(false); }
  void begin_array() override { open(true); }
  void end_object() override { close(); }
  void end_array() override { close(); }
  void name(std::string_view name) override {
    if (whole_) return void(whole_->out.key(name));
    levels_.back().name = name;
  }
  void string(std::string_view text) override {
    if (whole_) return void(whole_->out.value(text));
    add({.text = std::string(text), .is_string = true});
  }
  void number(std::string_view text) override { plain(text); }
  void boolean(bool value) override { plain(value ? "true" : "false"); }
  void null() override { plain("null"); }

  bool done() const { return levels_.empty(); }
  bool was_object() const { return was_object_; }
  Document take() { return std::exchange(document_, {}); }

 private:
  struct Level {
    bool array = false;
    std::size_t index = 0;
    std::string name;
  };
  // An object or array that is taken whole: written again, without white space.
  struct Whole {
    std::string text;
    json::Writer out{text};
    std::vector<bool> arrays;  // those that are open
  };

  void open(bool array) {
    if (!whole_ && path() == kWhole) whole_.emplace();
    if (whole_) {
      array ? whole_->out.begin_array() : whole_->out.begin_object();
      return whole_->arrays.push_back(array);
    }
    if (levels_.empty()) was_object_ = !array;
    levels_.push_back({.array = array, .index = 0, .name = {}});
  }

  void close() {
    if (!whole_) {
      levels_.pop_back();
      return step();
    }
    whole_->arrays.back() ? whole_->out.end_array() : whole_->out.end_object();
    whole_->arrays.pop_back();
    if (!whole_->arrays.empty()) return;
    std::string text = std::move(whole_->text);
    whole_.reset();
    add({.text = std::move(text), .is_string = false});
  }

  void plain(std::string_view text) {
    if (whole_) return void(whole_->out.raw(text));
    add({.text = std::string(text), .is_string = false});
  }

  void add(Document::Scalar scalar) {
    if (levels_.empty()) was_object_ = false;
    if (levels_.size() <= kMaxLevels) document_.scalars_[path()] = std::move(scalar);
    step();
  }

  void step() {
    if (!levels_.empty()) ++levels_.back().index;
  }

  std::string path() const {
    std::string path;
    for (const Level& level : levels_) {
      if (!path.empty()) path += '/';
      path += level.array ? std::to_string(level.index) : level.name;
    }
    return path;
  }

  Document document_;
  std::vector<Level> levels_;
  std::optional<Whole> whole_;
  bool was_object_ = false;
};

namespace {

// Parts a page into its items.
class PageVisitor final : public json::Visitor {
 public:
  explicit PageVisitor(const std::function<void(const Document&)>& on_item) : on_item_(on_item) {}

  void begin_object() override {
    open([](json::Visitor& v) { v.begin_object(); });
  }
  void begin_array() override {
    if (!in_item_ && depth_ == 1 && name_ == "items") is_page_ = true;
    open([](json::Visitor& v) { v.begin_array(); });
  }
  void end_object() override {
    close([](json::Visitor& v) { v.end_object(); });
  }
  void end_array() override {
    close([](json::Visitor& v) { v.end_array(); });
  }
  void name(std::string_view name) override {
    if (in_item_) return collector_.name(name);
    if (depth_ == 1) name_ = name;
  }
  void string(std::string_view text) override {
    if (in_item_) return collector_.string(text);
    if (depth_ == 1 && name_ == "next") page_.next = text;
  }
  void number(std::string_view text) override {
    if (in_item_) collector_.number(text);
  }
  void boolean(bool value) override {
    if (in_item_) collector_.boolean(value);
  }
  void null() override {
    if (in_item_) collector_.null();
  }

  std::optional<Page> page() const { return is_page_ ? std::optional(page_) : std::nullopt; }

 private:
  template <class Event>
  void open(Event event) {
    in_item_ = in_item_ || (depth_ == 2 && name_ == "items" && is_page_);
    ++depth_;
    if (in_item_) event(collector_);
  }
  template <class Event>
  void close(Event event) {
    --depth_;
    if (!in_item_) return;
    event(collector_);
    if (depth_ > 2) return;
    in_item_ = false;
    ++page_.items;
    on_item_(collector_.take());
  }

  const std::function<void(const Document&)>& on_item_;
  Page page_;
  std::size_t depth_ = 0;
  std::string name_;  // of the member of the page that is being read
  bool is_page_ = false;
  bool in_item_ = false;
  Collector collector_;
};

}  // namespace

std::expected<Document, std::string> Document::parse(std::string_view text) {
  Collector collector;
  if (const auto ok = json::read(text, collector, kLimits); !ok) return unreadable(ok.error());
  if (!collector.was_object()) return Unreadable("it isn't a JSON object");
  return collector.take();
}

std::string Document::get(std::string_view path) const {
  const auto found = scalars_.find(path);
  if (found == scalars_.end()) return {};
  const Scalar& scalar = found->second;
  return scalar.text == "null" && !scalar.is_string ? std::string() : scalar.text;
}

std::string Document::json(std::string_view path) const {
  const auto found = scalars_.find(path);
  if (found == scalars_.end()) return {};
  if (!found->second.is_string) return found->second.text;
  std::string quoted;
  json::append_quoted(quoted, found->second.text);
  return quoted;
}

std::vector<std::pair<std::string, std::string>> Document::below(std::string_view start) const {
  std::vector<std::pair<std::string, std::string>> found;
  for (auto at = scalars_.lower_bound(start); at != scalars_.end(); ++at) {
    if (!at->first.starts_with(start)) break;
    found.emplace_back(at->first.substr(start.size()), at->second.text);
  }
  return found;
}

std::expected<json::Value, std::string> parse_document(std::string_view text) {
  auto value = json::parse(text, nullptr, kLimits);
  if (!value) return unreadable(value.error());
  return std::move(*value);
}

std::expected<Page, std::string> read_page(std::string_view text,
                                           const std::function<void(const Document&)>& on_item) {
  // Once through before anything is handed over: what was seen before a fault isn't to be used.
  if (auto ok = check_document(text); !ok) return Unreadable(std::move(ok.error()));
  PageVisitor visitor(on_item);
  if (const auto ok = json::read(text, visitor, kLimits); !ok) return unreadable(ok.error());
  const auto page = visitor.page();
  if (!page) return Unreadable("it isn't a page of a listing");
  return *page;
}

std::expected<void, std::string> check_document(std::string_view text) {
  if (const auto ok = json::check_json(text, kLimits); !ok) return unreadable(ok.error());
  return {};
}

}  // namespace confman::cli
