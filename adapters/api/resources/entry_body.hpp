#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "adapters/api/ports.hpp"
#include "adapters/http/problem.hpp"
#include "domain/base/bytes.hpp"
#include "domain/entries/commands.hpp"
#include "domain/json/value.hpp"
#include "domain/model/labels.hpp"

namespace confman::api {

// What a PUT of an entry carries.
struct EntryBody {
  std::string content_type;  // of the value, without parameters
  Bytes value;
  domain::Labels labels;
  std::string description;
  domain::Secrecy secrecy{};
};
// The bare value, or the envelope application/vnd.confman.entry+json with value, contentType,
// encoding, labels, description and encrypted. Checks that the value is what its type says.
std::expected<EntryBody, http::Problem> read_entry_body(
    std::optional<std::string_view> content_type, std::string&& body, const ValueChecker* checker);

// The same out of the fields of an envelope that is already read, with the text of its value.
std::expected<EntryBody, http::Problem> entry_of_fields(const json::Value& envelope,
                                                        const json::RawMember& value,
                                                        const ValueChecker* checker);

}  // namespace confman::api
