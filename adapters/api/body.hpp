#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "adapters/api/ports.hpp"
#include "adapters/http/problem.hpp"
#include "domain/base/bytes.hpp"
#include "domain/model/labels.hpp"

// What a write carries in its body.
namespace confman::api {

struct EntryBody {
  std::string content_type;  // of the value, without parameters
  Bytes value;
  domain::Labels labels;
  std::string description;
};
// The bare value, or the envelope application/vnd.confman.entry+json with value, contentType,
// encoding, labels and description. Checks that the value is what its type says.
std::expected<EntryBody, http::Problem> read_entry_body(
    std::optional<std::string_view> content_type, std::string&& body, const ValueChecker* checker);

struct NamespaceBody {
  std::string description;
  std::string owner;
  domain::Labels labels;
};
// {"description":…, "owner":…, "labels":{…}}, each of them optional.
std::expected<NamespaceBody, http::Problem> read_namespace_body(
    std::optional<std::string_view> content_type, std::string_view body);

// {"role": "voter" | "learner"} of a member that is there, or {"peerAddress":…, "apiAddress":…} of
// one that is to be added, with "role": "learner" or without.
struct MemberBody {
  struct Addresses {
    std::string peer;
    std::string api;
  };
  std::optional<Addresses> addresses;
  bool voter = false;
};
std::expected<MemberBody, http::Problem> read_member_body(
    std::optional<std::string_view> content_type, std::string_view body);

// {"to":…}: who is to lead; {}: whoever has most of the log.
struct TransferBody {
  std::string to;  // empty: not given
};
std::expected<TransferBody, http::Problem> read_transfer_body(
    std::optional<std::string_view> content_type, std::string_view body);

}  // namespace confman::api
