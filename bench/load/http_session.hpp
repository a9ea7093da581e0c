#pragma once

#include <Poco/Net/HTTPClientSession.h>
#include <expected>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bench/load/connection.hpp"

namespace confman::bench {

// One connection to a node that waits for each answer; it is kept, and opened again when it broke.
// Costs the client more than a Connection does: for what isn't measured by the microsecond.
class HttpSession {
 public:
  struct Answer {
    int status = 0;
    std::string body;

    bool ok() const { return status / 100 == 2; }
  };
  using Headers = std::vector<std::pair<std::string, std::string>>;

  HttpSession(const Endpoint& node, int timeout_ms);

  // Unless it says otherwise, a body is JSON.
  std::expected<Answer, std::string> ask(const std::string& method, const std::string& target,
                                         const std::string& body = {}, const Headers& headers = {});

 private:
  Poco::Net::HTTPClientSession session_;
};

// Empty: it was done.
std::string fault_of(const std::expected<HttpSession::Answer, std::string>& answer);
// What stands behind the first member of that name: enough for documents that begin with theirs,
// and no parser that would be measured as well.
std::expected<std::string, std::string> member_of(
    const std::expected<HttpSession::Answer, std::string>& answer, std::string_view name);

}  // namespace confman::bench
