#include "app/cli/attempt.hpp"

#include <Poco/Exception.h>
#include <algorithm>
#include <array>
#include <utility>

#include "adapters/http/problem.hpp"

namespace confman::cli {
namespace {

constexpr Duration kConnectTimeout = Duration::seconds(3);
// More than any answer has: a page holds 4 MiB of values, escaped up to six times their size.
constexpr std::size_t kMaxAnswerBytes = 64UL * 1024 * 1024;

bool is_type(const Poco::Net::HTTPResponse& response, std::string_view type) {
  const std::string& given = response.getContentType();
  return given.starts_with(type) &&
         (given.size() == type.size() || given[type.size()] == ';' || given[type.size()] == ' ');
}

std::string status_line(const Poco::Net::HTTPResponse& response) {
  return std::to_string(static_cast<int>(response.getStatus())) + " " + response.getReason();
}

bool is_transient(int status) {
  return status == 429 || status == 502 || status == 503 || status == 504;
}

// Why the answer didn't come whole; nothing where it did.
std::optional<std::string> read_whole(Exchange& exchange, const Deadline& limit,
                                      std::string& body) {
  std::array<char, 16UL * 1024> buffer{};
  while (const std::size_t got = exchange.read_body(buffer.data(), buffer.size())) {
    body.append(buffer.data(), got);
    if (body.size() > kMaxAnswerBytes) return "sent more than 64 MiB";
    if (limit.over()) return "sent its answer too slowly";
  }
  if (exchange.broken()) return "broke off in the middle of its answer";
  return std::nullopt;
}

}  // namespace

std::optional<std::string> foreign(const Call& call, const Poco::Net::HTTPResponse& response,
                                   Answer& answer) {
  if (answer.status >= 400) {
    if (!is_type(response, http::kProblemContentType)) return "no problem document of Confman";
    auto problem = Document::parse(answer.body);
    if (!problem) return "its problem document can't be read: " + problem.error();
    if (!problem->get("type").starts_with(http::kProblemTypePrefix) ||
        problem->get("code").empty()) {
      return "no problem document of Confman";
    }
    answer.problem = std::move(*problem);
    return std::nullopt;
  }
  if (answer.node.empty()) return "the header X-Confman-Node is missing";
  if (answer.status == 307) return std::nullopt;
  if (answer.status != 200 && answer.status != 201) return "no status that was asked for";
  if (!is_type(response, call.accept)) {
    return "its content type is \"" + response.getContentType() + "\" instead of " + call.accept;
  }
  if (call.accept != "application/json") return std::nullopt;
  if (auto ok = check_document(answer.body); !ok) return ok.error();
  return std::nullopt;
}

Attempt attempt(const ServerAddress& server, const Call& call, Duration answer_in,
                const Deadline& deadline) {
  Attempt result;
  const std::string name = server.to_string();
  const Duration silence =
      std::max(Duration::millis(1), std::min(deadline.left(), answer_in + kGrace));
  const Deadline limit(silence + kGrace);
  try {
    Exchange exchange(server, std::min(silence, kConnectTimeout), silence);
    result.kind = Attempt::Kind::Lost;
    Call sent = call;
    if (call.takes_timeout) {
      sent.target += (call.target.find('?') == call.target.npos ? "?" : "&");
      sent.target += "timeout=" + std::to_string(answer_in.to_millis()) + "ms";
    }
    const Poco::Net::HTTPResponse response = exchange.send(sent);
    Answer answer{.status = response.getStatus(),
                  .body = {},
                  .node = response.get("X-Confman-Node", ""),
                  .leader = response.get("X-Confman-Leader", ""),
                  .location = response.get("Location", ""),
                  .value_type = response.get("X-Confman-Content-Type", ""),
                  .deprecated = response.get("X-Confman-Deprecated", ""),
                  .problem = {}};
    if (auto broken = read_whole(exchange, limit, answer.body)) {
      result.why = name + " " + *broken;
      return result;
    }
    std::optional<std::string> why = foreign(call, response, answer);
    if (!why && call.accept != "application/json" && exchange.ends_by_closing()) {
      why = "its length isn't said";
    }
    if (why) {
      result.kind = Attempt::Kind::Foreign;
      result.transient = is_transient(answer.status);
      result.why = name + " is not a confman server, or something in between answered for it (" +
                   status_line(response) + "; " + *why + ")";
      return result;
    }
    result.kind = Attempt::Kind::Answered;
    result.answer = std::move(answer);
  } catch (const Exchange::NotConnected& error) {
    result.why = error.why;
  } catch (const Poco::TimeoutException&) {
    result.kind = Attempt::Kind::TimedOut;
    result.why = name + " didn't answer within " + in_words(silence);
  } catch (const Poco::Exception& error) {
    result.why = "the connection to " + name + " was lost: " + error.displayText();
  }
  return result;
}

}  // namespace confman::cli
