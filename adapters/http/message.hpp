#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// What a handler is given and what it gives back.
namespace confman::http {

enum class Method : std::uint8_t { Get, Head, Put, Post, Patch, Delete, Options, Other };
// Known to change nothing (RFC 9110 §9.2.1): GET, HEAD, OPTIONS. A method that isn't known may.
bool is_safe(Method method);

// Header fields in the order in which they came, in one block of memory. Names compare without
// case.
class Headers {
 public:
  struct Field {
    std::string_view name;
    std::string_view value;  // without surrounding whitespace
  };

  void add(std::string_view name, std::string_view value);
  std::size_t size() const { return spans_.size(); }
  Field operator[](std::size_t index) const;
  // The first field of that name. Use count() where a second one has to be refused.
  std::optional<std::string_view> get(std::string_view name) const;
  std::size_t count(std::string_view name) const;

 private:
  struct Span {
    std::uint32_t name;
    std::uint32_t value;
    std::uint32_t end;
  };
  std::string bytes_;
  std::vector<Span> spans_;
};

// A whole request that passed every check of RequestParser: the path and query are valid
// percent-encoding of valid UTF-8, and no path segment hides a slash.
struct Request {
  Method method = Method::Other;
  std::string method_name;  // as sent; says which one when method is Other
  std::string target;       // as sent
  int minor_version = 1;    // HTTP/1.<minor_version>
  bool keep_alive = true;   // what the client asked for
  Headers headers;
  std::string body;
  std::string id;              // X-Request-Id if it is a good one, else made here
  std::string client_address;  // numeric, without the port

  // Still percent-encoded; "*" for OPTIONS *, "/" for an absolute-form target without a path.
  std::string_view path() const;
  // Still percent-encoded, without the question mark; empty if there is none.
  std::string_view query() const;
  // "/a//b/" → "a", "", "b", "". Views into this request's target.
  std::vector<std::string_view> segments() const;

  // Where path and query are in target.
  std::size_t path_begin = 0;
  std::size_t path_end = 0;
  std::size_t query_begin = 0;
};

// For text that RequestParser let through; what isn't valid percent-encoding is left as it is.
// A plus sign stays a plus sign: so paths are read (RFC 3986).
std::string percent_decode(std::string_view text);
// The same, and a plus sign is a space: so names and values of a query are read (WHATWG URL,
// application/x-www-form-urlencoded), since curl -G, URLSearchParams and requests write them so.
std::string form_decode(std::string_view text);
// "a=1&b&c=%2f+d" → (a,1) (b,) (c,"/ d"): decoded, in order, duplicates kept, empty pairs skipped.
// Only '&' parts pairs; a semicolon is a character like any other.
std::vector<std::pair<std::string, std::string>> query_parameters(std::string_view query);
// The same query with %20 where it had a plus sign: it means the same to who reads it as a form and
// to who doesn't. For every query that is given back to a client.
std::string without_plus_signs(std::string_view query);

// Content-Length, Transfer-Encoding, Connection, Date, X-Request-Id and X-Content-Type-Options are
// the server's: don't add them.
class Response {
 public:
  Response() = default;
  explicit Response(int status_code) : status(status_code) {}

  // A byte that can't stand in a header value (CR, LF, NUL, other controls) becomes '?': no value,
  // wherever it came from, can start a second header.
  Response& add_header(std::string_view name, std::string_view value);
  // For tests and for filters above: the first field of that name.
  std::optional<std::string_view> header(std::string_view name) const;
  // "Name: value\r\n" lines, ready to send.
  const std::string& header_block() const { return header_block_; }

  int status = 200;
  std::string body;    // not sent for HEAD, but counted in Content-Length; empty for 204 and 304
  bool close = false;  // close the connection after this answer

 private:
  std::string header_block_;
};

std::string_view reason_phrase(int status);
bool equals_ignoring_case(std::string_view a, std::string_view b);

}  // namespace confman::http
