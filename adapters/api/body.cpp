#include "adapters/api/body.hpp"

#include <algorithm>

#include "adapters/api/suggest.hpp"
#include "adapters/api/text.hpp"
#include "adapters/api/value_check.hpp"
#include "adapters/http/message.hpp"
#include "domain/limits.hpp"

namespace confman::api {
namespace {

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

}  // namespace

Refused unsupported_type(std::string_view accepted) {
  http::Problem result =
      problem("unsupported_media_type",
              "The body needs a Content-Type, one of " + std::string(accepted) + ".");
  add_text(result, "header", "Content-Type");
  add_text(result, "accepted", accepted);
  return Refused(std::move(result));
}

Refused at_field(std::string_view code, std::string_view field, std::string detail) {
  http::Problem result = problem(code, std::move(detail));
  add_text(result, "pointer", concat({"/", field}));
  return Refused(std::move(result));
}

std::expected<void, http::Problem> check_fields(const json::Value& body,
                                                std::span<const std::string_view> fields) {
  if (body.object() == nullptr) {
    http::Problem result = problem("expected_object", "The body is a JSON object.");
    add_text(result, "pointer", "");
    return Refused(std::move(result));
  }
  for (const auto& [name, member] : *body.object()) {
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
  return {};
}

std::expected<json::Value, http::Problem> read_json_object(
    std::optional<std::string_view> content_type, std::string_view body,
    std::span<const std::string_view> fields) {
  if (!content_type || content_type->empty()) return unsupported_type("application/json");
  auto media_type = media_type_without_parameters(*content_type);
  if (!media_type) {
    add_text(media_type.error(), "header", "Content-Type");
    return Refused(std::move(media_type.error()));
  }
  if (!http::equals_ignoring_case(*media_type, "application/json")) {
    return unsupported_type("application/json");
  }
  auto value = json::parse(body);
  if (!value) return Refused(problem_of(value.error()));
  if (auto ok = check_fields(*value, fields); !ok) return Refused(std::move(ok.error()));
  return std::move(*value);
}

std::expected<std::string, http::Problem> text_field(const json::Value& object,
                                                     std::string_view name) {
  const json::Value* member = object.find(name);
  if (member == nullptr) return std::string();
  if (member->string() == nullptr) return at_field("wrong_type", name, "The field is a string.");
  return *member->string();
}

namespace {

// What is wrong with a label that the state machine would refuse without saying which, or that
// nobody could ask for.
std::optional<http::Problem> fault_of_label(std::string_view name, std::string_view value) {
  const auto at_label = [name](std::string_view detail, std::size_t limit = 0) {
    http::Problem result = problem("bad_label", std::string(detail));
    add_text(result, "pointer", concat({"/labels/", as_reference(name)}));
    if (limit != 0) add_number(result, "limit", limit);
    return result;
  };
  if (name.empty()) return at_label("A label's name isn't empty.");
  if (name.size() > domain::kMaxLabelKeyBytes) {
    return at_label("A label's name has at most 128 bytes.", domain::kMaxLabelKeyBytes);
  }
  if (name.find('=') != name.npos) {
    return at_label("A label's name has no '=': in ?label= it parts the name from the value.");
  }
  if (value.size() > domain::kMaxLabelValueBytes) {
    return at_label("A label's value has at most 256 bytes.", domain::kMaxLabelValueBytes);
  }
  return std::nullopt;
}

}  // namespace

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
    if (auto bad = fault_of_label(name, *value.string())) return Refused(std::move(*bad));
    labels.emplace_back(name, *value.string());
  }
  std::ranges::sort(labels);
  return labels;
}

}  // namespace confman::api
