#include "domain/bindings/verdict.hpp"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "domain/base/utf8.hpp"
#include "domain/json/pointer.hpp"
#include "domain/json/same.hpp"

namespace confman::domain {
namespace {

// More than are told: what was there before has to be known whole.
constexpr schema::Budget kBudget{.steps = schema::kMaxSteps, .violations = 10'000};

std::string base64(std::string_view bytes) {
  static constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = 0;
    for (std::size_t j = 0; j < 3; ++j) {
      group = group << 8 | (j < count ? static_cast<unsigned char>(bytes[i + j]) : 0U);
    }
    for (std::size_t j = 0; j < 4; ++j) {
      text.push_back(j <= count ? kDigits[group >> (18 - 6 * j) & 63] : '=');
    }
  }
  return text;
}

std::string pointer_to(std::string_view key) {
  std::string pointer;
  json::append_to_pointer(pointer, key);
  return pointer;
}

const json::Value* at(const json::Value* value, std::string_view pointer) {
  while (value != nullptr && !pointer.empty()) {
    const auto step = json::take_step(pointer);
    value = step ? json::step_into(*value, *step) : nullptr;
  }
  return value;
}

bool may_deprecate(ByteView text) {
  return text.contains("x-confman-deprecated");
}

bool are_same(const json::Value& a, const json::Value& b) {
  std::size_t nodes = 0;
  return json::same(a, b, nodes);
}

// What of a finding says that it is the same one before and after: not which version says it, nor
// what is there.
using Identity = std::tuple<std::string, std::string, std::string>;
Identity identity_of(const Finding& finding) {
  const bool names_members =
      finding.keyword == "required" || finding.keyword.starts_with("dependent");
  return {finding.pointer, finding.keyword, names_members ? finding.expected : std::string()};
}

// The values of a namespace, read; those that can't be have none.
using Values = std::map<std::string, std::optional<json::Value>, std::less<>>;

// One namespace, before or after the changes.
class Side {
 public:
  Side(const HeldNamespace& held, const YamlReader& yaml, bool changed) {
    std::map<std::string_view, const LiveEntry*> live;
    for (const LiveEntry& entry : held.entries) live[entry.key] = &entry;
    for (const EntryChange& change : held.changes) {
      if (!changed) continue;
      change.to ? void(live[change.key] = &*change.to) : void(live.erase(change.key));
    }
    for (const auto& [key, entry] : live) values_.emplace(key, value_of(*entry, yaml));
  }

  const Values& values() const { return values_; }
  const json::Value* find(std::string_view key) const {
    const auto value = values_.find(key);
    return value != values_.end() && value->second ? &*value->second : nullptr;
  }
  // What can't be read isn't in it.
  const json::Value& object() {
    if (!object_) {
      json::Value::Object members;
      for (const auto& [key, value] : values_) {
        if (value) members.emplace_back(key, *value);
      }
      object_.emplace(std::move(members));
    }
    return *object_;
  }

 private:
  Values values_;
  std::optional<json::Value> object_;
};

struct Stopped {
  VerdictKind why{};
  std::string about;
};

// Holds one namespace to what is bound to it.
class Hearing {
 public:
  Hearing(Judge& judge, const HeldNamespace& held, const GivenSchemas& given,
          const YamlReader& yaml)
      : judge_(judge), held_(held), given_(given), yaml_(yaml), after_(held, yaml, true) {
    for (const EntryChange& change : held.changes) changed_.insert(change.key);
  }

  std::expected<std::vector<Finding>, Stopped> hear() {
    auto found = findings(after_, *held_.from_now, changed_);
    if (!found) return found;
    std::erase_if(*found, [this](const Finding& f) { return !blocks(f); });
    if (stopped_) return std::unexpected(*stopped_);
    if (auto ok = add_deprecated(*found); !ok) return std::unexpected(ok.error());
    if (auto ok = find_secrets(*found); !ok) return std::unexpected(ok.error());
    for (Finding& finding : *found) hide_secret(finding);
    return found;
  }
  // Of what is put.
  std::vector<std::string> take_secrets() { return std::move(secrets_); }

 private:
  using Keys = std::set<std::string, std::less<>>;

  // What is put has to be right; elsewhere only what is new is in the way.
  bool blocks(const Finding& finding) {
    std::string_view pointer = finding.pointer;
    const auto key = json::take_step(pointer);
    if (key && changed_.contains(*key)) return true;
    if (!before_) before_ = identities_before();
    return !before_->contains(identity_of(finding));
  }

  std::set<Identity> identities_before() {
    Side before(held_, yaml_, false);
    std::set<Identity> known;
    auto found = findings(before, *held_.until_now, {});
    if (!found) {
      stopped_ = found.error();
      return known;
    }
    for (const Finding& finding : *found) known.insert(identity_of(finding));
    return known;
  }

  // `keys`: those that count, of schemas of single values; empty: all.
  std::expected<std::vector<Finding>, Stopped> findings(Side& side,
                                                        const std::vector<BoundSchema>& bound,
                                                        const Keys& keys) {
    std::vector<Finding> found;
    for (const BoundSchema& text : bound) {
      const auto [kind, schema, _] = judge_.compiled(text, given_);
      if (schema == nullptr) return stop(kind, text);
      if (text.is_of_namespace()) {
        for (const auto& [key, value] : side.values()) {
          if (!value) found.push_back(unreadable(text, key));
        }
        if (!add(found, *schema, text, side.object(), {})) {
          return stop(VerdictKind::TooComplex, text);
        }
        continue;
      }
      for (const auto& [key, value] : side.values()) {
        if (!matches(text.keys, key) || (!keys.empty() && !keys.contains(key))) continue;
        if (!value) {
          found.push_back(unreadable(text, key));
        } else if (!add(found, *schema, text, *value, pointer_to(key))) {
          return stop(VerdictKind::TooComplex, text);
        }
      }
    }
    return found;
  }

  bool add(std::vector<Finding>& found, const schema::CompiledSchema& schema,
           const BoundSchema& text, const json::Value& value, const std::string& below) {
    auto violations = schema::validate(schema, value, kBudget);
    if (!violations) return false;
    for (schema::Violation& v : *violations) {
      found.push_back({held_.path, below + v.instance, std::string(v.keyword),
                       std::move(v.expected), std::move(v.found), text, std::move(v.schema)});
    }
    return true;
  }

  Finding unreadable(const BoundSchema& text, std::string_view key) const {
    return {held_.path,
            pointer_to(key),
            std::string(Finding::kContent),
            "one value that JSON can write",
            "YAML that JSON can't write: several documents, or a key that is no scalar",
            text,
            {}};
  }

  // What is put may say nothing new where its schema says that it is deprecated.
  std::expected<void, Stopped> add_deprecated(std::vector<Finding>& found) {
    if (held_.changes.empty()) return {};
    std::optional<Side> before;
    for (const BoundSchema& text : *held_.from_now) {
      const auto [kind, schema, _] = judge_.compiled(text, given_);
      if (schema == nullptr) return stop(kind, text);
      if (!schema->has_marks()) continue;
      if (!before) before.emplace(held_, yaml_, false);
      for (const std::string& key : changed_) {
        const bool whole = text.is_of_namespace();
        const json::Value* value = after_.find(key);
        if (value == nullptr || (!whole && !matches(text.keys, key))) continue;
        const auto marks = schema::marks_of(*schema, whole ? only(key, *value) : *value, kBudget);
        if (!marks) return stop(VerdictKind::TooComplex, text);
        for (const schema::Mark& mark : *marks) {
          if (!mark.deprecated) continue;
          const std::string pointer = whole ? mark.instance : pointer_to(key) + mark.instance;
          std::string_view inside = pointer;
          if (!json::take_step(inside)) continue;
          const json::Value* old = at(before->find(key), inside);
          const json::Value* now = at(value, inside);
          if (now == nullptr || (old != nullptr && are_same(*old, *now))) continue;
          found.push_back({held_.path,
                           pointer,
                           std::string(Finding::kDeprecated),
                           mark.message.empty() ? "nothing new: it is deprecated" : mark.message,
                           "a value that is new",
                           text,
                           {}});
        }
      }
    }
    return {};
  }

  // What is put and marked as encrypted is to be sealed. What can't be any more is wrong.
  std::expected<void, Stopped> find_secrets(std::vector<Finding>& found) {
    for (const EntryChange& change : held_.changes) {
      if (!change.to) continue;
      for (const BoundSchema& text : *held_.from_now) {
        const auto marked = is_marked(text, change.key);
        if (!marked) return std::unexpected(marked.error());
        if (!*marked) continue;
        if (change.may_seal) {
          secrets_.push_back(change.key);
        } else if (!change.to->secret) {
          found.push_back({held_.path,
                           pointer_to(change.key),
                           std::string(Finding::kEncrypted),
                           "a value that is encrypted",
                           "a value that lies in plain",
                           text,
                           {}});
        }
        break;
      }
    }
    return {};
  }

  // Whether anything of the value is. Of one that can't be read nobody can say: it is, if anything
  // could be.
  std::expected<bool, Stopped> is_marked(const BoundSchema& text, const std::string& key) {
    const bool whole = text.is_of_namespace();
    if (!whole && !matches(text.keys, key)) return false;
    const auto [kind, schema, _] = judge_.compiled(text, given_);
    if (schema == nullptr) return stop(kind, text);
    if (!schema->has_marks()) return false;
    const json::Value* value = after_.find(key);
    if (value == nullptr) return true;
    const auto marks = schema::marks_of(*schema, whole ? only(key, *value) : *value, kBudget);
    if (!marks) return stop(VerdictKind::TooComplex, text);
    return std::ranges::any_of(*marks, &schema::Mark::encrypted);
  }

  bool is_secret(std::string_view key) const {
    const auto secret = [key](const LiveEntry& entry) { return entry.key == key && entry.secret; };
    return std::ranges::any_of(held_.entries, secret) ||
           std::ranges::any_of(held_.changes, [&](const EntryChange& change) {
             return change.to && secret(*change.to);
           });
  }

  // Where a secret is wrong is told down to its key: names of members are a part of it.
  void hide_secret(Finding& finding) const {
    std::string_view inside = finding.pointer;
    const auto key = json::take_step(inside);
    if (!key || !is_secret(*key)) return;
    finding.pointer = pointer_to(*key);
    finding.found = "a value that isn't shown";
  }

  static json::Value only(const std::string& key, const json::Value& value) {
    return json::Value(json::Value::Object{{key, value}});
  }

  static std::unexpected<Stopped> stop(VerdictKind why, const BoundSchema& text) {
    return std::unexpected(Stopped{why, to_string(text)});
  }

  Judge& judge_;
  const HeldNamespace& held_;
  const GivenSchemas& given_;
  const YamlReader& yaml_;
  Side after_;
  Keys changed_;
  std::optional<std::set<Identity>> before_;
  std::optional<Stopped> stopped_;
  std::vector<std::string> secrets_;
};

}  // namespace

std::optional<json::Value> value_of(const LiveEntry& entry, const YamlReader& yaml) {
  if (entry.content_type == "application/json") {
    auto value = json::parse(entry.value);
    return value ? std::optional(std::move(*value)) : std::nullopt;
  }
  if (entry.content_type == "application/yaml") return yaml.read(entry.value);
  const bool text = entry.content_type != "application/octet-stream" && is_utf8(entry.value);
  return json::Value(text ? std::string(entry.value) : base64(entry.value));
}

schema::CompileOptions Judge::options_for(const SchemaName& name, bool governed) {
  schema::CompileOptions options;
  options.governed = governed;
  options.base_uri = uri_of(name);
  return options;
}

Judge::Compiled Judge::compiled(const BoundSchema& bound, const GivenSchemas& given) {
  SchemaVersion key{bound.schema, bound.version};
  auto known = compiled_.find(key);
  if (known == compiled_.end()) {
    const auto with = given.find(key);
    if (with == given.end()) return {VerdictKind::NeedsSchemas};
    const auto& [text, referred] = with->second;
    if (text == nullptr) return {VerdictKind::Unusable};
    make_room();
    Kept kept{.deprecates = may_deprecate(*text)};
    for (const auto& document : referred.documents) {
      kept.deprecates = kept.deprecates || may_deprecate(*document.text);
    }
    auto schema = schema::compile(*text, options_for(bound.schema, false), patterns_,
                                  ReferredDocuments(referred.documents));
    if (schema) kept.schema = std::move(*schema);
    known = compiled_.emplace(std::move(key), std::move(kept)).first;
  }
  Kept& kept = known->second;
  kept.used = ++uses_;
  if (!kept.schema) return {VerdictKind::Unusable};
  return {VerdictKind::Valid, &*kept.schema, kept.deprecates};
}

void Judge::make_room() {
  if (compiled_.size() < kMostCompiled) return;
  compiled_.erase(
      std::ranges::min_element(compiled_, {}, [](const auto& each) { return each.second.used; }));
}

// Of what is bound: what isn't given, and isn't compiled either, unless that is to be left out of
// account.
std::vector<SchemaVersion> Judge::missing(const Held& held, bool even_compiled) {
  std::set<SchemaVersion> found;
  const auto look = [&](const BoundSchemas& all) {
    for (const BoundSchema& bound : *all) {
      SchemaVersion version{bound.schema, bound.version};
      if (held.given.contains(version)) continue;
      const auto known = compiled_.find(version);
      if (known != compiled_.end()) known->second.used = ++uses_;
      if (known == compiled_.end() || even_compiled) found.insert(std::move(version));
    }
  };
  for (const HeldNamespace& each : held.namespaces) {
    look(each.until_now);
    if (each.from_now != each.until_now) look(each.from_now);
  }
  if (held.read) look(held.read->bound);
  return {found.begin(), found.end()};
}

Verdict Judge::judge_schema(const NewSchema& schema) const {
  Verdict verdict;
  if (schema.referred.too_many) {
    verdict.fault = {.kind = schema::FaultKind::TooManyDocuments,
                     .expected = "at most 63 schemas that are referred to, of 1 MiB together"};
  } else {
    const auto compiled = schema::compile(*schema.text, options_for(schema.name, schema.governed),
                                          patterns_, ReferredDocuments(schema.referred.documents));
    if (compiled) return verdict;
    verdict.fault = compiled.error();
  }
  verdict.kind = VerdictKind::Unusable;
  return verdict;
}

// What can't be told in this many steps isn't: somebody waits for the value.
constexpr schema::Budget kReadBudget{.steps = 20'000};
constexpr std::size_t kMaxToldPointerBytes = 256;

// Nobody is kept from reading by a schema that can't be used, or takes too long.
Verdict Judge::judge_read(const ReadValue& read, const GivenSchemas& given) {
  Verdict verdict;
  std::optional<json::Value> value;
  if (!read.masked) value = value_of(read.entry, yaml_);
  for (const BoundSchema& text : *read.bound) {
    const auto [kind, schema, deprecates] = compiled(text, given);
    if (!deprecates && kind != VerdictKind::NeedsSchemas) {
      verdict.quiet.push_back({text.schema, text.version});
    }
    if (schema == nullptr || !deprecates || !schema->has_marks()) continue;
    const json::Value shown = value.value_or(json::Value());
    const bool whole = text.is_of_namespace();
    const auto marks = schema::marks_of(
        *schema, whole ? json::Value(json::Value::Object{{read.entry.key, shown}}) : shown,
        kReadBudget);
    if (!marks) continue;
    const std::size_t above = whole ? pointer_to(read.entry.key).size() : 0;
    for (const schema::Mark& mark : *marks) {
      if (!mark.deprecated) continue;
      const std::string inside = mark.instance.substr(std::min(above, mark.instance.size()));
      const bool told = !inside.empty() && inside.size() <= kMaxToldPointerBytes;
      verdict.deprecated = told ? inside + ": " + mark.message : mark.message;
      return verdict;
    }
  }
  return verdict;
}

Verdict Judge::judge(const Held& held) {
  Verdict verdict;
  if (!held.questions.empty()) {
    verdict.kind = VerdictKind::Referring;
    for (const auto& [base, text] : held.questions) {
      verdict.answers.push_back(references_of(*text, base));
    }
    return verdict;
  }
  if (held.schema) return judge_schema(*held.schema);
  verdict.needs = missing(held, false);
  if (verdict.needs.empty()) {
    verdict = held.read ? judge_read(*held.read, held.given) : judge_namespaces(held);
    if (verdict.kind != VerdictKind::NeedsSchemas) return verdict;
    // What was compiled had to make room for others: together they are more than are kept.
    verdict.needs = missing(held, true);
  }
  verdict.kind = VerdictKind::NeedsSchemas;
  return verdict;
}

Verdict Judge::judge_namespaces(const Held& held) {
  Verdict verdict;
  for (const HeldNamespace& each : held.namespaces) {
    Hearing hearing(*this, each, held.given, yaml_);
    auto found = hearing.hear();
    if (!found) {
      return {.kind = found.error().why, .about = found.error().about};
    }
    for (std::string& key : hearing.take_secrets()) {
      verdict.secrets.emplace_back(each.path, std::move(key));
    }
    verdict.total += found->size();
    for (Finding& finding : *found) {
      if (verdict.findings.size() == kMaxFindings) break;
      verdict.findings.push_back(std::move(finding));
    }
  }
  if (verdict.total > 0) verdict.kind = VerdictKind::Violates;
  return verdict;
}

}  // namespace confman::domain
