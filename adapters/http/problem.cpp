#include "adapters/http/problem.hpp"

#include "adapters/http/utf8.hpp"

namespace confman::http {

namespace {

std::string title_from_code(std::string_view code) {
  std::string title(code);
  for (char& c : title) {
    if (c == '_') c = ' ';
  }
  if (!title.empty() && title[0] >= 'a' && title[0] <= 'z') {
    title[0] = static_cast<char>(title[0] - 'a' + 'A');
  }
  return title;
}

void append_escaped(std::string& out, char c) {
  static constexpr char kHex[] = "0123456789abcdef";
  switch (c) {
    case '"':
      out.append("\\\"");
      return;
    case '\\':
      out.append("\\\\");
      return;
    case '\n':
      out.append("\\n");
      return;
    case '\r':
      out.append("\\r");
      return;
    case '\t':
      out.append("\\t");
      return;
    default:
      break;
  }
  const auto byte = static_cast<unsigned char>(c);
  if (byte < 0x20 || byte == 0x7f) {
    out.append("\\u00");
    out.push_back(kHex[byte >> 4]);
    out.push_back(kHex[byte & 15]);
  } else {
    out.push_back(c);
  }
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out.push_back('"');
  while (!text.empty()) {
    const std::size_t length = utf8_sequence_length(text);
    if (length == 1) {
      append_escaped(out, text[0]);
    } else if (length == 0) {
      out.append("\xef\xbf\xbd");
    } else {
      out.append(text.substr(0, length));
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  out.push_back('"');
}

std::string json_string(std::string_view text) {
  std::string result;
  append_json_string(result, text);
  return result;
}

std::string render(const Problem& problem) {
  std::string out;
  out.reserve(256 + problem.detail.size());
  out.append("{\"type\":");
  append_json_string(out, std::string(kProblemTypePrefix) + problem.code);
  out.append(",\"title\":");
  append_json_string(out, problem.title.empty() ? title_from_code(problem.code) : problem.title);
  out.append(",\"status\":").append(std::to_string(problem.status)).append(",\"code\":");
  append_json_string(out, problem.code);
  out.append(",\"detail\":");
  append_json_string(out, problem.detail);
  out.append(",\"instance\":");
  append_json_string(out, problem.instance);
  for (const auto& [name, json] : problem.extra) {
    out.push_back(',');
    append_json_string(out, name);
    out.append(":").append(json);
  }
  out.push_back('}');
  return out;
}

Response problem_response(const Problem& problem) {
  Response response(problem.status);
  response.add_header("Content-Type", kProblemContentType);
  response.add_header("Cache-Control", "no-store");
  response.body = render(problem);
  return response;
}

void add_outcome(Problem& problem, std::optional<Method> method, Outcome outcome) {
  if (method && is_safe(*method)) return;
  problem.extra.emplace_back("outcome",
                             outcome == Outcome::NotDone ? "\"not_done\"" : "\"unknown\"");
}

Problem problem_of(const ParseError& error, std::optional<Method> method, std::string instance) {
  Problem problem{.status = error.status,
                  .code = error.code,
                  .detail = error.detail,
                  .title = {},
                  .instance = std::move(instance),
                  .extra = {}};
  if (error.limit) problem.extra.emplace_back("limit", std::to_string(*error.limit));
  if (error.offset) problem.extra.emplace_back("offset", std::to_string(*error.offset));
  add_outcome(problem, method, Outcome::NotDone);
  return problem;
}

}  // namespace confman::http
