#include "adapters/yaml/yaml_value.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "adapters/yaml/meaning.hpp"
#include "adapters/yaml/yaml_reader.hpp"

namespace confman::yaml {
namespace {

// "0x1f" and "0o17" in decimal; nothing: too large.
std::optional<std::string> decimal(std::string_view digits, unsigned base) {
  std::uint64_t number = 0;
  for (const char c : digits) {
    const auto digit =
        static_cast<unsigned>(c <= '9' ? c - '0' : (static_cast<unsigned>(c) | 0x20U) - 'a' + 10);
    if (number > (UINT64_MAX - digit) / base) {
      return std::nullopt;
    }
    number = number * base + digit;
  }
  return std::to_string(number);
}

// A number of the core schema as JSON writes them: no plus, no leading zeros, digits on both sides
// of the point.
std::optional<json::Value> number(std::string_view plain) {
  std::optional<std::string> text;
  if (plain.starts_with("0x")) {
    text = decimal(plain.substr(2), 16);
  } else if (plain.starts_with("0o")) {
    text = decimal(plain.substr(2), 8);
  } else {
    text.emplace();
    if (plain.starts_with('-')) {
      text->push_back('-');
    }
    if (plain.starts_with('-') || plain.starts_with('+')) {
      plain.remove_prefix(1);
    }
    const std::size_t end = std::min(plain.find_first_of(".eE"), plain.size());
    std::string_view whole = plain.substr(0, end);
    while (whole.size() > 1 && whole.front() == '0') {
      whole.remove_prefix(1);
    }
    text->append(whole.empty() ? "0" : whole);
    plain.remove_prefix(end);
    if (plain.starts_with('.')) {
      plain.remove_prefix(1);
      const std::size_t digits = std::min(plain.find_first_of("eE"), plain.size());
      text->append(digits > 0 ? "." : "").append(plain.substr(0, digits));
      plain.remove_prefix(digits);
    }
    text->append(plain);
  }
  if (!text) {
    return std::nullopt;
  }
  auto value = json::parse(*text);
  return value ? std::optional(std::move(*value)) : std::nullopt;
}

json::Value plain_value(std::string content) {
  static constexpr std::string_view kTrue[] = {"true", "True", "TRUE"};
  static constexpr std::string_view kFalse[] = {"false", "False", "FALSE"};
  static constexpr std::string_view kNull[] = {"", "~", "null", "Null", "NULL"};
  const auto is = [&](const auto& words) {
    return std::ranges::find(words, std::string_view(content)) != std::end(words);
  };
  if (is(kTrue)) {
    return json::Value(true);
  }
  if (is(kFalse)) {
    return json::Value(false);
  }
  if (is(kNull)) {
    return {};
  }
  if (!is_plain_string(content)) {
    if (auto read = number(content)) {
      return std::move(*read);
    }
  }
  return json::Value(std::move(content));
}

// One document, by recursive descent along its events; read_events() has bounded their depth, and
// their number with each alias counted as what it stands for.
class Reader {
 public:
  explicit Reader(const std::vector<Event>& events) : events_(events) {}

  std::optional<json::Value> read() {
    if (next() == nullptr || at_->kind != EventKind::DocumentStart) {
      return std::nullopt;
    }
    auto value = node(*next());
    const bool one = value && next()->kind == EventKind::DocumentEnd && next() == nullptr;
    return one ? std::move(value) : std::nullopt;
  }

 private:
  const Event* next() {
    at_ = index_ < events_.size() ? &events_[index_++] : nullptr;
    return at_;
  }

  std::optional<json::Value> node(const Event& event) {
    if (event.kind == EventKind::Alias) {
      const auto anchor = anchors_.find(event.source);
      return anchor == anchors_.end() ? std::nullopt : std::optional(anchor->second);
    }
    std::optional<json::Value> value;
    switch (event.kind) {
      case EventKind::Scalar:
        value = scalar(event);
        break;
      case EventKind::SequenceStart:
        value = sequence();
        break;
      case EventKind::MapStart:
        value = map();
        break;
      default:
        return std::nullopt;
    }
    if (value && !event.anchor.empty()) {
      anchors_[event.anchor] = *value;
    }
    return value;
  }

  static json::Value scalar(const Event& event) {
    const bool plain = event.style == ScalarStyle::Plain || event.style == ScalarStyle::Absent;
    // Of tags the core schema's say that the text is to be read like a plain one, or not.
    const bool text = event.tag.empty() ? !plain : event.tag == "!" || event.tag == "!!str";
    const bool core = event.tag == "!!int" || event.tag == "!!float" || event.tag == "!!bool" ||
                      event.tag == "!!null";
    if (text || (!event.tag.empty() && !core)) {
      return json::Value(content_of(event));
    }
    return plain_value(content_of(event));
  }

  std::optional<json::Value> sequence() {
    json::Value::Array items;
    while (next()->kind != EventKind::SequenceEnd) {
      auto item = node(*at_);
      if (!item) {
        return std::nullopt;
      }
      items.push_back(std::move(*item));
    }
    return json::Value(std::move(items));
  }

  std::optional<json::Value> map() {
    json::Value::Object members;
    std::set<std::string> names;
    while (next()->kind != EventKind::MapEnd) {
      const auto name = key(*at_);
      if (!name || !names.insert(*name).second) {
        return std::nullopt;
      }
      auto value = node(*next());
      if (!value) {
        return std::nullopt;
      }
      members.emplace_back(*name, std::move(*value));
    }
    return json::Value(std::move(members));
  }

  std::optional<std::string> key(const Event& event) {
    if (event.kind == EventKind::Scalar) {
      const json::Value value = scalar(event);
      if (!event.anchor.empty()) {
        anchors_[event.anchor] = value;
      }
      return value.string() != nullptr ? *value.string() : content_of(event);
    }
    if (event.kind != EventKind::Alias) {
      return std::nullopt;
    }
    const auto value = node(event);
    return value && value->string() != nullptr ? std::optional(*value->string()) : std::nullopt;
  }

  const std::vector<Event>& events_;
  std::size_t index_ = 0;
  const Event* at_ = nullptr;
  std::map<std::string_view, json::Value> anchors_;
};

}  // namespace

std::optional<json::Value> to_json(std::string_view text) {
  const auto events = read_events(text);
  return events ? Reader(*events).read() : std::nullopt;
}

}  // namespace confman::yaml
