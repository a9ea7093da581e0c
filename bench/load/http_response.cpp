#include "bench/load/http_response.hpp"

#include <algorithm>
#include <charconv>

namespace confman::bench {
namespace {

constexpr ByteView kHeadEnd = "\r\n\r\n";
constexpr std::size_t kStatusLineMin = 12;  // "HTTP/1.1 200"

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

bool equals_ignoring_case(ByteView text, ByteView lower_case) {
  return text.size() == lower_case.size() &&
         std::equal(text.begin(), text.end(), lower_case.begin(),
                    [](char a, char b) { return lower(a) == b; });
}

ByteView trimmed(ByteView text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) {
    text.remove_prefix(1);
  }
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) {
    text.remove_suffix(1);
  }
  return text;
}

template <class Number>
std::optional<Number> parsed(ByteView text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return value;
}

struct Head {
  int status = 0;
  std::optional<std::size_t> length;
  bool keep_alive = true;
};

std::expected<void, HttpFault> read_header(ByteView line, Head& head) {
  const std::size_t colon = line.find(':');
  if (colon == ByteView::npos || colon == 0) {
    return std::unexpected(HttpFault::kMalformed);
  }
  const ByteView name = line.substr(0, colon);
  const ByteView value = trimmed(line.substr(colon + 1));
  if (equals_ignoring_case(name, "content-length")) {
    const auto length = parsed<std::size_t>(value);
    if (!length || (head.length && *head.length != *length)) {
      return std::unexpected(HttpFault::kMalformed);
    }
    head.length = length;
  } else if (equals_ignoring_case(name, "transfer-encoding")) {
    return std::unexpected(HttpFault::kUnsupported);
  } else if (equals_ignoring_case(name, "connection")) {
    head.keep_alive = !equals_ignoring_case(value, "close");
  }
  return {};
}

// `text`: the head without the empty line that ends it.
std::expected<Head, HttpFault> read_head(ByteView text) {
  const std::size_t first_end = std::min(text.find("\r\n"), text.size());
  const ByteView line = text.substr(0, first_end);
  const bool shaped = line.size() >= kStatusLineMin && line.starts_with("HTTP/1.") &&
                      line[8] == ' ' && (line.size() == kStatusLineMin || line[12] == ' ');
  const auto status = shaped ? parsed<int>(line.substr(9, 3)) : std::nullopt;
  if (!status || *status < 100) {
    return std::unexpected(HttpFault::kMalformed);
  }
  Head head;
  head.status = *status;
  text.remove_prefix(std::min(first_end + 2, text.size()));
  while (!text.empty()) {
    const std::size_t end = std::min(text.find("\r\n"), text.size());
    if (const auto read = read_header(text.substr(0, end), head); !read) {
      return std::unexpected(read.error());
    }
    text.remove_prefix(std::min(end + 2, text.size()));
  }
  return head;
}

}  // namespace

std::expected<std::optional<HttpResponse>, HttpFault> read_response(ByteView buffer) {
  const std::size_t head_size = buffer.find(kHeadEnd);
  if (std::min(head_size, buffer.size()) > kMaxHead) {
    return std::unexpected(HttpFault::kTooLarge);
  }
  if (head_size == ByteView::npos) {
    return std::nullopt;
  }
  const auto head = read_head(buffer.substr(0, head_size));
  if (!head) {
    return std::unexpected(head.error());
  }
  const bool bodiless = head->status == 204 || head->status == 304;
  if (!bodiless && !head->length) {
    return std::unexpected(HttpFault::kUnsupported);
  }
  const std::size_t body_size = bodiless ? 0 : *head->length;
  if (body_size > kMaxBody) {
    return std::unexpected(HttpFault::kTooLarge);
  }
  const std::size_t body_at = head_size + kHeadEnd.size();
  if (buffer.size() - body_at < body_size) {
    return std::nullopt;
  }
  return HttpResponse{.status = head->status,
                      .body = buffer.substr(body_at, body_size),
                      .size = body_at + body_size,
                      .keep_alive = head->keep_alive};
}

}  // namespace confman::bench
