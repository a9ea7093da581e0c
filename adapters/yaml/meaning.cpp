#include "adapters/yaml/meaning.hpp"

#include <algorithm>
#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "adapters/yaml/characters.hpp"

namespace confman::yaml {
namespace {

// A number as the core schema writes them: decimal, 0o17, 0x1f, 1.5e3.
bool is_number(std::string_view text) {
  if (text.starts_with("0o")) {
    return text.size() > 2 && text.find_first_not_of("01234567", 2) == text.npos;
  }
  if (text.starts_with("0x")) return text.size() > 2 && std::ranges::all_of(text.substr(2), is_hex);
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  if (text == ".inf" || text == ".Inf" || text == ".INF") return true;

  const auto digits = [&] {
    const std::size_t count = std::min(text.find_first_not_of("0123456789"), text.size());
    text.remove_prefix(count);
    return count;
  };
  std::size_t mantissa = digits();
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    mantissa += digits();
  }
  if (mantissa == 0) return false;
  if (text.empty()) return true;
  if (text[0] != 'e' && text[0] != 'E') return false;
  text.remove_prefix(1);
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  return digits() > 0 && text.empty();
}

// What of a subtree counts where an alias stands for it.
struct Size {
  std::size_t nodes = 0;
  std::size_t height = 0;  // of collections
};

class Check {
 public:
  Check(std::string_view text, const YamlLimits& limits) : text_(text), limits_(limits) {}

  bool see(const Event& event) {
    switch (event.kind) {
      case EventKind::DocumentStart:
        anchors_.clear();
        return true;
      case EventKind::DocumentEnd:
        return true;
      case EventKind::Scalar:
        return key(event) && node(event, {1, 0});
      case EventKind::Alias:
        key_or_value();
        return alias(event);
      case EventKind::SequenceStart:
      case EventKind::MapStart:
        key_or_value();
        if (!event.anchor.empty()) anchors_[event.anchor] = kOpen;
        open_.push_back({&event, {1, 1}, {}, event.kind == EventKind::MapStart, true});
        return open_.size() <= limits_.max_depth || too_deep(event);
      case EventKind::SequenceEnd:
      case EventKind::MapEnd:
        return end();
    }
    return true;
  }

  YamlFault take_fault() { return std::move(fault_); }

 private:
  struct Open {
    const Event* start;
    Size size;
    std::set<std::string> keys;
    bool is_map;
    bool key_next;
  };
  static constexpr Size kOpen{0, 0};  // a collection that isn't complete

  // In a mapping keys and values take turns. Is this one a key?
  bool key_or_value() {
    if (open_.empty() || !open_.back().is_map) return false;
    return std::exchange(open_.back().key_next, !open_.back().key_next);
  }

  bool key(const Event& event) {
    if (!key_or_value() || event.style == ScalarStyle::Absent) return true;
    std::string content = content_of(event);
    std::string kind(event.tag);
    if (kind.empty() && event.style == ScalarStyle::Plain && !is_plain_string(content)) kind = "?";
    if (open_.back().keys.insert(kind + '\0' + content).second) return true;
    if (content.size() > kShownBytes) content = content.substr(0, kShownBytes) + "…";
    return fail(event, "duplicate_key", "the key \"" + content + "\" is there twice");
  }

  bool alias(const Event& event) {
    const auto found = anchors_.find(event.source);
    if (found == anchors_.end()) {
      return fail(event, "undefined_alias",
                  "no anchor of this name comes before it in the document");
    }
    if (found->second.nodes == 0) {
      return fail(event, "recursive_alias", "an alias stands inside of what it stands for");
    }
    return node(event, found->second);
  }

  // A node that is complete.
  bool node(const Event& event, Size size) {
    if (event.kind != EventKind::Alias && !event.anchor.empty()) anchors_[event.anchor] = size;
    if (open_.empty()) return count(event, size);
    if (open_.size() + size.height > limits_.max_depth) return too_deep(event);
    Size& around = open_.back().size;
    around.nodes = std::min(around.nodes + size.nodes, limits_.max_nodes + 1);
    around.height = std::max(around.height, size.height + 1);
    return around.nodes <= limits_.max_nodes || too_many(event);
  }

  bool end() {
    const Open done = std::move(open_.back());
    open_.pop_back();
    return node(*done.start, done.size);
  }

  bool count(const Event& event, Size size) {
    total_ += size.nodes;
    return total_ <= limits_.max_nodes || too_many(event);
  }

  bool too_many(const Event& event) {
    return fail(event, "too_many_nodes",
                "more than " + std::to_string(limits_.max_nodes) +
                    " values and keys, with each alias counted as what it stands for");
  }
  bool too_deep(const Event& event) {
    return fail(event, "too_deep",
                "nested deeper than " + std::to_string(limits_.max_depth) +
                    ", with each alias counted as what it stands for");
  }
  bool fail(const Event& event, std::string_view code, std::string message) {
    fault_ = {code, std::move(message), mark_of(text_, event)};
    return false;
  }

  static constexpr std::size_t kShownBytes = 64;

  std::string_view text_;
  const YamlLimits& limits_;
  std::vector<Open> open_;
  std::map<std::string_view, Size> anchors_;
  std::size_t total_ = 0;
  YamlFault fault_;
};

}  // namespace

bool is_plain_string(std::string_view content) {
  static constexpr std::string_view kOthers[] = {"",      "~",    "null", "Null",  "NULL",
                                                 "true",  "True", "TRUE", "false", "False",
                                                 "FALSE", ".nan", ".NaN", ".NAN"};
  return std::ranges::find(kOthers, content) == std::end(kOthers) && !is_number(content);
}

std::expected<void, YamlFault> check_meaning(std::string_view text,
                                             const std::vector<Event>& events,
                                             const YamlLimits& limits) {
  Check check(text, limits);
  for (const Event& event : events) {
    if (!check.see(event)) return std::unexpected(check.take_fault());
  }
  return {};
}

}  // namespace confman::yaml
