#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/http/message.hpp"
#include "adapters/http/request_parser.hpp"

// RFC 9457 problem documents: every answer of 400 and above has one.
namespace confman::http {

inline constexpr std::string_view kProblemTypePrefix = "https://confman.dev/problems/";
inline constexpr std::string_view kProblemContentType = "application/problem+json";

struct Problem {
  int status = 500;
  std::string code;      // stable, snake_case; the end of the type URI
  std::string detail;    // a sentence: what was wrong, and what is allowed
  std::string title;     // empty: made from the code ("missing_host" → "Missing host")
  std::string instance;  // the request's id
  // Extra members, in order: a name, and its value as JSON text (json_string() for a string).
  std::vector<std::pair<std::string, std::string>> extra;
};

// {"type":…,"title":…,"status":…,"code":…,"detail":…,"instance":…, extra members…}
std::string render(const Problem& problem);
// Not to be kept by any cache: some of these statuses (404, 405, 414, 501) may be kept without a
// word, and what isn't there now may be there in a moment.
Response problem_response(const Problem& problem);

// What became of a request that isn't answered as it should be: "outcome": "not_done" or "unknown".
// Nothing for a method that is known to be safe. One that couldn't be read may have been a write.
enum class Outcome : std::uint8_t { NotDone, Unknown };
void add_outcome(Problem& problem, std::optional<Method> method, Outcome outcome);

// Of a request that was refused before anything was done. `method`, if it is known.
Problem problem_of(const ParseError& error, std::optional<Method> method, std::string instance);

// A JSON string literal, quotes included. Bytes that aren't UTF-8 become U+FFFD.
std::string json_string(std::string_view text);
void append_json_string(std::string& out, std::string_view text);

}  // namespace confman::http
