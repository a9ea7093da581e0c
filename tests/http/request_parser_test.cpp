#include "adapters/http/request_parser.hpp"

#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "tests/http/bad_requests.hpp"

namespace confman::http::test {

namespace {

using State = RequestParser::State;

// Feeds as a connection does: what wasn't taken comes again in front of the next piece.
class Feeder {
 public:
  void feed(std::string_view piece) {
    pending_.append(piece);
    while (!pending_.empty() && parser_.state() != State::Failed) {
      const std::size_t taken = parser_.feed(pending_);
      pending_.erase(0, taken);
      if (parser_.state() != State::Complete) return;
      note(parser_.take());
    }
  }

  // Everything that was understood, as text to compare.
  std::string story() const {
    if (parser_.state() != State::Failed) return story_ + "(waiting)";
    const ParseError& error = parser_.error();
    return story_ + std::to_string(error.status) + " " + error.code;
  }

 private:
  void note(const Request& request) {
    story_ += request.method_name + " " + std::string(request.path()) + " ? " +
              std::string(request.query()) + " 1." + std::to_string(request.minor_version) +
              (request.keep_alive ? " keep\n" : " close\n");
    for (std::size_t i = 0; i < request.headers.size(); ++i) {
      const auto [name, value] = request.headers[i];
      story_ += std::string(name) + "=" + std::string(value) + "\n";
    }
    story_ += "[" + request.body + "] " + request.id + "\n";
  }

  RequestParser parser_;
  std::string pending_;
  std::string story_;
};

std::string story_of(std::string_view bytes) {
  Feeder feeder;
  feeder.feed(bytes);
  return feeder.story();
}

// "400 code" or "200" for one request that is taken.
std::string verdict_of(std::string_view bytes) {
  RequestParser parser;
  parser.feed(bytes);
  if (parser.state() == State::Complete) return "200";
  if (parser.state() != State::Failed) return "waiting";
  return std::to_string(parser.error().status) + " " + parser.error().code;
}

Request parse(std::string_view bytes) {
  RequestParser parser;
  EXPECT_EQ(parser.feed(bytes), bytes.size());
  EXPECT_EQ(parser.state(), State::Complete);
  return parser.take();
}

std::string head(const std::string& line, const std::string& headers = "") {
  return line + "\r\nHost: x\r\n" + headers + "\r\n";
}

const std::vector<std::string>& good_requests() {
  static const std::vector<std::string> requests = {
      "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
      "\r\nGET /a%20b/%C3%A4?q=%2F&r HTTP/1.1\r\nHost: [::1]:80\r\nX-Request-Id: a.b_C-1\r\n\r\n",
      "GET http://h:1/p?q HTTP/1.1\r\nhost: H:1\r\nConnection: close\r\n\r\n",
      "GET http://h HTTP/1.1\r\nHost: h\r\n\r\n",
      "OPTIONS * HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
      "PUT /k HTTP/1.0\r\nContent-Length: 5\r\nConnection: keep-alive\r\n\r\nhello",
      "POST /k HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: Chunked\r\n\r\n"
      "3;a=b\r\nabc\r\n00b\r\nhello world\r\n0;c\r\nContent-Type: dropped\r\n\r\n"
      "PATCH /next HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "HEAD / HTTP/1.1\r\nHost: x\r\nExpect: 100-Continue\r\nX-A:\t b c \t\r\nX-B:\r\n\r\n",
  };
  return requests;
}

TEST(RequestParser, TheVerdictDoesNotDependOnHowTheBytesAreCut) {
  std::vector<std::string> inputs = good_requests();
  for (const auto& [id, bad] : bad_requests()) {
    if (bad.bytes.size() < 4096) inputs.push_back(bad.bytes);
  }
  for (const std::string& input : inputs) {
    const std::string whole = story_of(input);
    for (std::size_t cut = 0; cut <= input.size(); ++cut) {
      Feeder feeder;
      feeder.feed(std::string_view(input).substr(0, cut));
      feeder.feed(std::string_view(input).substr(cut));
      ASSERT_EQ(feeder.story(), whole) << "cut at " << cut << " of: " << input;
    }
    Feeder drip;
    for (const char c : input) drip.feed({&c, 1});
    ASSERT_EQ(drip.story(), whole) << "byte by byte: " << input;
  }
}

TEST(RequestParser, LimitsHoldHoweverTheBytesAreCut) {
  const RequestLimits limits;
  const std::vector<std::pair<std::string, std::string>> cases = {
      {head("GET /" + std::string(limits.target_bytes, 'a') + " HTTP/1.1"), "414 uri_too_long"},
      {"GET /" + std::string(20'000, 'a'), "414 uri_too_long"},
      {head("GET /" + std::string(limits.target_bytes - 1, 'a') + " HTTP/1.1"), "200"},
      {head(std::string(33, 'M') + " / HTTP/1.1"), "400 bad_method"},
      {head("GET / HTTP/1.1", "A: " + std::string(8193, 'v') + "\r\n"), "431 header_too_large"},
      {head("GET / HTTP/1.1", "A: " + std::string(8192, 'v') + "\r\n"), "200"},
      {head("GET / HTTP/1.1", std::string(257, 'n') + ": v\r\n"), "431 header_too_large"},
      {head("GET / HTTP/1.1", std::string(256, 'n') + ": v\r\n"), "200"},
      {"GET / HTTP/1.1\r\nA: " + std::string(40'000, 'v'), "431 header_too_large"},
      {head("PUT / HTTP/1.1", "Transfer-Encoding: chunked\r\n") +
           "0\r\nA: " + std::string(9000, 'v') + "\r\n\r\n",
       "431 header_too_large"},
      {head("PUT / HTTP/1.1", "Transfer-Encoding: chunked\r\n") + "3;" + std::string(255, 'e') +
           "\r\nabc\r\n0\r\n\r\n",
       "200"},
      {head("PUT / HTTP/1.1", "Transfer-Encoding: chunked\r\n") + "3;" + std::string(256, 'e') +
           "\r\nabc\r\n0\r\n\r\n",
       "400 chunk_extension_too_long"},
      {head("PUT / HTTP/1.1", "Content-Length: 2097153\r\n"), "413 payload_too_large"},
  };
  for (const auto& [bytes, expected] : cases) {
    EXPECT_EQ(verdict_of(bytes), expected) << bytes.substr(0, 60);
    std::string pending;
    RequestParser parser;
    for (const char c : bytes) {
      pending.push_back(c);
      pending.erase(0, parser.feed(pending));
      if (parser.state() == State::Failed) break;
    }
    const bool taken = parser.state() == State::Complete;
    const std::string dripped =
        taken ? "200" : std::to_string(parser.error().status) + " " + parser.error().code;
    EXPECT_EQ(dripped, expected) << "byte by byte: " << bytes.substr(0, 60);
  }
}

// Requests that two parsers in a row may cut differently.
TEST(RequestParser, WhatCouldSmuggleARequestIsRefused) {
  const std::string put = "PUT / HTTP/1.1";
  const std::string chunked = "Transfer-Encoding: chunked\r\n";
  const std::vector<std::pair<std::string, std::string>> cases = {
      {head(put, "Content-Length: 6\r\n" + chunked), "400 conflicting_length"},
      {head(put, chunked + "Content-Length: 6\r\n"), "400 conflicting_length"},
      {head(put, "Content-Length: 3\r\nTransfer-Encoding: x\r\n"), "400 conflicting_length"},
      {head(put, "Content-Length: 3\r\nContent-Length: 5\r\n"), "400 bad_content_length"},
      {head(put, "Content-Length: 3\r\nContent-Length: 3\r\n"), "400 bad_content_length"},
      {head(put, "Content-Length: 3, 3\r\n"), "400 bad_content_length"},
      {head(put, "Content-Length: +3\r\n"), "400 bad_content_length"},
      {head(put, "Content-Length: -1\r\n"), "400 bad_content_length"},
      {head(put, "Content-Length: 0x3\r\n"), "400 bad_content_length"},
      {head(put, "Content-Length: 3 4\r\n"), "400 bad_content_length"},
      {head(put, chunked + chunked), "400 bad_transfer_encoding"},
      {head(put, "Transfer-Encoding: chunked, chunked\r\n"), "400 bad_transfer_encoding"},
      {head(put, "Transfer-Encoding: gzip, chunked\r\n"), "501 unsupported_transfer_encoding"},
      {head(put, "Transfer-Encoding: gzip\r\n" + chunked), "501 unsupported_transfer_encoding"},
      {head(put, "Transfer-Encoding: identity\r\n"), "501 unsupported_transfer_encoding"},
      {head(put, "Transfer-Encoding: \"chunked\"\r\n"), "501 unsupported_transfer_encoding"},
      {head(put, "Transfer-Encoding: chunked;a=b\r\n"), "501 unsupported_transfer_encoding"},
      {head(put, "Transfer-Encoding:\r\n"), "501 unsupported_transfer_encoding"},
      {head(put, "Transfer-Encoding: x,\r\n"), "501 unsupported_transfer_encoding"},
      {head(put, "Transfer-Encoding:\x0b chunked\r\n"), "400 bad_header_value"},
      {head(put, "Transfer-Encoding\t: chunked\r\n"), "400 space_before_colon"},
      {head(put, "X: y\r\n Transfer-Encoding: chunked\r\n"), "400 obs_fold"},
      {"GET / HTTP/1.1\r\n Host: x\r\n\r\n", "400 obs_fold"},
      {head(put, "X: y\nTransfer-Encoding: chunked\r\n"), "400 bare_lf"},
      {head(put, "X: y\rTransfer-Encoding: chunked\r\n"), "400 bad_header_value"},
      {head(put, chunked) + "0x3\r\nabc\r\n0\r\n\r\n", "400 bad_chunk_size"},
      {head(put, chunked) + "+3\r\nabc\r\n0\r\n\r\n", "400 bad_chunk_size"},
      {head(put, chunked) + " 3\r\nabc\r\n0\r\n\r\n", "400 bad_chunk_size"},
      {head(put, chunked) + "\r\n3\r\nabc\r\n0\r\n\r\n", "400 bad_chunk_size"},
      {head(put, chunked) + "000000003\r\nabc\r\n0\r\n\r\n", "400 bad_chunk_size"},
      {head(put, chunked) + "3\nabc\r\n0\r\n\r\n", "400 bare_lf"},
      {head(put, chunked) + "3\r\nabc\n0\r\n\r\n", "400 bad_chunk_framing"},
      {head(put, chunked) + "3;a\rb\r\nabc\r\n0\r\n\r\n", "400 bad_chunk_extension"},
      {head(put, chunked) + "3;a=\"\r\nabc\r\n0\r\n\r\n", "400 bad_chunk_extension"},
      {head(put, chunked) + "0\r\n folded: 1\r\n\r\n", "400 bad_trailer"},
      {head(put, chunked) + "0\r\nContent-Length: 1\r\n\r\n", "400 bad_trailer"},
      {head(put, chunked) + "0\r\na\r\n\r\n", "400 bad_trailer"},
      {head("DELETE / HTTP/1.1", chunked), "400 unexpected_body"},
      {head("GET / HTTP/1.1", chunked), "400 unexpected_body"},
      {head("HEAD / HTTP/1.1", "Content-Length: 1\r\n"), "400 unexpected_body"},
  };
  for (const auto& [bytes, expected] : cases) EXPECT_EQ(verdict_of(bytes), expected) << bytes;
}

TEST(RequestParser, HeadsThatAreWrongAreRefusedWithTheirCode) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {head("GET / HTTP/9.9"), "505 unsupported_http_version"},
      {head("GET / HTTP/2.0"), "505 unsupported_http_version"},
      {head("GET / http/1.1"), "400 bad_request_line"},
      {head("GET / HTTP/1.1 "), "400 bad_request_line"},
      {head("GET  / HTTP/1.1"), "400 bad_request_line"},
      {head("GET /a b HTTP/1.1"), "400 bad_request_line"},
      {" GET / HTTP/1.1\r\n", "400 bad_request_line"},
      {"\r\n\r\nGET / HTTP/1.1\r\n", "400 bad_request_line"},
      {"\nGET / HTTP/1.1\r\n", "400 bare_lf"},
      {std::string("\x16\x03\x01\x02", 4), "400 tls_on_plain_port"},
      {std::string("\0\0\0\0", 4), "400 bad_request_line"},
      {head("G\x01T / HTTP/1.1"), "400 bad_method"},
      {head("GET /\x01 HTTP/1.1"), "400 bad_target"},
      {head("GET /\xc3\xa4 HTTP/1.1"), "400 bad_target"},
      {head("GET /a#b HTTP/1.1"), "400 bad_target"},
      {head("GET /a\\b HTTP/1.1"), "400 bad_target"},
      {head("GET a HTTP/1.1"), "400 bad_target"},
      {head("GET x:443 HTTP/1.1"), "400 bad_target"},
      {head("GET * HTTP/1.1"), "400 bad_target"},
      {head("GET ftp://x/ HTTP/1.1"), "400 bad_target"},
      {head("GET http:///a HTTP/1.1"), "400 bad_target"},
      {head("GET http://y/ HTTP/1.1"), "400 host_mismatch"},
      {head("GET http://u@x/ HTTP/1.1"), "400 host_mismatch"},
      {head("GET /?a=%g0 HTTP/1.1"), "400 bad_percent_encoding"},
      {head("GET /% HTTP/1.1"), "400 bad_percent_encoding"},
      {head("GET /a?b=%2f HTTP/1.1"), "200"},
      {head("GET /%2F HTTP/1.1"), "400 encoded_slash"},
      {head("GET /?a=%ff HTTP/1.1"), "400 invalid_utf8"},
      {head("GET /%ed%a0%80 HTTP/1.1"), "400 invalid_utf8"},
      {head("GET /%f4%90%80%80 HTTP/1.1"), "400 invalid_utf8"},
      {"GET / HTTP/1.1\r\nHost:\r\n\r\n", "400 bad_host"},
      {"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", "400 bad_host"},
      {"GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", "400 bad_host"},
      {"GET / HTTP/1.0\r\n\r\n", "200"},
      {head("GET / HTTP/1.1", "nocolon\r\n"), "400 bad_header_line"},
      {head("GET / HTTP/1.1", ": v\r\n"), "400 bad_header_name"},
      {head("GET / HTTP/1.1", "a b: v\r\n"), "400 bad_header_name"},
      {head("GET / HTTP/1.1", "A: \x7f\r\n"), "400 bad_header_value"},
      {head("GET / HTTP/1.1", "Connection: \x22\r\n"), "400 bad_header_value"},
      {head("GET / HTTP/1.1", "Expect: 100-continue\r\nExpect: x\r\n"), "417 expectation_failed"},
      {"GET / HTTP/1.0\r\nExpect: x\r\n\r\n", "200"},
      {head("PATCH / HTTP/1.1"), "411 length_required"},
      {head("POST / HTTP/1.1"), "200"},  // RFC 9112 §6.3: its body is empty
      {head("TRACE / HTTP/1.1"), "200"},
  };
  for (const auto& [bytes, expected] : cases) EXPECT_EQ(verdict_of(bytes), expected) << bytes;
}

TEST(RequestParser, AWholeRequestIsTakenApart) {
  const Request request = parse(
      "PUT /api/v1/config/a%20b//k?x=1&y&x=%2F%2b HTTP/1.1\r\nHost: x\r\n"
      "X-REQUEST-ID: r-1\r\nx-a: 1\r\nX-A:  2 \r\nContent-Length: 3\r\n\r\nabc");
  EXPECT_EQ(request.method, Method::Put);
  EXPECT_EQ(request.path(), "/api/v1/config/a%20b//k");
  EXPECT_EQ(request.segments(),
            (std::vector<std::string_view>{"api", "v1", "config", "a%20b", "", "k"}));
  EXPECT_EQ(query_parameters(request.query()),
            (std::vector<std::pair<std::string, std::string>>{{"x", "1"}, {"y", ""}, {"x", "/+"}}));
  EXPECT_EQ(request.headers.get("X-a"), "1");
  EXPECT_EQ(request.headers.count("x-A"), 2U);
  EXPECT_EQ(request.headers.get("absent"), std::nullopt);
  EXPECT_EQ(request.body, "abc");
  EXPECT_EQ(request.id, "r-1");
  EXPECT_TRUE(request.keep_alive);
}

// As application/x-www-form-urlencoded (WHATWG URL): names and values alike.
TEST(RequestParser, AQueryIsReadAsAForm) {
  const auto pairs = [](std::string_view query) {
    std::string text;
    for (const auto& [name, value] : query_parameters(query))
      text += "(" + name + "," + value + ")";
    return text;
  };
  EXPECT_EQ(pairs("a+b=c+d"), "(a b,c d)");
  EXPECT_EQ(pairs("a%2Bb=c%2bd"), "(a+b,c+d)");
  EXPECT_EQ(pairs("a=b=c&a;b&&=&=d&%61="), "(a,b=c)(a;b,)(,)(,d)(a,)");
  EXPECT_EQ(pairs(without_plus_signs("a+b=c+d%2B")), pairs("a+b=c+d%2B"));
  EXPECT_EQ(percent_decode("a+b%20c"), "a+b c") << "in a path a plus sign is one";
}

TEST(RequestParser, TrailersAreReadAndDropped) {
  const Request request = parse(
      "PUT /k HTTP/1.1\r\nHost: x\r\nTrailer: X-A\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3\r\nabc\r\n0\r\nX-A: 1\r\nContent-Range: bytes 0-1/2\r\n\r\n");
  EXPECT_EQ(request.body, "abc");
  EXPECT_EQ(request.headers.count("X-A"), 0U);
  EXPECT_EQ(request.headers.count("Content-Range"), 0U);
}

TEST(RequestParser, OnlyAGoodRequestIdIsTakenOver) {
  const auto id_of = [](const std::string& headers) {
    return parse(head("GET / HTTP/1.1", headers)).id;
  };
  EXPECT_EQ(id_of("X-Request-Id: " + std::string(64, 'a') + "\r\n"), std::string(64, 'a'));
  EXPECT_EQ(id_of("X-Request-Id: " + std::string(65, 'a') + "\r\n"), "");
  EXPECT_EQ(id_of("X-Request-Id: a b\r\n"), "");
  EXPECT_EQ(id_of("X-Request-Id:\r\n"), "");
  EXPECT_EQ(id_of("X-Request-Id: a\r\nX-Request-Id: b\r\n"), "");
}

TEST(RequestParser, TheEndOfTheStreamInsideARequestIsAnError) {
  const auto at_end = [](std::string_view bytes) {
    RequestParser parser;
    parser.feed(bytes);
    const auto error = parser.end_of_stream();
    return error ? error->code : std::string("fine");
  };
  EXPECT_EQ(at_end(""), "fine");
  EXPECT_EQ(at_end("\r\n"), "fine");
  EXPECT_EQ(at_end("G"), "incomplete_header");
  EXPECT_EQ(at_end("GET / HTTP/1.1\r\nHost: x\r\n"), "incomplete_header");
  EXPECT_EQ(at_end("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nab"), "incomplete_body");
}

TEST(RequestParser, ContinueIsAwaitedOnlyBeforeTheBody) {
  RequestParser parser;
  parser.feed(head("PUT / HTTP/1.1", "Content-Length: 2\r\nExpect: 100-continue\r\n"));
  EXPECT_TRUE(parser.awaits_continue());
  parser.feed("a");
  EXPECT_FALSE(parser.awaits_continue());
  parser.feed("b");
  EXPECT_EQ(parser.take().body, "ab");
  EXPECT_FALSE(parser.awaits_continue());
}

}  // namespace

}  // namespace confman::http::test
