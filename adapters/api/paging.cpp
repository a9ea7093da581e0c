#include "adapters/api/paging.hpp"

#include <algorithm>
#include <utility>

#include "adapters/api/faults.hpp"
#include "adapters/api/text.hpp"

namespace confman::api {
namespace {

// The request's own target with another cursor.
std::string next_target(const http::Request& request, std::string_view cursor) {
  std::string target(request.path());
  target.push_back('?');
  std::string_view rest = request.query();
  while (!rest.empty()) {
    const std::size_t length = std::min(rest.find('&'), rest.size());
    const std::string_view pair = rest.substr(0, length);
    rest.remove_prefix(std::min(length + 1, rest.size()));
    const std::string name = http::form_decode(pair.substr(0, pair.find('=')));
    if (!pair.empty() && name != "cursor") {
      target.append(http::without_plus_signs(pair)).push_back('&');
    }
  }
  return target.append("cursor=").append(cursor);
}

}  // namespace

std::expected<PageRequest, http::Problem> read_page(Incoming& in,
                                                    const std::vector<std::string_view>& scope) {
  PageRequest result;
  const auto limit = in.parameters.limit();
  if (!limit) return Refused(limit.error());
  result.limit = *limit;
  in.plan.cursor_scope = scope_of(scope);
  if (const std::string* cursor = in.parameters.find(Parameter::Cursor)) {
    auto position = decode_cursor(*cursor, in.plan.cursor_scope);
    if (!position) return Refused(std::move(position.error()));
    result.position = std::move(*position);
  }
  return result;
}

void append_next(http::Response& response, json::Writer& out, const Plan& plan,
                 const http::Request& request, const std::optional<Bytes>& resume) {
  out.key("next");
  if (resume) {
    const std::string cursor = encode_cursor({.scope = plan.cursor_scope, .position = *resume});
    out.value(cursor);
    response.add_header("Link", concat({"<", next_target(request, cursor), ">; rel=\"next\""}));
  } else {
    out.null();
  }
  out.end_object();
}

}  // namespace confman::api
