#include "bench/load/http_session.hpp"

#include <Poco/Exception.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/StreamCopier.h>
#include <Poco/Timespan.h>

namespace confman::bench {

HttpSession::HttpSession(const Endpoint& node, int timeout_ms) : session_(node.host, node.port) {
  const Poco::Timespan timeout(Poco::Timespan::TimeDiff{timeout_ms} * Poco::Timespan::MILLISECONDS);
  session_.setKeepAlive(true);
  session_.setKeepAliveTimeout(timeout);
  session_.setTimeout(timeout);
}

std::expected<HttpSession::Answer, std::string> HttpSession::ask(const std::string& method,
                                                                 const std::string& target,
                                                                 const std::string& body,
                                                                 const Headers& headers) {
  try {
    Poco::Net::HTTPRequest request(method, target, Poco::Net::HTTPMessage::HTTP_1_1);
    request.setKeepAlive(true);
    if (!body.empty()) {
      request.setContentType("application/json");
      request.setContentLength(static_cast<std::streamsize>(body.size()));
    }
    for (const auto& [name, value] : headers) request.set(name, value);
    session_.sendRequest(request) << body;
    Poco::Net::HTTPResponse response;
    Answer answer;
    Poco::StreamCopier::copyToString(session_.receiveResponse(response), answer.body);
    answer.status = response.getStatus();
    return answer;
  } catch (const Poco::Exception& error) {
    session_.reset();
    return std::unexpected(session_.getHost() + ":" + std::to_string(session_.getPort()) + ": " +
                           error.displayText());
  }
}

}  // namespace confman::bench
