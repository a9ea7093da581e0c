#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "adapters/api/answer.hpp"
#include "adapters/api/cursor.hpp"
#include "adapters/api/incoming.hpp"
#include "adapters/api/rendering.hpp"
#include "domain/access/query.hpp"
#include "domain/audit/query.hpp"
#include "domain/entries/query.hpp"
#include "domain/json/writer.hpp"
#include "domain/namespaces/query.hpp"
#include "domain/past/compare.hpp"
#include "domain/past/listing.hpp"
#include "domain/query/page.hpp"
#include "domain/review/query.hpp"

// What listings have in common: a limit and a cursor on the way in, a page on the way out.
namespace confman::api {

inline constexpr ParameterSet kPageParameters = set_of({Parameter::Limit, Parameter::Cursor});

struct PageRequest {
  std::size_t limit{};
  std::optional<Bytes> position;  // where the page before got to
};
// `scope` is all that makes up the listing: a cursor of another one is refused.
std::expected<PageRequest, http::Problem> read_page(Incoming& in,
                                                    const std::vector<std::string_view>& scope);

// Where a page got to, for the cursor of the next one.
inline Bytes position_of(const domain::EntryPosition& at) {
  return position_of(at.first, at.second);
}
inline Bytes position_of(const std::string& path) {
  return position_of(path, "");
}
inline Bytes position_of(std::uint64_t version) {
  return position_of(version, 0);
}
inline Bytes position_of(const domain::keys::AuditKey& at) {
  return position_of(at.index, at.ordinal);
}

// … and of which moments it is.
inline Bytes resume_of(const domain::PastPage& page) {
  return position_of({.names = *page.resume, .from = page.as_of, .to = {}});
}
inline Bytes resume_of(const domain::ComparedPage& page) {
  return position_of({.names = *page.resume, .from = page.from, .to = page.to});
}
template <class Page>
Bytes resume_of(const Page& page) {
  return position_of(*page.resume);
}

// The members of a page's document that say it, too.
inline void append_moments(json::Writer& out, const domain::PastPage& page) {
  out.member("asOf", domain::to_string(page.as_of));
}
inline void append_moments(json::Writer& out, const domain::ComparedPage& page) {
  out.member("from", domain::to_string(page.from)).member("to", domain::to_string(page.to));
}
inline void append_moments(json::Writer& out, const domain::VersionPage& page) {
  // Older ones were let go.
  if (page.oldest > 1) out.member("completeFrom", page.oldest);
}
template <class Page>
void append_moments(json::Writer&, const Page&) {}

// Ends the document {"items":[…],"next":…} behind its last item.
void append_next(http::Response& response, json::Writer& out, const Plan& plan,
                 const http::Request& request, const std::optional<Bytes>& resume);

// A Render: `append` is called as append(json::Writer&, const Plan&, item).
template <class Page, auto append>
http::Response listing(const Plan& plan, const http::Request& request, NodeOutcome&& outcome) {
  const Page page = found<Page>(std::move(outcome));
  http::Response response = json_document();
  json::Writer out(response.body);
  out.begin_object().key("items").begin_array();
  for (const auto& item : page.items) append(out, plan, item);
  out.end_array();
  append_moments(out, page);
  append_next(response, out, plan, request,
              page.resume ? std::optional(resume_of(page)) : std::nullopt);
  return on_conditions(plan, request, {}, [&] { return std::move(response); });
}

}  // namespace confman::api
