#include "adapters/api/body.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "adapters/api/base64.hpp"
#include "adapters/api/faults.hpp"
#include "adapters/api/suggest.hpp"
#include "adapters/api/text.hpp"
#include "adapters/api/value_check.hpp"
#include "adapters/http/message.hpp"
#include "domain/json/value.hpp"

namespace confman::api {
namespace {

constexpr std::string_view kEnvelopeType = "application/vnd.confman.entry+json";

Refused unsupported(std::string_view accepted) {
  http::Problem result =
      problem("unsupported_media_type",
              "The body needs a Content-Type, one of " + std::string(accepted) + ".");
  add_text(result, "header", "Content-Type");
  add_text(result, "accepted", accepted);
  return Refused(std::move(result));
}

// A name as a part of a JSON pointer (RFC 6901 §3).
std::string as_reference(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (c == '~' || c == '/') {
      out.append(c == '~' ? "~0" : "~1");
    } else {
      out.push_back(c);
    }
  }
  return out;
}

Refused at_field(std::string_view code, std::string_view field, std::string detail) {
  http::Problem result = problem(code, std::move(detail));
  add_text(result, "pointer", concat({"/", field}));
  return Refused(std::move(result));
}

std::expected<json::Value, http::Problem> read_object(std::string_view text,
                                                      std::span<const std::string_view> fields) {
  auto value = json::parse(text);
  if (!value) return Refused(problem_of(value.error()));
  if (value->object() == nullptr) {
    http::Problem result = problem("expected_object", "The body is a JSON object.");
    add_text(result, "pointer", "");
    return Refused(std::move(result));
  }
  for (const auto& [name, member] : *value->object()) {
    if (std::ranges::find(fields, name) != fields.end()) continue;
    http::Problem result = problem(
        "unknown_field", "The body has a field that isn't known." + did_you_mean(name, fields));
    add_text(result, "field", name);
    add_text(result, "pointer", "/" + as_reference(name));
    if (const auto best = closest(name, fields); !best.empty()) {
      add_text(result, "suggestion", best);
    }
    return Refused(std::move(result));
  }
  return std::move(*value);
}

std::expected<json::Value, http::Problem> read_json_object(
    std::optional<std::string_view> content_type, std::string_view body,
    std::span<const std::string_view> fields) {
  if (!content_type || content_type->empty()) return unsupported("application/json");
  auto media_type = media_type_without_parameters(*content_type);
  if (!media_type) {
    add_text(media_type.error(), "header", "Content-Type");
    return Refused(std::move(media_type.error()));
  }
  if (!http::equals_ignoring_case(*media_type, "application/json")) {
    return unsupported("application/json");
  }
  return read_object(body, fields);
}

std::expected<std::string, http::Problem> text_field(const json::Value& object,
                                                     std::string_view name) {
  const json::Value* member = object.find(name);
  if (member == nullptr) return std::string();
  if (member->string() == nullptr) return at_field("wrong_type", name, "The field is a string.");
  return *member->string();
}

std::expected<domain::Labels, http::Problem> labels_field(const json::Value& object) {
  domain::Labels labels;
  const json::Value* member = object.find("labels");
  if (member == nullptr) return labels;
  if (member->object() == nullptr) {
    return at_field("wrong_type", "labels", "The field is an object of strings.");
  }
  for (const auto& [name, value] : *member->object()) {
    if (value.string() == nullptr) {
      return at_field("wrong_type", concat({"labels/", as_reference(name)}),
                      "A label's value is a string.");
    }
    labels.emplace_back(name, *value.string());
  }
  std::ranges::sort(labels);
  return labels;
}

// Walks over a text that json::parse has accepted, so that it need not look for faults.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  // The bytes of each member's value of the object that the text is, in order.
  std::vector<std::string_view> member_values() {
    std::vector<std::string_view> values;
    skip_space();
    ++at_;  // the opening bracket
    skip_space();
    while (text_[at_] != '}') {
      skip_string();
      skip_space();
      ++at_;  // the colon
      skip_space();
      const std::size_t start = at_;
      skip_value();
      values.push_back(text_.substr(start, at_ - start));
      skip_space();
      if (text_[at_] == ',') ++at_;
      skip_space();
    }
    return values;
  }

 private:
  void skip_space() { at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size()); }

  void skip_string() {
    for (++at_; text_[at_] != '"'; ++at_) {
      if (text_[at_] == '\\') ++at_;
    }
    ++at_;
  }

  void skip_value() {
    std::size_t depth = 0;
    do {
      const char c = text_[at_];
      if (c == '"') {
        skip_string();
        continue;
      }
      if (c == '{' || c == '[') ++depth;
      if (c == '}' || c == ']') --depth;
      const bool scalar = depth == 0 && c != '}' && c != ']';
      if (scalar) {
        at_ = std::min(text_.find_first_of(" \t\r\n,}]", at_), text_.size());
      } else {
        ++at_;
      }
    } while (depth > 0);
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

// The bytes of a member of the object as the author sent them.
std::string_view raw_member(std::string_view text, const json::Value& object,
                            std::string_view name) {
  const auto& members = *object.object();
  const auto found = std::ranges::find(members, name, [](const auto& m) { return m.first; });
  return Scanner(text).member_values()[static_cast<std::size_t>(found - members.begin())];
}

// The bytes that an envelope's value stands for.
std::expected<Bytes, http::Problem> enveloped_value(std::string_view text,
                                                    const json::Value& envelope, ValueType type) {
  const json::Value* value = envelope.find("value");
  if (value == nullptr) return at_field("missing_field", "value", "The field value is missing.");
  const json::Value* encoding = envelope.find("encoding");
  if (encoding == nullptr && type == ValueType::Json) {
    return Bytes(raw_member(text, envelope, "value"));
  }
  if (encoding == nullptr && type == ValueType::Octets) {
    return at_field("missing_field", "encoding",
                    "A value of type application/octet-stream needs \"encoding\": \"base64\".");
  }
  if (value->string() == nullptr) {
    return at_field("wrong_type", "value", "A value of this type or encoding is a string.");
  }
  if (encoding == nullptr) return *value->string();
  if (encoding->string() == nullptr || *encoding->string() != "base64") {
    return at_field("wrong_type", "encoding", "The only encoding is \"base64\".");
  }
  auto bytes = from_base64(*value->string());
  if (!bytes) return at_field("bad_base64", "value", "The value isn't base64 (RFC 4648, padded).");
  return std::move(*bytes);
}

std::expected<ValueType, http::Problem> enveloped_type(const json::Value& envelope) {
  const json::Value* field = envelope.find("contentType");
  if (field == nullptr) return ValueType::Json;
  if (field->string() == nullptr) {
    return at_field("wrong_type", "contentType", "The field is a string.");
  }
  auto media_type = media_type_without_parameters(*field->string());
  if (!media_type) {
    add_text(media_type.error(), "pointer", "/contentType");
    return Refused(std::move(media_type.error()));
  }
  const auto type = value_type_of(*media_type);
  if (!type) {
    static constexpr std::string_view kAccepted =
        "application/json, application/yaml, text/plain, application/octet-stream";
    http::Problem result = problem("unsupported_media_type",
                                   "The value's type is one of " + std::string(kAccepted) + ".");
    add_text(result, "pointer", "/contentType");
    add_text(result, "accepted", kAccepted);
    return Refused(std::move(result));
  }
  return *type;
}

std::expected<EntryBody, http::Problem> read_envelope(std::string_view text,
                                                      const ValueChecker* checker) {
  static constexpr auto kFields = std::to_array<std::string_view>(
      {"value", "contentType", "encoding", "labels", "description"});
  auto envelope = read_object(text, kFields);
  if (!envelope) return Refused(std::move(envelope.error()));
  const auto type = enveloped_type(*envelope);
  if (!type) return Refused(type.error());
  auto value = enveloped_value(text, *envelope, *type);
  if (!value) return Refused(std::move(value.error()));
  if (auto ok = check_value(*type, *value, checker); !ok) return Refused(std::move(ok.error()));
  auto labels = labels_field(*envelope);
  if (!labels) return Refused(std::move(labels.error()));
  auto description = text_field(*envelope, "description");
  if (!description) return Refused(std::move(description.error()));
  return EntryBody{.content_type = std::string(media_type_of(*type)),
                   .value = std::move(*value),
                   .labels = std::move(*labels),
                   .description = std::move(*description)};
}

}  // namespace

std::expected<EntryBody, http::Problem> read_entry_body(
    std::optional<std::string_view> content_type, std::string&& body, const ValueChecker* checker) {
  static constexpr std::string_view kAccepted =
      "application/json, application/yaml, text/plain, application/octet-stream, "
      "application/vnd.confman.entry+json";
  if (!content_type || content_type->empty()) return unsupported(kAccepted);
  auto media_type = media_type_without_parameters(*content_type);
  if (!media_type) {
    add_text(media_type.error(), "header", "Content-Type");
    return Refused(std::move(media_type.error()));
  }
  if (http::equals_ignoring_case(*media_type, kEnvelopeType)) return read_envelope(body, checker);
  const auto type = value_type_of(*media_type);
  if (!type) return unsupported(kAccepted);
  if (auto ok = check_value(*type, body, checker); !ok) return Refused(std::move(ok.error()));
  return EntryBody{.content_type = std::string(media_type_of(*type)),
                   .value = std::move(body),
                   .labels = {},
                   .description = {}};
}

std::expected<NamespaceBody, http::Problem> read_namespace_body(
    std::optional<std::string_view> content_type, std::string_view body) {
  static constexpr auto kFields =
      std::to_array<std::string_view>({"description", "owner", "labels"});
  auto object = read_json_object(content_type, body, kFields);
  if (!object) return Refused(std::move(object.error()));
  auto description = text_field(*object, "description");
  if (!description) return Refused(std::move(description.error()));
  auto owner = text_field(*object, "owner");
  if (!owner) return Refused(std::move(owner.error()));
  auto labels = labels_field(*object);
  if (!labels) return Refused(std::move(labels.error()));
  return NamespaceBody{.description = std::move(*description),
                       .owner = std::move(*owner),
                       .labels = std::move(*labels)};
}

std::expected<MemberBody, http::Problem> read_member_body(
    std::optional<std::string_view> content_type, std::string_view body) {
  static constexpr auto kFields =
      std::to_array<std::string_view>({"role", "peerAddress", "apiAddress"});
  auto object = read_json_object(content_type, body, kFields);
  if (!object) return Refused(std::move(object.error()));
  const auto role = text_field(*object, "role");
  if (!role) return Refused(role.error());
  if (!role->empty() && *role != "voter" && *role != "learner") {
    return at_field("bad_role", "role", "A member is a \"voter\" or a \"learner\".");
  }
  MemberBody result{.addresses = {}, .voter = *role == "voter"};
  auto peer = text_field(*object, "peerAddress");
  if (!peer) return Refused(std::move(peer.error()));
  auto api = text_field(*object, "apiAddress");
  if (!api) return Refused(std::move(api.error()));
  if (peer->empty() && api->empty()) {
    if (!role->empty()) return result;
    return at_field("missing_field", "role",
                    "The body names the role of a member, or the addresses of a new one.");
  }
  if (peer->empty() || api->empty()) {
    return at_field("missing_field", peer->empty() ? "peerAddress" : "apiAddress",
                    "A new member needs both addresses.");
  }
  if (result.voter) {
    return at_field("bad_role", "role",
                    "A new member is a learner until it has caught up; then make it a voter.");
  }
  result.addresses = {.peer = std::move(*peer), .api = std::move(*api)};
  return result;
}

std::expected<TransferBody, http::Problem> read_transfer_body(
    std::optional<std::string_view> content_type, std::string_view body) {
  static constexpr auto kFields = std::to_array<std::string_view>({"to"});
  auto object = read_json_object(content_type, body, kFields);
  if (!object) return Refused(std::move(object.error()));
  auto to = text_field(*object, "to");
  if (!to) return Refused(std::move(to.error()));
  return TransferBody{.to = std::move(*to)};
}

}  // namespace confman::api
