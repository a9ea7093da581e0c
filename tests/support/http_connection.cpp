#include "tests/support/http_connection.hpp"

#include <Poco/Exception.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Net/StreamSocket.h>
#include <Poco/StreamCopier.h>
#include <Poco/String.h>
#include <algorithm>

namespace confman::testing {
namespace {

using Poco::Net::HTTPMessage;

// A machine that is gone doesn't even refuse.
constexpr std::chrono::milliseconds kConnectTimeout(1000);

Poco::Timespan timespan(std::chrono::milliseconds time) {
  return {time.count() * Poco::Timespan::MILLISECONDS};
}

}  // namespace

std::string HttpAnswer::header(const std::string& lower_case_name) const {
  const auto found = headers.find(lower_case_name);
  return found == headers.end() ? std::string() : found->second;
}

bool HttpConnection::connect(std::chrono::milliseconds timeout) {
  try {
    if (!session_) {
      Poco::Net::StreamSocket socket;
      socket.connect(Poco::Net::SocketAddress(address_.host, address_.port),
                     timespan(std::min(timeout, kConnectTimeout)));
      socket.setNoDelay(true);
      session_ = std::make_unique<Poco::Net::HTTPClientSession>(socket);
      session_->setKeepAlive(true);
    }
    session_->socket().setReceiveTimeout(timespan(timeout));
    session_->socket().setSendTimeout(timespan(timeout));
    return true;
  } catch (const Poco::Exception&) {
    session_.reset();
    return false;
  }
}

void HttpConnection::write(const HttpRequest& request) {
  Poco::Net::HTTPRequest head(request.method, request.target, HTTPMessage::HTTP_1_1);
  head.setHost(address_.host, address_.port);
  for (const auto& [name, value] : request.headers) head.set(name, value);
  if (!request.body.empty()) {
    if (!head.has("Content-Type")) head.setContentType("application/json");
    head.setContentLength(static_cast<std::streamsize>(request.body.size()));
  }
  session_->sendRequest(head) << request.body;
}

std::expected<HttpAnswer, Trouble> HttpConnection::send(const HttpRequest& request,
                                                        std::chrono::milliseconds timeout) {
  if (!connect(timeout)) return std::unexpected(Trouble::NotSent);
  try {
    write(request);
    Poco::Net::HTTPResponse head;
    std::istream& body = session_->receiveResponse(head);
    HttpAnswer answer;
    Poco::StreamCopier::copyToString(body, answer.body);
    const bool whole = !head.hasContentLength() ||
                       answer.body.size() == static_cast<std::size_t>(head.getContentLength64());
    if (session_->networkException() || !whole) {
      session_.reset();
      return std::unexpected(Trouble::Lost);
    }
    answer.status = head.getStatus();
    for (const auto& [name, value] : head) answer.headers[Poco::toLower(name)] = value;
    if (!head.getKeepAlive()) session_.reset();
    return answer;
  } catch (const Poco::Exception&) {
    session_.reset();
    return std::unexpected(Trouble::Lost);
  }
}

std::istream* HttpConnection::open_stream(const HttpRequest& request,
                                          std::chrono::milliseconds timeout) {
  session_.reset();
  if (!connect(timeout)) return nullptr;
  try {
    write(request);
    Poco::Net::HTTPResponse head;
    std::istream& body = session_->receiveResponse(head);
    return head.getStatus() == Poco::Net::HTTPResponse::HTTP_OK ? &body : nullptr;
  } catch (const Poco::Exception&) {
    session_.reset();
    return nullptr;
  }
}

std::expected<HttpAnswer, Trouble> ask(const Address& address, const HttpRequest& request,
                                       std::chrono::milliseconds timeout) {
  return HttpConnection(address).send(request, timeout);
}

}  // namespace confman::testing
