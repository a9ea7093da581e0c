#include <Poco/Exception.h>
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <optional>
#include <thread>

#include "app/cli/client.hpp"
#include "app/cli/document.hpp"
#include "app/cli/failure.hpp"
#include "app/cli/output.hpp"

// Event streams, over outages and from server to server.
namespace confman::cli {
namespace {

// The server says something at least every 15 s.
constexpr Duration kStreamSilence = Duration::seconds(40);
constexpr Duration kConnectTimeout = Duration::seconds(3);
constexpr auto kPause = std::chrono::milliseconds(250);
// A value of 1 MiB, escaped, with what else its event says.
constexpr std::size_t kMaxLine = 16UL * 1024 * 1024;

// Why a server can't serve a stream. Its own sentence for some codes is one for writes.
std::string in_words(const std::string& code, const std::string& detail) {
  if (code == "no_leader") return "it knows no leader (no_leader)";
  if (code == "shutting_down") return "it is shutting down (shutting_down)";
  if (code == "busy") return "it has too many requests in flight (busy)";
  return detail + " (" + code + ")";
}

}  // namespace

class Client::Follower {
 public:
  Follower(Client& client, const Call& call, const std::function<std::string()>& last_id,
           const std::function<bool(std::string_view line)>& on_line)
      : client_(client),
        call_(call),
        last_id_(last_id),
        on_line_(on_line),
        patience_(client.timeout_) {}

  void run() {
    while (true) {
      const ServerAddress server = client_.server();
      const Ended ended = stream_from(server);
      if (ended.by_reader) return;
      if (ended.refused && client_.learn_members(server, Deadline(client_.timeout_))) continue;
      if (!opened_before_) give_up_if_in_vain(ended);
      client_.next_server();
      std::this_thread::sleep_for(kPause);
    }
  }

 private:
  struct Ended {
    bool by_reader = false;
    bool refused = false;   // by Confman, which can't serve now
    bool hopeless = false;  // it will go no better the next time
    std::string why;
  };

  Ended stream_from(const ServerAddress& server) {
    const std::string name = server.to_string();
    try {
      Exchange exchange(server, std::min(client_.timeout_, kConnectTimeout), client_.timeout_);
      Call call = call_;
      if (const std::string id = last_id_(); !id.empty()) {
        call.headers.emplace_back("Last-Event-ID", id);
      }
      const Poco::Net::HTTPResponse response = exchange.send(call);
      Answer answer{.status = response.getStatus(),
                    .body = {},
                    .node = response.get("X-Confman-Node", ""),
                    .leader = {},
                    .location = {},
                    .value_type = {},
                    .problem = {}};
      if (answer.status >= 400) read_refusal(exchange, answer.body);
      if (const auto why = foreign(call, response, answer)) {
        return outage({.hopeless = answer.status < 500,
                       .why = name +
                              " is not a confman server, or something in between answered "
                              "for it (" +
                              std::to_string(answer.status) + "; " + *why + ")"});
      }
      if (answer.problem) {
        const bool later = answer.status == 503 || answer.status == 504 || answer.status == 500;
        if (!later) refuse(answer);
        const Document& problem = *answer.problem;
        return outage({.refused = true,
                       .why = name + ": " + in_words(problem.get("code"), problem.get("detail"))});
      }
      exchange.allow_silence(kStreamSilence);
      closing_ = false;
      closed_why_.reset();
      const bool by_reader = !lines(exchange, name);
      if (closed_why_) return outage({.refused = true, .why = name + ": " + *closed_why_});
      return {.by_reader = by_reader, .why = name + " ended the stream"};
    } catch (const Exchange::NotConnected& error) {
      return outage({.hopeless = true, .why = error.why});
    } catch (const Poco::TimeoutException&) {
      return outage({.why = name + " was silent for too long"});
    } catch (const Poco::Exception& error) {
      return outage({.why = "the connection to " + name + " was lost: " + error.displayText()});
    }
  }

  static void read_refusal(Exchange& exchange, std::string& body) {
    std::array<char, 4096> buffer{};
    while (const std::size_t got = exchange.read_body(buffer.data(), buffer.size())) {
      body.append(buffer.data(), got);
      if (body.size() > kMaxLine) return;
    }
  }

  // Until the stream ends (true) or the reader has enough. A line that isn't whole is dropped.
  bool lines(Exchange& exchange, const std::string& server) {
    std::array<char, 16UL * 1024> buffer{};
    std::string line;
    while (const std::size_t got = exchange.read_body(buffer.data(), buffer.size())) {
      std::string_view rest(buffer.data(), got);
      for (std::size_t end = 0; (end = rest.find('\n')) != rest.npos;) {
        line.append(rest.substr(0, end));
        rest.remove_prefix(end + 1);
        note_line(line, server);
        if (!on_line_(line)) return false;
        line.clear();
      }
      line.append(rest);
      if (line.size() > kMaxLine) {
        throw Failure(kProtocol, "a line of the event stream has more than 16 MiB.");
      }
    }
    return true;
  }

  // A server that can't serve now says so in a stream that it ends, `closing`, since a refusal
  // would end other clients for good. Anything else says that it serves.
  void note_line(std::string_view line, const std::string& server) {
    constexpr std::string_view kDataField = "data: ";
    if (line.starts_with("event:")) closing_ = line == "event: closing";
    if (!closing_) {
      if (!line.empty() && !line.starts_with("retry:")) came_back(server);
      return;
    }
    if (!line.starts_with(kDataField)) return;
    const auto said = Document::parse(line.substr(kDataField.size()));
    if (said) closed_why_ = in_words(said->get("reason"), said->get("detail"));
  }

  void came_back(const std::string& name) {
    opened_before_ = true;
    if (std::exchange(told_, false)) note("following again, at " + name);
  }

  // Told once, and only where another server wasn't found at once.
  Ended outage(Ended ended) {
    if (opened_before_ && !told_) {
      note(ended.why + "; going on when a server answers");
      told_ = true;
    }
    return ended;
  }

  [[noreturn]] void refuse(const Answer& answer) {
    Failure failure(exit_status_for(answer.status), words_of(answer));
    failure.problem = answer.body;
    throw failure;
  }

  void give_up_if_in_vain(const Ended& ended) {
    hopeless_ = ended.hopeless ? hopeless_ + 1 : 0;
    const bool all = hopeless_ >= client_.servers_.size();
    if (!all && !patience_.over()) return;
    const std::string given_up =
        all ? std::string() : "\nGiven up after " + in_words(client_.timeout_) + " (--timeout).";
    throw Failure(kUnavailable, ended.why + "." + given_up);
  }

  Client& client_;
  const Call& call_;
  const std::function<std::string()>& last_id_;
  const std::function<bool(std::string_view)>& on_line_;
  const Deadline patience_;     // until the first stream is served
  bool opened_before_ = false;  // a stream that was served
  bool closing_ = false;        // the event that is being read says so
  std::optional<std::string> closed_why_;
  bool told_ = false;  // that there is an outage
  std::size_t hopeless_ = 0;
};

void Client::follow(const Call& call, const std::function<std::string()>& last_id,
                    const std::function<bool(std::string_view line)>& on_line) {
  Follower(*this, call, last_id, on_line).run();
}

}  // namespace confman::cli
