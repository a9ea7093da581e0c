#pragma once

#include <string>

#include "adapters/http/problem.hpp"
#include "domain/audit/changes.hpp"
#include "domain/model/revision.hpp"

// A watch as server-sent events (WHATWG HTML §9.2). docs/api.md tells the format; here is why it is
// this one: the clients that there are differ from the standard, and a connection may be cut behind
// any byte. Each function gives whole blocks, each with data on one line:
//
// - Most clients take an id only from a block that has data. So a position that no change tells is
//   an event too, a named one, whom listeners to messages don't hear of.
// - npm eventsource 2 takes an id as soon as its line ends, keeps the data of an unfinished block,
//   and delivers it with the first empty line of its next connection. So a change has two ids, of
//   which everybody else takes the last: the first, before the data, says that the change had begun
//   to arrive, the second that it has arrived but for the empty line. Whoever comes back with the
//   first is first told an event under another name, which swallows what was kept, and then gets
//   the change again; whoever comes back with the second gets an empty line, and goes on behind it.
// - A status other than 200 ends most of them for good, so what passes is told in a stream that
//   ends.
namespace confman::api {

// Milliseconds after which a client that lost the stream comes back.
inline constexpr int kRetryMs = 1000;
inline constexpr int kRetryWhenBusyMs = 5000;

// What the id of a change that had begun to arrive ends with; all others are revisions as they are.
inline constexpr char kBegunMark = '~';

// What every stream begins with. `begun`: the client came back with such an id.
std::string stream_start(int retry_ms, bool begun);
// Everything in scope up to there has been told.
std::string bookmark_event(domain::Revision position);
// The changes of a page, or a bookmark if it has none; `to` is where it ends.
std::string page_events(const domain::ChangePage& page, domain::Revision to);
// Why the server ends the stream.
std::string closing_event(const http::Problem& why);

}  // namespace confman::api
