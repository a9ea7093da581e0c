#include "bench/peers/confman_product.hpp"

#include <Poco/Exception.h>
#include <Poco/JSON/Object.h>
#include <Poco/JSON/Parser.h>
#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/StreamCopier.h>

#include "bench/report/text.hpp"

namespace confman::bench {
namespace {

constexpr int kTimeoutMs = 1000;
constexpr int kPrepareTimeoutMs = 5000;

struct Answer {
  int status = 0;
  std::string body;
};

std::expected<Answer, std::string> ask(const Endpoint& node, const std::string& method,
                                       const std::string& path, const std::string& body,
                                       int timeout_ms) {
  try {
    Poco::Net::HTTPClientSession session(node.host, node.port);
    session.setTimeout(Poco::Timespan(timeout_ms * Poco::Timespan::MILLISECONDS));
    Poco::Net::HTTPRequest request(method, path, Poco::Net::HTTPMessage::HTTP_1_1);
    if (!body.empty()) {
      request.setContentType("application/json");
      request.setContentLength(static_cast<std::streamsize>(body.size()));
    }
    session.sendRequest(request) << body;
    Poco::Net::HTTPResponse response;
    Answer answer;
    Poco::StreamCopier::copyToString(session.receiveResponse(response), answer.body);
    answer.status = response.getStatus();
    return answer;
  } catch (const Poco::Exception& error) {
    return std::unexpected(node.to_string() + ": " + error.displayText());
  }
}

// The only place that knows confmand's configuration file.
std::string configuration(const std::vector<Member>& members, std::size_t index) {
  std::string text = "node:\n  id: " + members[index].name + "\n  data_dir: \"" +
                     (members[index].folder / "data").string() +
                     "\"\ncluster:\n  name: bench\n  members:\n";
  for (const Member& member : members) {
    text += "    - { id: " + member.name + ", peer: \"" + member.peer.to_string() + "\", api: \"" +
            member.client.to_string() + "\" }\n";
  }
  return text + "dev:\n  open: true\n";
}

}  // namespace

std::string ConfmanProduct::program() const {
  if (!program_.empty()) {
    return program_;
  }
  std::error_code ignored;
  return (std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path() / "confmand")
      .string();
}

std::string ConfmanProduct::about() const {
  return "Confman, REST over HTTP/1.1, a connection per client, its default timeouts";
}

std::expected<std::vector<std::string>, std::string> ConfmanProduct::command(
    const std::vector<Member>& members, std::size_t index) const {
  const std::string file = (members[index].folder / "confman.yaml").string();
  if (!write_file(file, configuration(members, index))) {
    return std::unexpected("cannot write " + file);
  }
  return std::vector<std::string>{program(), "--config", file};
}

std::optional<bool> ConfmanProduct::leads(const Endpoint& node) const {
  const auto answer = ask(node, "GET", "/api/v1/admin/status", "", kTimeoutMs);
  if (!answer || answer->status != 200) {
    return std::nullopt;
  }
  try {
    Poco::JSON::Parser parser;
    const auto status = parser.parse(answer->body).extract<Poco::JSON::Object::Ptr>();
    if (status->isNull("leader") || status->getValue<std::string>("leader").empty()) {
      return std::nullopt;
    }
    return status->getValue<std::string>("role") == "leader";
  } catch (const Poco::Exception&) {
    return std::nullopt;
  }
}

std::expected<void, std::string> ConfmanProduct::prepare(const Endpoint& node) const {
  const auto answer = ask(node, "PUT", "/api/v1/namespaces/bench", "{}", kPrepareTimeoutMs);
  if (!answer) {
    return std::unexpected(answer.error());
  }
  constexpr int kConflict = 409;  // it exists already
  if (answer->status / 100 != 2 && answer->status != kConflict) {
    return std::unexpected("creating the namespace: HTTP " + std::to_string(answer->status) + ": " +
                           answer->body);
  }
  return {};
}

}  // namespace confman::bench
