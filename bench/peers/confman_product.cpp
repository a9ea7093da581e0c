#include "bench/peers/confman_product.hpp"

#include <Poco/Exception.h>
#include <Poco/JSON/Object.h>
#include <Poco/JSON/Parser.h>

#include "bench/load/http_session.hpp"
#include "bench/report/text.hpp"

namespace confman::bench {
namespace {

constexpr int kTimeoutMs = 1000;
constexpr int kPrepareTimeoutMs = 5000;

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
  const auto answer = HttpSession(node, kTimeoutMs).ask("GET", "/api/v1/admin/status");
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
  const auto answer =
      HttpSession(node, kPrepareTimeoutMs).ask("PUT", "/api/v1/namespaces/bench", "{}");
  if (!answer) {
    return std::unexpected(answer.error());
  }
  constexpr int kConflict = 409;  // it exists already
  if (!answer->ok() && answer->status != kConflict) {
    return std::unexpected("creating the namespace: HTTP " + std::to_string(answer->status) + ": " +
                           answer->body);
  }
  return {};
}

}  // namespace confman::bench
