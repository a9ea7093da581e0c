#include "adapters/http/message.hpp"

#include <algorithm>

namespace confman::http {

namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  c = lower(c);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\t') || byte == 0x7f;
}

// Cuts off what is before the separator, or all if there is none.
std::string_view take_until(std::string_view& rest, char separator) {
  const auto at = rest.find(separator);
  const auto front = rest.substr(0, at);
  rest = at == std::string_view::npos ? std::string_view() : rest.substr(at + 1);
  return front;
}

}  // namespace

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                            [](char x, char y) { return lower(x) == lower(y); });
}

bool is_safe(Method method) {
  return method == Method::Get || method == Method::Head || method == Method::Options;
}

void Headers::add(std::string_view name, std::string_view value) {
  const auto at = static_cast<std::uint32_t>(bytes_.size());
  bytes_.append(name).append(value);
  spans_.push_back({.name = at,
                    .value = static_cast<std::uint32_t>(at + name.size()),
                    .end = static_cast<std::uint32_t>(bytes_.size())});
}

Headers::Field Headers::operator[](std::size_t index) const {
  const Span& span = spans_[index];
  const std::string_view all = bytes_;
  return {all.substr(span.name, span.value - span.name),
          all.substr(span.value, span.end - span.value)};
}

std::optional<std::string_view> Headers::get(std::string_view name) const {
  for (std::size_t i = 0; i < size(); ++i) {
    const Field field = (*this)[i];
    if (equals_ignoring_case(field.name, name)) return field.value;
  }
  return std::nullopt;
}

std::size_t Headers::count(std::string_view name) const {
  std::size_t found = 0;
  for (std::size_t i = 0; i < size(); ++i) found += equals_ignoring_case((*this)[i].name, name);
  return found;
}

std::string_view Request::path() const {
  // An absolute-form target may end with its authority: its path is then the root's.
  if (path_begin == path_end) return "/";
  return std::string_view(target).substr(path_begin, path_end - path_begin);
}

std::string_view Request::query() const {
  return std::string_view(target).substr(query_begin);
}

std::vector<std::string_view> Request::segments() const {
  std::vector<std::string_view> result;
  std::string_view rest = path();
  if (!rest.starts_with('/')) return result;
  while (!rest.empty()) {
    rest.remove_prefix(1);
    const auto length = std::min(rest.find('/'), rest.size());
    result.push_back(rest.substr(0, length));
    rest.remove_prefix(length);
  }
  return result;
}

namespace {

std::string decode(std::string_view text, bool plus_is_space) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int high = text[i] == '%' && i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    const int low = high >= 0 ? hex_digit(text[i + 2]) : -1;
    if (low < 0) {
      result.push_back(plus_is_space && text[i] == '+' ? ' ' : text[i]);
    } else {
      result.push_back(static_cast<char>(high * 16 + low));
      i += 2;
    }
  }
  return result;
}

}  // namespace

std::string percent_decode(std::string_view text) {
  return decode(text, false);
}

std::string form_decode(std::string_view text) {
  return decode(text, true);
}

std::string without_plus_signs(std::string_view query) {
  std::string result;
  result.reserve(query.size());
  for (const char c : query) {
    if (c == '+') {
      result.append("%20");
    } else {
      result.push_back(c);
    }
  }
  return result;
}

std::vector<std::pair<std::string, std::string>> query_parameters(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> result;
  while (!query.empty()) {
    std::string_view value = take_until(query, '&');
    if (value.empty()) continue;
    const std::string_view name = take_until(value, '=');
    result.emplace_back(form_decode(name), form_decode(value));
  }
  return result;
}

Response& Response::add_header(std::string_view name, std::string_view value) {
  const auto start = header_block_.size();
  header_block_.append(name).append(": ").append(value);
  std::replace_if(header_block_.begin() + static_cast<std::ptrdiff_t>(start), header_block_.end(),
                  is_control, '?');
  header_block_.append("\r\n");
  return *this;
}

std::optional<std::string_view> Response::header(std::string_view name) const {
  std::string_view rest = header_block_;
  while (!rest.empty()) {
    const auto line = rest.substr(0, rest.find("\r\n"));
    rest.remove_prefix(line.size() + 2);
    const auto colon = line.find(": ");
    if (equals_ignoring_case(line.substr(0, colon), name)) return line.substr(colon + 2);
  }
  return std::nullopt;
}

std::string_view reason_phrase(int status) {
  switch (status) {
    case 100:
      return "Continue";
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 206:
      return "Partial Content";
    case 301:
      return "Moved Permanently";
    case 303:
      return "See Other";
    case 304:
      return "Not Modified";
    case 307:
      return "Temporary Redirect";
    case 308:
      return "Permanent Redirect";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 406:
      return "Not Acceptable";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 411:
      return "Length Required";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 417:
      return "Expectation Failed";
    case 421:
      return "Misdirected Request";
    case 422:
      return "Unprocessable Content";
    case 423:
      return "Locked";
    case 428:
      return "Precondition Required";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    case 505:
      return "HTTP Version Not Supported";
    case 507:
      return "Insufficient Storage";
    default:
      return "";
  }
}

}  // namespace confman::http
