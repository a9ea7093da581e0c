#include "bench/load/http_response.hpp"

#include <gtest/gtest.h>
#include <string>

namespace confman::bench {
namespace {

const std::string kWhole =
    "HTTP/1.1 200 OK\r\n"
    "Date: Thu, 01 Jan 1970 00:00:00 GMT\r\n"
    "content-length:  11 \r\n"
    "X-Confman-Version: 3:17\r\n"
    "\r\n"
    "hello\r\n\r\nyo";

HttpFault fault_of(const std::string& text) {
  const auto read = read_response(text);
  EXPECT_FALSE(read.has_value()) << text;
  return read ? HttpFault::kMalformed : read.error();
}

TEST(HttpResponse, IsReadWhole) {
  const auto read = read_response(kWhole);
  ASSERT_TRUE(read && *read);
  EXPECT_EQ((*read)->status, 200);
  EXPECT_EQ((*read)->body, "hello\r\n\r\nyo");
  EXPECT_EQ((*read)->size, kWhole.size());
  EXPECT_TRUE((*read)->keep_alive);
}

TEST(HttpResponse, IsIncompleteAtEveryByteButTheLast) {
  for (std::size_t size = 0; size < kWhole.size(); ++size) {
    const auto read = read_response(ByteView(kWhole).substr(0, size));
    ASSERT_TRUE(read.has_value()) << size;
    EXPECT_FALSE(read->has_value()) << size;
  }
}

TEST(HttpResponse, LeavesWhatFollowsAtEveryByte) {
  const std::string two = kWhole + "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
  for (std::size_t size = kWhole.size(); size <= two.size(); ++size) {
    const auto read = read_response(ByteView(two).substr(0, size));
    ASSERT_TRUE(read && *read) << size;
    EXPECT_EQ((*read)->size, kWhole.size());
  }
  const auto second = read_response(ByteView(two).substr(kWhole.size()));
  ASSERT_TRUE(second && *second);
  EXPECT_EQ((*second)->status, 404);
  EXPECT_EQ((*second)->body, "");
}

TEST(HttpResponse, HasNoBodyWhenItsStatusForbidsOne) {
  const std::string text = "HTTP/1.1 204 No Content\r\nServer: x\r\n\r\n";
  const auto read = read_response(text);
  ASSERT_TRUE(read && *read);
  EXPECT_EQ((*read)->size, text.size());
}

TEST(HttpResponse, NoticesThatTheConnectionCloses) {
  const auto read =
      read_response("HTTP/1.1 503 Busy\r\nCONNECTION: Close\r\nContent-Length: 2\r\n\r\nno");
  ASSERT_TRUE(read && *read);
  EXPECT_FALSE((*read)->keep_alive);
  EXPECT_EQ((*read)->status, 503);
}

TEST(HttpResponse, RefusesWhatIsNotHttp) {
  for (const std::string text :
       {"SSH-2.0-OpenSSH\r\n\r\n", "HTTP/1.1\r\n\r\n", "HTTP/1.1 2x0 OK\r\n\r\n",
        "HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 020 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n", "HTTP/1.1 200 OK\r\n: no name\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", "\r\n\r\n"}) {
    EXPECT_EQ(fault_of(text), HttpFault::kMalformed) << text;
  }
}

TEST(HttpResponse, RefusesWhatItCannotMeasure) {
  EXPECT_EQ(fault_of("HTTP/1.1 200 OK\r\n\r\n"), HttpFault::kUnsupported);
  EXPECT_EQ(fault_of("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
            HttpFault::kUnsupported);
}

TEST(HttpResponse, IsBounded) {
  EXPECT_EQ(fault_of("HTTP/1.1 200 OK\r\nX: " + std::string(kMaxHead, 'x')), HttpFault::kTooLarge);
  EXPECT_EQ(
      fault_of("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(kMaxBody + 1) + "\r\n\r\n"),
      HttpFault::kTooLarge);
}

}  // namespace
}  // namespace confman::bench
