#include "sim/hunt/ledger.hpp"

#include <charconv>
#include <optional>

#include "domain/json/value.hpp"
#include "domain/json/writer.hpp"

namespace confman::sim {
namespace {

using json::Value;
using json::Writer;

constexpr std::uint64_t kFormat = 1;

// --- one list of fields for both directions

template <class Fields, class Visit>
void visit_ledger(Fields& ledger, Visit&& visit) {
  visit("high_water", ledger.high_water);
  visit("seeds", ledger.seeds);
  visit("on_sqlite", ledger.on_sqlite);
  visit("events", ledger.events);
  visit("operations", ledger.operations);
  visit("canaries", ledger.canaries);
  visit("simulated_seconds", ledger.simulated_seconds);
  visit("wall_seconds", ledger.wall_seconds);
  visit("profiles", ledger.profiles);
  visit("oracles", ledger.oracles);
}

template <class Fields, class Visit>
void visit_found(Fields& found, Visit&& visit) {
  visit("shape", found.shape);
  visit("faults", found.faults);
  visit("kind", found.failure.kind);
  visit("oracle", found.failure.oracle);
  visit("sentence", found.failure.sentence);
  visit("seed", found.seed);
  visit("profile", found.profile);
  visit("build", found.build);
  visit("file", found.file);
  visit("events_before", found.events_before);
  visit("events", found.events);
  visit("found_at", found.found_at);
  visit("repeats", found.repeats);
  visit("last_seed", found.last_seed);
}

// --- writing

struct Write {
  Writer& out;

  template <class Plain>
  void operator()(std::string_view name, const Plain& value) {
    out.member(name, value);
  }
  void operator()(std::string_view name, const FailureKind& kind) {
    out.member(name, name_of(kind));
  }
  void operator()(std::string_view name, const std::map<std::string, std::uint64_t>& counts) {
    out.key(name).begin_object();
    for (const auto& [what, count] : counts) out.member(what, count);
    out.end_object();
  }
};

// --- reading

class Read {
 public:
  explicit Read(const Value& object) : object_(object) {}

  void operator()(std::string_view name, std::uint64_t& value) {
    const Value* member = object_.find(name);
    const auto number = member != nullptr ? member->uint64() : std::nullopt;
    if (!number) return fail(name);
    value = *number;
  }
  void operator()(std::string_view name, double& value) {
    const Value* member = object_.find(name);
    const Value::Number* number = member != nullptr ? member->number() : nullptr;
    if (number == nullptr) return fail(name);
    std::from_chars(number->text.data(), number->text.data() + number->text.size(), value);
  }
  void operator()(std::string_view name, std::string& value) {
    const Value* member = object_.find(name);
    const std::string* text = member != nullptr ? member->string() : nullptr;
    if (text == nullptr) return fail(name);
    value = *text;
  }
  void operator()(std::string_view name, FailureKind& kind) {
    std::string text;
    (*this)(name, text);
    for (int i = 0; i < kFailureKinds; ++i) {
      kind = static_cast<FailureKind>(i);
      if (name_of(kind) == text) return;
    }
    fail(name);
  }
  void operator()(std::string_view name, std::map<std::string, std::uint64_t>& counts) {
    const Value* member = object_.find(name);
    const Value::Object* object = member != nullptr ? member->object() : nullptr;
    if (object == nullptr) return fail(name);
    for (const auto& [what, count] : *object) {
      const auto number = count.uint64();
      if (!number) return fail(name);
      counts[what] = *number;
    }
  }

  const std::optional<std::string>& mistake() const { return mistake_; }

 private:
  void fail(std::string_view name) {
    if (!mistake_) mistake_ = "'" + std::string(name) + "' is missing or not as expected";
  }

  const Value& object_;
  std::optional<std::string> mistake_;
};

}  // namespace

std::string to_json(const Ledger& ledger) {
  std::string text;
  Writer out(text);
  out.begin_object().member("format", kFormat);
  visit_ledger(ledger, Write{out});
  out.key("found").begin_array();
  for (const Ledger::Found& found : ledger.found) {
    out.begin_object();
    visit_found(found, Write{out});
    out.end_object();
  }
  out.end_array().end_object();
  return text + "\n";
}

std::expected<Ledger, std::string> parse_ledger(std::string_view text) {
  const auto parsed = json::parse(text);
  if (!parsed || parsed->object() == nullptr) return std::unexpected("it is not a JSON object");
  const Value* format = parsed->find("format");
  if (format == nullptr || format->uint64() != kFormat) {
    return std::unexpected("it is of another format");
  }
  Ledger ledger;
  Read read(*parsed);
  visit_ledger(ledger, read);
  if (read.mistake()) return std::unexpected(*read.mistake());
  const Value* list = parsed->find("found");
  if (list == nullptr || list->array() == nullptr) return std::unexpected("'found' is missing");
  for (const Value& item : *list->array()) {
    Read read_item(item);
    visit_found(ledger.found.emplace_back(), read_item);
    if (read_item.mistake()) return std::unexpected(*read_item.mistake());
  }
  return ledger;
}

}  // namespace confman::sim
