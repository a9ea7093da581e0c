#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/http/message.hpp"

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
Response problem_response(const Problem& problem);

// A JSON string literal, quotes included. Bytes that aren't UTF-8 become U+FFFD.
std::string json_string(std::string_view text);
void append_json_string(std::string& out, std::string_view text);

}  // namespace confman::http
