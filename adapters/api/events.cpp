#include "adapters/api/events.hpp"

#include <algorithm>
#include <string_view>

#include "adapters/api/documents.hpp"
#include "adapters/api/text.hpp"
#include "domain/json/writer.hpp"

namespace confman::api {
namespace {

// Between its tokens JSON may have line breaks, inside of them never.
void on_one_line(std::string& text, std::size_t from) {
  std::replace_if(
      text.begin() + static_cast<std::ptrdiff_t>(from), text.end(),
      [](char c) { return c == '\r' || c == '\n'; }, ' ');
}

void append_change_event(std::string& out, const domain::Change& change) {
  const std::string revision = domain::to_string(change.revision);
  out.append("id: ").append(revision).push_back(kBegunMark);
  out.append("\ndata: ");
  const std::size_t data = out.size();
  json::Writer writer(out);
  append_change(writer, change);
  on_one_line(out, data);
  out.append("\nid: ").append(revision).append("\n\n");
}

}  // namespace

std::string stream_start(int retry_ms, bool begun) {
  return concat({"retry: ", std::to_string(retry_ms), begun ? "\nevent: cut\n\n" : "\n\n"});
}

std::string bookmark_event(domain::Revision position) {
  const std::string revision = domain::to_string(position);
  std::string out = "event: bookmark\ndata: ";
  json::Writer(out)
      .begin_object()
      .member("type", "bookmark")
      .member("revision", revision)
      .end_object();
  return out.append("\nid: ").append(revision).append("\n\n");
}

std::string page_events(const domain::ChangePage& page, domain::Revision to) {
  if (page.changes.empty()) return bookmark_event(to);
  std::string out;
  for (const domain::Change& change : page.changes) append_change_event(out, change);
  return out;
}

std::string closing_event(const http::Problem& why) {
  // Without an id: the client comes back with that of the last event it has.
  std::string out = "event: closing\ndata: ";
  json::Writer(out)
      .begin_object()
      .member("type", "closing")
      .member("reason", why.code)
      .member("detail", why.detail)
      .end_object();
  return out.append("\n\n");
}

}  // namespace confman::api
