#include "adapters/api/resources/entry_body.hpp"

#include <array>
#include <utility>

#include "adapters/api/base64.hpp"
#include "adapters/api/body.hpp"
#include "adapters/api/faults.hpp"
#include "adapters/api/value_check.hpp"
#include "adapters/http/message.hpp"
#include "domain/json/value.hpp"

namespace confman::api {
namespace {

constexpr std::string_view kEnvelopeType = "application/vnd.confman.entry+json";

std::expected<Bytes, http::Problem> checked(ValueType type, Bytes value,
                                            const ValueChecker* checker) {
  if (auto ok = check_value(type, value, checker); !ok) return Refused(std::move(ok.error()));
  return value;
}

// The bytes that an envelope's value stands for: of `raw`, where it is JSON that stands in there.
std::expected<Bytes, http::Problem> enveloped_value(const json::Value& envelope, ValueType type,
                                                    const json::RawMember& raw,
                                                    const ValueChecker* checker) {
  const json::Value* value = envelope.find("value");
  if (value == nullptr) return at_field("missing_field", "value", "The field value is missing.");
  const json::Value* encoding = envelope.find("encoding");
  if (encoding == nullptr && type == ValueType::Json) {
    // It was read with the envelope.
    if (auto ok = check_size(*raw.text); !ok) return Refused(std::move(ok.error()));
    return Bytes(*raw.text);
  }
  if (encoding == nullptr && type == ValueType::Octets) {
    return at_field("missing_field", "encoding",
                    "A value of type application/octet-stream needs \"encoding\": \"base64\".");
  }
  if (value->string() == nullptr) {
    return at_field("wrong_type", "value", "A value of this type or encoding is a string.");
  }
  if (encoding == nullptr) return checked(type, *value->string(), checker);
  if (encoding->string() == nullptr || *encoding->string() != "base64") {
    return at_field("wrong_type", "encoding", "The only encoding is \"base64\".");
  }
  auto bytes = from_base64(*value->string());
  if (!bytes) return at_field("bad_base64", "value", "The value isn't base64 (RFC 4648, padded).");
  return checked(type, std::move(*bytes), checker);
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

// Nothing is said: what is a secret stays one.
std::expected<domain::Secrecy, http::Problem> secrecy_field(const json::Value& envelope) {
  const json::Value* field = envelope.find("encrypted");
  if (field == nullptr) return domain::Secrecy::AsItIs;
  if (field->boolean() == nullptr) {
    return at_field("wrong_type", "encrypted", "The field is true or false.");
  }
  return *field->boolean() ? domain::Secrecy::Wanted : domain::Secrecy::Unwanted;
}

std::expected<EntryBody, http::Problem> read_envelope(std::string_view text,
                                                      const ValueChecker* checker) {
  static constexpr auto kFields = std::to_array<std::string_view>(
      {"value", "contentType", "encoding", "labels", "description", "encrypted"});
  json::RawMember raw{.name = "value", .text = {}};
  const auto envelope = json::parse(text, &raw);
  if (!envelope) return Refused(problem_of(envelope.error()));
  if (auto ok = check_fields(*envelope, kFields); !ok) return Refused(std::move(ok.error()));
  return entry_of_fields(*envelope, raw, checker);
}

}  // namespace

std::expected<EntryBody, http::Problem> entry_of_fields(const json::Value& envelope,
                                                        const json::RawMember& raw,
                                                        const ValueChecker* checker) {
  const auto type = enveloped_type(envelope);
  if (!type) return Refused(type.error());
  auto value = enveloped_value(envelope, *type, raw, checker);
  if (!value) return Refused(std::move(value.error()));
  auto labels = labels_field(envelope);
  if (!labels) return Refused(std::move(labels.error()));
  auto description = text_field(envelope, "description");
  if (!description) return Refused(std::move(description.error()));
  const auto secrecy = secrecy_field(envelope);
  if (!secrecy) return Refused(secrecy.error());
  return EntryBody{.content_type = std::string(media_type_of(*type)),
                   .value = std::move(*value),
                   .labels = std::move(*labels),
                   .description = std::move(*description),
                   .secrecy = *secrecy};
}

std::expected<EntryBody, http::Problem> read_entry_body(
    std::optional<std::string_view> content_type, std::string&& body, const ValueChecker* checker) {
  static constexpr std::string_view kAccepted =
      "application/json, application/yaml, text/plain, application/octet-stream, "
      "application/vnd.confman.entry+json";
  if (!content_type || content_type->empty()) return unsupported_type(kAccepted);
  auto media_type = media_type_without_parameters(*content_type);
  if (!media_type) {
    add_text(media_type.error(), "header", "Content-Type");
    return Refused(std::move(media_type.error()));
  }
  if (http::equals_ignoring_case(*media_type, kEnvelopeType)) return read_envelope(body, checker);
  const auto type = value_type_of(*media_type);
  if (!type) return unsupported_type(kAccepted);
  if (auto ok = check_value(*type, body, checker); !ok) return Refused(std::move(ok.error()));
  return EntryBody{.content_type = std::string(media_type_of(*type)),
                   .value = std::move(body),
                   .labels = {},
                   .description = {}};
}

}  // namespace confman::api
