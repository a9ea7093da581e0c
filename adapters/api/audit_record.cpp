#include "adapters/api/audit_record.hpp"

#include <algorithm>
#include <array>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "adapters/api/base64.hpp"
#include "adapters/api/documents.hpp"
#include "adapters/api/moment.hpp"
#include "domain/base/utf8.hpp"

namespace confman::api {
namespace {

constexpr std::string_view kWithheld = "withheld";
constexpr std::string_view kPreviousChain = "previousChain";
constexpr std::string_view kBase64 = "base64";
constexpr std::string_view kSha256 = "sha256:";

// "new_version" → "newVersion"
std::string member_name(std::string_view field) {
  std::string name;
  bool upper = false;
  for (const char c : field) {
    if (c == '_') {
      upper = true;
    } else {
      name.push_back(upper && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
      upper = false;
    }
  }
  return name;
}

// What every event has a right to: where it stands in the chain.
bool is_of_place(std::string_view field) {
  return field == "revision" || field == "ordinal" || field == "chain";
}

// Whether rfc3339() says it exactly.
bool has_a_date(std::int64_t wall_ms) {
  return parse_rfc3339(rfc3339(wall_ms)) == wall_ms;
}

// --- out -----------------------------------------------------------------------------------------

class RecordWriter {
 public:
  RecordWriter(json::Writer& out, bool withheld) : out_(out), withheld_(withheld) {}

  void operator()(const auto& field, const auto& v) {
    if (withheld_ && !is_of_place(field.name)) return;
    if (v == std::remove_cvref_t<decltype(v)>{}) return;
    out_.key(member_name(field.name));
    write(v);
  }

 private:
  // Rows may hold bytes that aren't text: a command that broke the limits is on record, cut.
  void write(const std::string& v) {
    if (is_utf8(v)) {
      out_.value(v);
      return;
    }
    std::string encoded;
    append_base64(encoded, v);
    out_.begin_object().member(kBase64, encoded).end_object();
  }
  void write(std::integral auto v) { out_.value(v); }
  void write(const HlcStamp& v) {
    out_.begin_object().key("time");
    has_a_date(v.wall_ms) ? out_.value(rfc3339(v.wall_ms)) : out_.value(v.wall_ms);
    if (v.counter != 0) out_.member("counter", v.counter);
    out_.end_object();
  }
  void write(const domain::Revision& v) { out_.value(domain::to_string(v)); }
  void write(const domain::Actor& v) {
    out_.begin_object().member("type", name_of(v.type));
    if (!v.id.empty()) write_member("id", v.id);
    if (!v.ip.empty()) write_member("ip", v.ip);
    out_.end_object();
  }
  void write(domain::Action v) { out_.value(domain::name_of(v)); }
  void write(const std::optional<domain::Refusal>& v) { out_.value(domain::code_of(*v)); }
  void write(const Sha256Digest& v) { out_.value(to_hex(as_view(v))); }
  void write(const std::optional<Sha256Digest>& v) {
    out_.value(std::string(kSha256) + to_hex(as_view(*v)));
  }
  void write_member(std::string_view name, const std::string& v) {
    out_.key(name);
    write(v);
  }

  json::Writer& out_;
  const bool withheld_;
};

// --- in ------------------------------------------------------------------------------------------

// Takes members out of an object; at the end none may be left.
class Members {
 public:
  Members(const json::Value& value, std::string name, std::optional<std::string>& fault)
      : object_(value.object()), name_(std::move(name)), fault_(fault) {
    if (object_ == nullptr) fail(name_.empty() ? "it isn't an object" : name_ + " isn't an object");
  }

  const json::Value* take(std::string_view name) {
    if (object_ == nullptr) return nullptr;
    known_.emplace_back(name);
    const auto found =
        std::ranges::find(*object_, name, [](const auto& member) { return member.first; });
    return found == object_->end() ? nullptr : &found->second;
  }
  void finish() {
    if (object_ == nullptr) return;
    for (const auto& [name, value] : *object_) {
      if (std::ranges::find(known_, name) == known_.end()) {
        fail("it has a member " + full_name(name) + ", which no export of this version has");
      }
    }
  }
  std::string full_name(std::string_view name) const {
    return (name_.empty() ? "" : name_ + ".") + std::string(name);
  }
  // The first fault is the one that is told.
  void fail(std::string words) {
    if (!fault_) fault_ = std::move(words);
  }

 private:
  const json::Value::Object* object_;
  std::string name_;
  std::optional<std::string>& fault_;
  std::vector<std::string> known_;
};

std::optional<Sha256Digest> digest_of(std::string_view hex) {
  Sha256Digest digest{};
  if (hex.size() != 2 * digest.size()) return std::nullopt;
  const auto nibble = [](char c) -> int {
    if (c >= '0' && c <= '9') return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
  };
  for (std::size_t i = 0; i < digest.size(); ++i) {
    const int high = nibble(hex[2 * i]);
    const int low = nibble(hex[2 * i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    digest[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return digest;
}

class RecordReader {
 public:
  RecordReader(const json::Value& value, std::optional<std::string>& fault)
      : fault_(fault), members_(value, {}, fault) {}

  void operator()(const auto& field, auto& v) {
    const std::string name = member_name(field.name);
    const json::Value* value = members_.take(name);
    if (value == nullptr) return;
    if (withheld && !is_of_place(field.name)) {
      return members_.fail("it is withheld and has a member " + name);
    }
    if (!read(name, *value, v)) return members_.fail("its member " + name + " is wrong");
    // Left out and there would be two texts for one event.
    if (v == std::remove_cvref_t<decltype(v)>{}) members_.fail("its member " + name + " is empty");
  }

  Sha256Digest previous_chain() {
    Sha256Digest chain{};
    if (const json::Value* value = members_.take(kPreviousChain)) {
      if (!read(kPreviousChain, *value, chain)) {
        members_.fail("its member previousChain is wrong");
      }
    }
    return chain;
  }
  void read_withheld() {
    const json::Value* value = members_.take(kWithheld);
    if (value == nullptr) return;
    withheld = value->boolean() != nullptr && *value->boolean();
    if (!withheld) members_.fail("its member withheld is wrong");
  }
  void finish() { members_.finish(); }

  bool withheld = false;

 private:
  bool read(std::string_view name, const json::Value& value, std::string& v) {
    if (const std::string* text = value.string()) {
      v = *text;
      return true;
    }
    if (value.object() == nullptr) return false;
    Members parts(value, std::string(name), fault_);
    const json::Value* encoded = parts.take(kBase64);
    parts.finish();
    if (encoded == nullptr || encoded->string() == nullptr) return false;
    const auto bytes = from_base64(*encoded->string());
    if (!bytes || is_utf8(*bytes)) return false;
    v = *bytes;
    return true;
  }
  bool read(std::string_view, const json::Value& value, std::uint64_t& v) {
    const auto number = value.uint64();
    v = number.value_or(0);
    return number.has_value();
  }
  bool read(std::string_view, const json::Value& value, std::uint32_t& v) {
    const auto number = value.uint64();
    v = static_cast<std::uint32_t>(number.value_or(0));
    return number && *number <= UINT32_MAX;
  }
  bool read(std::string_view, const json::Value& value, std::int64_t& v) {
    const auto number = value.int64();
    v = number.value_or(0);
    return number.has_value();
  }
  bool read(std::string_view, const json::Value& value, bool& v) {
    if (value.boolean() == nullptr) return false;
    v = *value.boolean();
    return true;
  }
  bool read(std::string_view name, const json::Value& value, HlcStamp& v) {
    Members parts(value, std::string(name), fault_);
    const json::Value* time = parts.take("time");
    const json::Value* counter = parts.take("counter");
    parts.finish();
    if (time == nullptr) return false;
    if (const std::string* text = time->string()) {
      const auto wall_ms = parse_rfc3339(*text);
      if (!wall_ms || rfc3339(*wall_ms) != *text) return false;
      v.wall_ms = *wall_ms;
    } else {
      const auto wall_ms = time->int64();
      if (!wall_ms || has_a_date(*wall_ms)) return false;
      v.wall_ms = *wall_ms;
    }
    if (counter == nullptr) return true;
    return read("counter", *counter, v.counter) && v.counter != 0;
  }
  bool read(std::string_view, const json::Value& value, domain::Revision& v) {
    if (value.string() == nullptr) return false;
    const auto revision = domain::parse_revision(*value.string());
    v = revision.value_or(domain::Revision{});
    return revision.has_value();
  }
  bool read(std::string_view name, const json::Value& value, domain::Actor& v) {
    Members parts(value, std::string(name), fault_);
    const json::Value* type = parts.take("type");
    const json::Value* id = parts.take("id");
    const json::Value* ip = parts.take("ip");
    parts.finish();
    if (type == nullptr || type->string() == nullptr) return false;
    constexpr std::array kTypes{domain::ActorType::Anonymous, domain::ActorType::User,
                                domain::ActorType::Service, domain::ActorType::System};
    const auto* found =
        std::ranges::find(kTypes, *type->string(), [](domain::ActorType t) { return name_of(t); });
    if (found == kTypes.end()) return false;
    v.type = *found;
    const bool id_is_text = id == nullptr || (read("id", *id, v.id) && !v.id.empty());
    const bool ip_is_text = ip == nullptr || (read("ip", *ip, v.ip) && !v.ip.empty());
    return id_is_text && ip_is_text;
  }
  bool read(std::string_view, const json::Value& value, domain::Action& v) {
    if (value.string() == nullptr) return false;
    const auto action = domain::action_named(*value.string());
    v = action.value_or(domain::Action{});
    return action.has_value();
  }
  bool read(std::string_view, const json::Value& value, std::optional<domain::Refusal>& v) {
    if (value.string() == nullptr) return false;
    v = domain::refusal_coded(*value.string());
    return v.has_value();
  }
  bool read(std::string_view, const json::Value& value, Sha256Digest& v) {
    if (value.string() == nullptr) return false;
    const auto digest = digest_of(*value.string());
    v = digest.value_or(Sha256Digest{});
    return digest.has_value();
  }
  bool read(std::string_view, const json::Value& value, std::optional<Sha256Digest>& v) {
    if (value.string() == nullptr || !value.string()->starts_with(kSha256)) return false;
    v = digest_of(std::string_view(*value.string()).substr(kSha256.size()));
    return v.has_value();
  }

  std::optional<std::string>& fault_;
  Members members_;
};

}  // namespace

bool AuditRecord::is_whole() const {
  return withheld || domain::chain_after(previous_chain, row) == row.chain;
}

void append_record(json::Writer& out, const domain::AuditEvent& event) {
  out.begin_object();
  if (event.withheld) out.member(kWithheld, true);
  domain::AuditRow::for_each_field(event.row, RecordWriter(out, event.withheld));
  if (event.previous_chain != Sha256Digest{}) {
    out.member(kPreviousChain, to_hex(as_view(event.previous_chain)));
  }
  out.end_object();
}

std::expected<AuditRecord, std::string> read_record(const json::Value& value) {
  std::optional<std::string> fault;
  RecordReader in(value, fault);
  AuditRecord record;
  in.read_withheld();
  domain::AuditRow::for_each_field(record.row, in);
  record.previous_chain = in.previous_chain();
  record.withheld = in.withheld;
  in.finish();
  if (!fault && record.row.revision == domain::Revision{}) fault = "it has no revision";
  if (fault) return std::unexpected(std::move(*fault));
  return record;
}

}  // namespace confman::api
