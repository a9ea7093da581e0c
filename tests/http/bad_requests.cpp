#include "tests/http/bad_requests.hpp"

namespace confman::http::test {

namespace {

std::string get(const std::string& target, const std::string& more_headers = "") {
  return "GET " + target + " HTTP/1.1\r\nHost: x\r\n" + more_headers + "\r\n";
}

std::string put(const std::string& headers, const std::string& body) {
  return "PUT /k HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n" + body;
}

std::string chunked(const std::string& body) {
  return put("Transfer-Encoding: chunked\r\n", body);
}

std::string repeat(const std::string& text, int times) {
  std::string result;
  for (int i = 0; i < times; ++i) result.append(text);
  return result;
}

std::string too_many_headers() {
  std::string headers;
  for (int i = 0; i < 100; ++i) headers += "X-" + std::to_string(i) + ": 1\r\n";
  return get("/", headers);  // and Host
}

std::string too_large_in_chunks() {
  const std::string quarter_mib = "40000\r\n" + std::string(256 * 1024, 'x') + "\r\n";
  return chunked(repeat(quarter_mib, 8) + "1\r\nx\r\n0\r\n\r\n");
}

std::map<std::string, BadRequest> framing_rows() {
  return {
      {"H007", {put("Content-Length: 3, 5\r\n", "abcde")}},
      {"H011", {put("Content-Length: abc\r\n", "abc")}},
      {"H012", {put("Content-Length:\r\n", "abc")}},
      {"H014", {put("Content-Length: 18446744073709551616\r\n", "abc")}},
      {"H018", {too_large_in_chunks()}},
      {"H019", {chunked("g\r\nabc\r\n0\r\n\r\n")}},
      {"H020", {chunked("-1\r\nabc\r\n0\r\n\r\n")}},
      {"H022", {chunked("ffffffffffffffff\r\nabc\r\n0\r\n\r\n")}},
      {"H023", {chunked("10000000000000003\r\nabc\r\n0\r\n\r\n")}},
      {"H024", {chunked("3\r\nabcXX\r\n0\r\n\r\n")}},
      {"H025", {chunked("5\r\nab"), true}},
      {"H026", {chunked("3;" + std::string(64 * 1024, 'e') + "\r\nabc\r\n0\r\n\r\n")}},
      {"H027", {chunked(repeat("1\r\nx\r\n", 1'000'000) + "0\r\n\r\n")}},
      {"H029", {put("Transfer-Encoding: xchunked\r\n", "3\r\nabc\r\n0\r\n\r\n")}},
      {"H031", {put("Transfer-Encoding: chunked, identity\r\n", "3\r\nabc\r\n0\r\n\r\n")}},
      {"H032", {put("Transfer-Encoding : chunked\r\n", "3\r\nabc\r\n0\r\n\r\n")}},
      {"H033",
       {"PUT / HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"}},
      {"H034", {"PATCH / HTTP/1.1\r\nHost: x\r\n\r\n"}},
      {"H035", {"PUT / HTTP/1.1\r\nHost: x\r\n\r\n"}},
      {"H074", {get("/", "Content-Length: 3\r\n") + "abc"}},
  };
}

std::map<std::string, BadRequest> head_rows() {
  return {
      {"H001", {"GET / HTTP/1.1\r\n\r\n"}},
      {"H002", {"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"}},
      {"H037", {"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n"}},
      {"H039", {"G@T / HTTP/1.1\r\nHost: x\r\n\r\n"}},
      {"H040", {"CONNECT x:443 HTTP/1.1\r\nHost: x:443\r\n\r\n"}},
      {"H043", {"GET /\r\n"}},
      {"H048", {"GET / HTTP/1.1\nHost: x\n\n"}},
      {"H050", {"GET / HTTP/1.1\r\nHost : x\r\n\r\n"}},
      {"H053", {get("/", "X-A: a" + std::string(1, '\0') + "b\r\n")}},
      {"H057", {too_many_headers()}},
      {"H058", {get("/", std::string(300, 'n') + ": 1\r\n")}},
      {"H062", {get("/%zz")}},
      {"H063", {get("/%2")}},
      {"H065", {get("/a%2fb")}},
      {"H072", {get("/%c0%af")}},
      {"H075", {put("Content-Length: 3\r\nExpect: 200-maybe\r\n", "abc")}},
      {"H076", {put("Content-Length: 5242880\r\nExpect: 100-continue\r\n", "")}},
      {"H103", {get("/", "Connection: Upgrade\r\nUpgrade: websocket\r\n")}},
  };
}

}  // namespace

const std::map<std::string, BadRequest>& bad_requests() {
  static const auto rows = [] {
    auto all = framing_rows();
    all.merge(head_rows());
    return all;
  }();
  return rows;
}

const std::map<std::string, std::string>& rows_tested_elsewhere() {
  static const std::map<std::string, std::string> rows = {
      {"H091", "Deadlines.AHeaderThatDripsIsCutAtItsDeadline"},
      {"H092", "Deadlines.ABodyThatComesTooSlowlyIsRefused"},
      {"H093", "Server.ABurstIsClosedAfterItsHundredthAnswer"},
  };
  return rows;
}

const std::map<std::string, std::string>& rows_not_decided_here() {
  static const std::map<std::string, std::string> rows = {
      {"H046", "TLS: there is no TLS port yet"},
      {"H073", "which characters a key may have is the domain's rule"},
      {"H077", "Content-Type: the API knows what each route takes"},
      {"H078", "Content-Type: the API knows what each route takes"},
      {"H079", "Content-Type: the API knows what each route takes"},
      {"H081", "Accept: the API knows what each route can give"},
      {"H083", "If-Match needs the entry's version"},
      {"H084", "the version token is the API's"},
      {"H085", "the version token is the API's"},
      {"H086", "waiting for a version is the node's"},
      {"H088", "credentials are the API's (a NUL in any header is refused here first, as H053)"},
      {"H089", "credentials are the API's"},
      {"H090", "credentials are the API's"},
      {"H094", "query parameters are the API's"},
      {"H095", "query parameters are the API's"},
      {"H096", "query parameters are the API's"},
      {"H097", "cursors are the API's"},
      {"H098", "cursors are the API's"},
      {"H099", "watches are the API's"},
      {"H100", "watches are the API's"},
      {"H101", "Idempotency-Key is the API's"},
  };
  return rows;
}

}  // namespace confman::http::test
