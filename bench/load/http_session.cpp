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

std::string fault_of(const std::expected<HttpSession::Answer, std::string>& answer) {
  if (!answer) return answer.error();
  return answer->ok() ? "" : "HTTP " + std::to_string(answer->status) + ": " + answer->body;
}

std::expected<std::string, std::string> member_of(
    const std::expected<HttpSession::Answer, std::string>& answer, std::string_view name) {
  if (std::string fault = fault_of(answer); !fault.empty()) return std::unexpected(fault);
  const std::string& body = answer->body;
  const std::string quoted = '"' + std::string(name) + "\":";
  const std::size_t at = body.find(quoted);
  if (at == body.npos) return std::unexpected("an answer without " + std::string(name));
  std::size_t begin = at + quoted.size();
  if (body[begin] == '"') ++begin;
  return body.substr(begin, body.find_first_of("\",}", begin) - begin);
}

}  // namespace confman::bench
