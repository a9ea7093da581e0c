#include "app/cli/client.hpp"

#include <Poco/Exception.h>
#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Net/NetException.h>
#include <Poco/Net/SocketAddress.h>
#include <Poco/Net/StreamSocket.h>
#include <algorithm>
#include <chrono>
#include <iostream>
#include <istream>
#include <iterator>
#include <optional>
#include <random>
#include <thread>

#include "adapters/api/parameters.hpp"
#include "app/cli/document.hpp"
#include "app/cli/failure.hpp"
#include "app/cli/interrupt.hpp"

namespace confman::cli {
namespace {

using Clock = std::chrono::steady_clock;

constexpr Duration kConnectTimeout = Duration::seconds(3);
constexpr Duration kFirstPause = Duration::millis(50);
constexpr Duration kLongestPause = Duration::millis(1000);
constexpr int kMaxRedirects = 5;
// With several servers, how long one is given before the next is asked.
constexpr Duration kLongestAttempt = Duration::seconds(2);
constexpr Duration kMaxServerTimeout = Duration::seconds(60);
constexpr Duration kGrace = Duration::millis(500);
// The server says something at least every 15 s.
constexpr Duration kStreamSilence = Duration::seconds(40);

Poco::Timespan timespan(Duration d) {
  return {d.us / 1'000'000, d.us % 1'000'000};
}

void pause(Duration d) {
  std::this_thread::sleep_for(std::chrono::microseconds(d.us));
}

// A deadline on this process's steady clock.
class Deadline {
 public:
  explicit Deadline(Duration in) : at_(Clock::now() + std::chrono::microseconds(in.us)) {}
  Duration left() const {
    const auto left = std::chrono::duration_cast<std::chrono::microseconds>(at_ - Clock::now());
    return Duration::micros(std::max<std::int64_t>(0, left.count()));
  }

 private:
  Clock::time_point at_;
};

// Throws Failure(kUnavailable) in words. `silence` is how long the connection may then say nothing;
// it is set here because a session takes no time-outs over to a socket that it is given.
Poco::Net::StreamSocket connect_to(const ServerAddress& server, Duration timeout,
                                   Duration silence) {
  const std::string name = server.to_string();
  try {
    const Poco::Net::SocketAddress address(server.host, server.port);
    Poco::Net::StreamSocket socket;
    socket.connect(address, timespan(std::min(timeout, kConnectTimeout)));
    socket.setNoDelay(true);
    socket.setReceiveTimeout(timespan(silence));
    socket.setSendTimeout(timespan(silence));
    return socket;
  } catch (const Poco::Net::ConnectionRefusedException&) {
    throw Failure(kUnavailable, "cannot connect to " + name + ": refused");
  } catch (const Poco::Net::HostNotFoundException&) {
    throw Failure(kUnavailable, "unknown host " + server.host);
  } catch (const Poco::Net::DNSException&) {
    throw Failure(kUnavailable, "unknown host " + server.host);
  } catch (const Poco::TimeoutException&) {
    throw Failure(kUnavailable, "cannot connect to " + name + ": timed out");
  } catch (const Poco::Exception& error) {
    throw Failure(kUnavailable, "cannot connect to " + name + ": " + error.displayText());
  }
}

Poco::Net::HTTPRequest request_of(const Call& call, const ServerAddress& server) {
  Poco::Net::HTTPRequest request(call.method, call.target, "HTTP/1.1");
  request.setHost(server.host, server.port);
  for (const auto& [name, value] : call.headers) request.set(name, value);
  if (call.is_write()) request.set("Idempotency-Key", call.idempotency_key);
  if (!call.body.empty() || call.method == "PUT") {
    request.setContentLength64(static_cast<Poco::Int64>(call.body.size()));
  }
  return request;
}

bool is_confman(const Poco::Net::HTTPResponse& response) {
  return response.has("X-Confman-Node") ||
         response.getContentType().starts_with("application/problem+json");
}

int status_for(int http_status) {
  if (http_status == 401 || http_status == 403) return kNoPermission;
  if (http_status == 404) return kNoInput;
  if (http_status == 503) return kUnavailable;
  if (http_status == 504 || http_status == 408 || http_status == 429) return kTemporary;
  return http_status >= 500 ? kInternal : kData;
}

// The server's words for a refusal.
std::string words_of(const Answer& answer) {
  const Document problem(answer.body);
  const std::string code = problem.get("code");
  if (code.empty()) return "the server answered " + std::to_string(answer.status);
  std::string text = problem.get("detail") + " (" + code;
  const std::string line = problem.get("line");
  if (!line.empty()) text += ", line " + line + " column " + problem.get("column");
  const std::string current = problem.get("currentVersion");
  if (!current.empty()) text += ", current version " + current;
  return text + ")";
}

std::string how_to_retry(const Call& call) {
  return "\nWhether the change was made isn't known. To find out, or to make it, run the same "
         "command with\n  --idempotency-key " +
         call.idempotency_key + "\nIt is made at most once.";
}

}  // namespace

ServerAddress parse_server(std::string_view text) {
  const std::string whole(text);
  constexpr std::string_view kScheme = "http://";
  const std::size_t scheme = text.find("://");
  if (scheme != text.npos && !text.starts_with(kScheme)) {
    throw Failure(kUsage, "bad scheme in --server " + whole + ": only http:// is known.");
  }
  if (scheme != text.npos) text.remove_prefix(kScheme.size());
  if (text.ends_with('/')) text.remove_suffix(1);
  ServerAddress result;
  std::string_view port;
  if (text.starts_with('[')) {  // an IPv6 address
    const std::size_t end = text.find(']');
    if (end == text.npos) throw Failure(kUsage, "bad address in --server " + whole + ".");
    result.host = text.substr(1, end - 1);
    port = text.substr(end + 1);
  } else {
    const std::size_t colon = std::min(text.find(':'), text.size());
    result.host = text.substr(0, colon);
    port = text.substr(colon);
  }
  if (!port.empty()) {
    const auto number = api::parse_number(port.substr(1));
    if (port.front() != ':' || !number || *number == 0 || *number > 65535) {
      throw Failure(kUsage, "bad port in --server " + whole + ".");
    }
    result.port = static_cast<std::uint16_t>(*number);
  }
  if (result.host.empty() || result.host.find_first_of("/?#@ ") != result.host.npos) {
    throw Failure(kUsage, "bad address in --server " + whole + ": it is http://HOST:PORT.");
  }
  return result;
}

struct Client::Attempt {
  std::optional<Answer> answer;
  std::string redirect;  // where a 307 leads
  std::string problem;   // why there is no answer
  bool reached = false;  // the server was connected to: a write may have been made
};

Client::Client(std::vector<ServerAddress> servers, Duration timeout)
    : servers_(std::move(servers)), timeout_(timeout) {}

Client::Attempt Client::attempt(const ServerAddress& server, const Call& call,
                                Duration time_left) const {
  Attempt result;
  // The server's own answer that it couldn't says more than silence: it is asked for one in time.
  const Duration share = servers_.size() > 1 ? kLongestAttempt : kMaxServerTimeout;
  const Duration answer_in = std::max(Duration::millis(1), std::min(share, time_left * 9 / 10));
  const Duration silence = std::min(time_left, answer_in + kGrace);
  try {
    const Poco::Net::StreamSocket socket = connect_to(server, time_left, silence);
    result.reached = true;
    Poco::Net::HTTPClientSession session(socket);
    Poco::Net::HTTPRequest request = request_of(call, server);
    if (call.takes_timeout) {
      const std::string& target = call.target;
      request.setURI(target + (target.find('?') == target.npos ? "?" : "&") +
                     "timeout=" + std::to_string(answer_in.to_millis()) + "ms");
    }
    session.sendRequest(request) << call.body << std::flush;
    Poco::Net::HTTPResponse response;
    std::istream& body = session.receiveResponse(response);
    Answer answer{.status = response.getStatus(),
                  .content_type = response.getContentType(),
                  .body = {std::istreambuf_iterator<char>(body), {}},
                  .revision = response.get("X-Confman-Version", "")};
    const auto length = response.getContentLength64();
    if (length >= 0 && static_cast<std::size_t>(length) != answer.body.size()) {
      result.problem = server.to_string() + " broke off in the middle of its answer";
      return result;
    }
    if (!is_confman(response)) {
      throw Failure(kUnavailable, server.to_string() + " is not a confman server.");
    }
    if (answer.status == 307) result.redirect = response.get("Location", "");
    result.answer = std::move(answer);
  } catch (const Failure& failure) {
    if (result.reached) throw;
    result.problem = failure.what();
  } catch (const Poco::TimeoutException&) {
    result.problem = server.to_string() + " didn't answer in time";
  } catch (const Poco::Exception& error) {
    result.problem =
        "the connection to " + server.to_string() + " was lost: " + error.displayText();
  }
  return result;
}

Answer Client::call(const Call& call) {
  const Deadline deadline(timeout_);
  const UnknownOutcomeNotice notice(call.is_write() ? call.idempotency_key : std::string());
  Duration wait = kFirstPause;
  std::size_t unreachable = 0;  // servers in a row that couldn't be connected to
  int redirects = 0;
  bool maybe_done = false;
  Attempt last;
  std::optional<ServerAddress> leader;
  do {
    const ServerAddress server = leader.value_or(servers_[current_]);
    leader.reset();
    last = attempt(server, call, std::max(deadline.left(), Duration::millis(1)));
    if (!last.redirect.empty() && ++redirects <= kMaxRedirects) {
      // Only where to: what to do there is known.
      const std::size_t path = last.redirect.find('/', last.redirect.find("://") + 3);
      leader = parse_server(last.redirect.substr(0, path));
      continue;
    }
    const int status = last.answer ? last.answer->status : 0;
    const bool elsewhere = !last.answer || status == 503 || status == 307;
    const bool unknown = status == 504 && call.is_write();
    if (!elsewhere && !unknown) {
      if (status < 400) return std::move(*last.answer);
      throw Failure(status_for(status), words_of(*last.answer));
    }
    maybe_done = maybe_done || unknown || (!last.answer && last.reached);
    unreachable = last.reached ? 0 : unreachable + 1;
    if (unreachable >= servers_.size()) break;
    next_server();
    pause(std::min(wait, deadline.left()));
    wait = std::min(wait * 2, kLongestPause);
  } while (deadline.left().us > 0);

  std::string message = last.answer ? words_of(*last.answer) : last.problem + ".";
  if (call.is_write() && maybe_done) throw Failure(kTemporary, message + how_to_retry(call));
  if (last.answer) throw Failure(status_for(last.answer->status), message);
  throw Failure(last.reached ? kTemporary : kUnavailable, message);
}

void Client::follow(const std::string& target, const std::function<std::string()>& last_id,
                    const std::function<bool(std::string_view line)>& on_line) {
  bool connected_before = false;
  std::size_t failures = 0;
  while (true) {
    const ServerAddress server = servers_[current_];
    try {
      Poco::Net::HTTPClientSession session(connect_to(server, timeout_, kStreamSilence));
      Call call{.target = target, .headers = {{"Accept", "text/event-stream"}}};
      if (const std::string id = last_id(); !id.empty())
        call.headers.emplace_back("Last-Event-ID", id);
      Poco::Net::HTTPRequest request = request_of(call, server);
      session.sendRequest(request);
      Poco::Net::HTTPResponse response;
      std::istream& body = session.receiveResponse(response);
      if (!is_confman(response)) {
        throw Failure(kUnavailable, server.to_string() + " is not a confman server.");
      }
      const int status = response.getStatus();
      if (status >= 400 && status != 503) {
        const Answer refused{.status = status,
                             .content_type = {},
                             .body = {std::istreambuf_iterator<char>(body), {}},
                             .revision = {}};
        connected_before = false;
        failures = servers_.size();
        throw Failure(status_for(status), words_of(refused));
      }
      if (status < 400) {
        connected_before = true;
        failures = 0;
        for (std::string line; std::getline(body, line);) {
          if (!on_line(line)) return;
        }
      }
    } catch (const Failure& failure) {
      if (!connected_before && ++failures >= servers_.size()) throw;
    } catch (const Poco::Exception&) {
      // Lost, or silent for too long: come back for what follows the last id.
    }
    next_server();
    pause(kLongestPause / 4);
  }
}

std::string new_idempotency_key() {
  static constexpr char kHex[] = "0123456789abcdef";
  std::random_device random;
  std::string key;
  for (int i = 0; i < 32; ++i) key.push_back(kHex[random() & 15U]);
  return key;
}

std::string percent_encode(std::string_view text, bool keep_slash) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (letter || std::string_view("-._~").find(c) != std::string_view::npos ||
        (keep_slash && c == '/')) {
      out.push_back(c);
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out.append({'%', kHex[byte >> 4], kHex[byte & 15]});
    }
  }
  return out;
}

}  // namespace confman::cli
