#include "app/cli/client.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <random>
#include <thread>
#include <utility>

#include "app/cli/failure.hpp"
#include "app/cli/interrupt.hpp"

namespace confman::cli {
namespace {

constexpr Duration kFirstPause = Duration::millis(50);
constexpr Duration kLongestPause = Duration::millis(1000);
constexpr int kMaxRedirects = 5;
// How long a server is given before the next is asked; twice that in the second round, and so on.
constexpr Duration kFirstShare = Duration::seconds(2);
constexpr Duration kMaxServerTimeout = Duration::seconds(60);
constexpr Duration kMemberAnswer = Duration::millis(1000);
constexpr std::size_t kMaxServers = 32;

void pause(Duration d) {
  std::this_thread::sleep_for(std::chrono::microseconds(d.us));
}

// What the state machine has decided, under the key if there is one: it holds for every time that
// the write was sent. Any other refusal speaks of the one request that it answers.
bool is_decided(std::string_view code) {
  static constexpr auto kDecided = std::to_array<std::string_view>(
      {"bad_command", "entry_exists", "entry_not_found", "idempotency_key_reused",
       "namespace_exists", "namespace_not_empty", "namespace_not_found", "parent_not_found",
       "root_immutable", "version_mismatch"});
  return std::ranges::find(kDecided, code) != kDecided.end();
}

bool says_unknown(const Answer& answer) {
  const std::string outcome = answer.problem->get("outcome");
  if (!outcome.empty()) return outcome == "unknown";
  return answer.status == 500 || answer.status == 504;
}

std::optional<ServerAddress> leader_at(const std::string& location) {
  constexpr std::string_view kScheme = "http://";
  if (!location.starts_with(kScheme)) return std::nullopt;
  // Only where to: what to do there is known.
  const std::size_t path = std::min(location.find('/', kScheme.size()), location.size());
  const auto address = parse_server(location.substr(0, path));
  return address ? std::optional(*address) : std::nullopt;
}

}  // namespace

int exit_status_for(int http_status) {
  if (http_status == 401 || http_status == 403) return kNoPermission;
  if (http_status == 404) return kNoInput;
  if (http_status == 503 || http_status == 507) return kUnavailable;
  if (http_status == 504 || http_status == 408 || http_status == 429) return kTemporary;
  return http_status >= 500 ? kInternal : kData;
}

namespace {

// The server speaks of its API; here it is said in commands.
std::string ask_others(const Document& problem) {
  const std::string policy = problem.get("policy");
  const std::string action = problem.get("action");
  std::string text =
      "The policy" + (policy.empty() ? "" : " of " + policy) + " asks for others to agree. ";
  if (action == "put") return text + "confman draft put PATH VALUE opens a request of it.";
  if (action == "delete") return text + "confman draft delete PATH opens a request of it.";
  return text + "confman request create @FILE opens a request of it" +
         (action.empty() ? "." : ", with the action " + action + ".");
}

std::string detail_of(const Document& problem) {
  const std::string code = problem.get("code");
  if (code == "review_required") return ask_others(problem);
  if (code == "approvals_missing") {
    return "The policies ask for approvals that aren't there: confman request show ID says which.";
  }
  if (code == "wrong_request_state") {
    return "confman request show ID says what can be done with the request now.";
  }
  return problem.get("detail");
}

}  // namespace

std::string words_of(const Answer& refused) {
  const Document& problem = *refused.problem;
  const std::string code = problem.get("code");
  std::string text = detail_of(problem) + " (" + code;
  const std::string line = problem.get("line");
  if (!line.empty()) text += ", line " + line + " column " + problem.get("column");
  const std::string current = problem.get("currentVersion");
  if (!current.empty()) text += ", current version " + current;
  text += ")";
  if (code == "namespace_not_found" || code == "parent_not_found") {
    text += "\nconfman namespace create NAMESPACE makes one.";
  }
  return text;
}

std::string either(const Document& document, std::string_view path, std::string_view former) {
  return document.get(document.has(path) ? path : former);
}

std::vector<MemberAddress> members_of(const Document& document) {
  std::vector<MemberAddress> members;
  while (true) {
    const std::string at = "members/" + std::to_string(members.size()) + "/";
    if (!document.has(at + "name")) return members;
    members.push_back({document.get(at + "name"), document.get(at + "role"),
                       either(document, at + "apiAddress", at + "api_address"),
                       either(document, at + "peerAddress", at + "peer_address")});
  }
}

Client::Client(std::vector<ServerAddress> servers, Duration timeout)
    : servers_(std::move(servers)), timeout_(timeout) {}

// One call, until it is answered or given up.
class Client::Pursuit {
 public:
  Pursuit(Client& client, const Call& call)
      : client_(client), call_(call), deadline_(client.timeout_) {}

  Answer run() {
    Duration wait = kFirstPause;
    std::optional<ServerAddress> leader;
    while (true) {
      const ServerAddress server = leader ? *leader : client_.server();
      Attempt attempt = cli::attempt(server, call_, answer_in(), deadline_);
      if (auto answer = finished(attempt)) return std::move(*answer);
      const bool redirected = std::exchange(leader, redirect(server, attempt)).has_value();
      note(server, attempt);
      if (leader && !too_late()) continue;
      if (!redirected) client_.next_server();
      ++attempts_;
      const bool hopeless = attempt.kind == Attempt::Kind::Unreachable ||
                            (attempt.kind == Attempt::Kind::Foreign && !attempt.transient);
      hopeless_ = hopeless ? hopeless_ + (redirected ? 0 : 1) : 0;
      if (hopeless_ >= client_.servers_.size() || too_late()) break;
      if (attempt.kind == Attempt::Kind::Answered && client_.learn_members(server, deadline_)) {
        continue;
      }
      pause(std::min(wait, deadline_.left()));
      if (too_late()) break;
      wait = std::min(wait * 2, kLongestPause);
    }
    give_up();
  }

 private:
  using Noted = std::pair<ServerAddress, Attempt>;

  // Too little time is left for an answer: of a write, a last attempt would leave unknown what was
  // certainly not done before.
  bool too_late() const { return deadline_.left() < std::min(kGrace, client_.timeout_ / 4); }

  // A request that is sent only once has all the time; else the servers share it.
  Duration answer_in() const {
    const bool once = call_.is_write() && call_.idempotency_key.empty();
    const std::size_t round = std::min<std::size_t>(attempts_ / client_.servers_.size(), 5);
    const Duration share = once ? kMaxServerTimeout : kFirstShare * (1 << round);
    // The server's own answer that it couldn't says more than silence: it is asked for one in time.
    return std::max(Duration::millis(1), std::min(share, deadline_.left() * 9 / 10));
  }

  // The answer, or a failure, if this attempt settles the call.
  std::optional<Answer> finished(Attempt& attempt) {
    using enum Attempt::Kind;
    const bool write = call_.is_write();
    bool unknown = write && attempt.kind != Unreachable;
    if (attempt.kind == Answered) {
      Answer& answer = attempt.answer;
      if (answer.status == 307) return std::nullopt;
      if (answer.status < 400) return std::move(answer);
      unknown = write && says_unknown(answer);
      if (!unknown && !may_be_otherwise_elsewhere(answer)) refuse(answer);
    }
    maybe_done_ = maybe_done_ || unknown;
    if (unknown && call_.idempotency_key.empty()) fail_unknown(why(attempt));
    return std::nullopt;
  }

  bool may_be_otherwise_elsewhere(const Answer& answer) const {
    if (answer.status == 503) return answer.code() != "transfer_given_up";
    const bool too_late = answer.status == 504 || answer.status == 500 || answer.status == 408;
    return too_late && !call_.is_write();
  }

  std::optional<ServerAddress> redirect(const ServerAddress& from, const Attempt& attempt) {
    if (attempt.kind != Attempt::Kind::Answered || attempt.answer.status != 307) return {};
    const auto leader = leader_at(attempt.answer.location);
    if (!leader || ++redirects_ > kMaxRedirects || !can_be_meant(*leader, from)) return {};
    return leader;
  }

  static std::string why(const Attempt& attempt) {
    if (attempt.kind != Attempt::Kind::Answered) return attempt.why + ".";
    if (attempt.answer.problem) return words_of(attempt.answer);
    return "it says that the leader is at " + attempt.answer.location + ".";
  }

  // The last that is known of each server.
  void note(const ServerAddress& server, const Attempt& attempt) {
    const auto found = std::ranges::find(noted_, server, &Noted::first);
    if (found != noted_.end()) {
      found->second = attempt;
    } else if (noted_.size() < kMaxServers) {
      noted_.emplace_back(server, attempt);
    }
  }

  std::string subject() const { return call_.subject.empty() ? "" : call_.subject + ": "; }

  // A key that was made for this call alone was used by nobody else: that it was is what became of
  // an earlier try, whose request the server read as another one.
  bool settles(const Answer& answer) const {
    const bool own = call_.own_key && answer.code() == "idempotency_key_reused";
    return is_decided(answer.code()) && !own;
  }

  [[noreturn]] void refuse(const Answer& answer) {
    if (maybe_done_ && !settles(answer)) fail_unknown(words_of(answer));
    Failure failure(exit_status_for(answer.status), subject() + words_of(answer));
    failure.problem = answer.body;
    throw failure;
  }

  [[noreturn]] void fail_unknown(const std::string& message) {
    const std::string& key = call_.idempotency_key;
    std::string text = subject() + message + "\nWhether the change was made isn't known. " +
                       way_to_find_out(call_);
    if (!key.empty()) text += "\nIt is made at most once.";
    Failure failure(kTemporary, text);
    failure.outcome_unknown = true;
    failure.idempotency_key = key;
    throw failure;
  }

  [[noreturn]] void give_up() {
    std::string message;
    int status = 0;
    std::string problem;
    bool connected = false;
    for (const auto& [server, attempt] : noted_) {
      if (!message.empty()) message += "\n";
      const bool named = attempt.kind != Attempt::Kind::Answered;  // by its own words
      if (noted_.size() > 1 && !named) message += server.to_string() + ": ";
      message += why(attempt);
      connected = connected || attempt.kind == Attempt::Kind::Lost ||
                  attempt.kind == Attempt::Kind::TimedOut;
      if (status != 0 || named) continue;
      status = attempt.answer.problem ? exit_status_for(attempt.answer.status) : kUnavailable;
      if (attempt.answer.problem) problem = attempt.answer.body;
    }
    for (const std::string& silent : client_.silent_members_) message += "\n" + silent + ".";
    if (too_late()) message += "\nGiven up after " + in_words(client_.timeout_) + " (--timeout).";
    if (maybe_done_) fail_unknown(message);
    if (status == 0) status = connected ? kTemporary : kUnavailable;
    Failure failure(status, subject() + message);
    failure.problem = std::move(problem);
    throw failure;
  }

  Client& client_;
  const Call& call_;
  const Deadline deadline_;
  std::size_t attempts_ = 0;
  std::size_t hopeless_ = 0;  // attempts in a row that will go no better the next time
  int redirects_ = 0;
  bool maybe_done_ = false;
  std::vector<Noted> noted_;
};

Answer Client::call(const Call& call) {
  const UnknownOutcomeNotice notice(call);
  return Pursuit(*this, call).run();
}

bool Client::learn_members(const ServerAddress& from, const Deadline& deadline) {
  const std::string key = from.to_string();
  if (std::ranges::find(asked_for_members_, key) != asked_for_members_.end()) return false;
  asked_for_members_.push_back(key);
  const Call ask{.target = "/api/v1/admin/members", .takes_timeout = false};
  const Attempt list = attempt(from, ask, kMemberAnswer, deadline);
  if (list.kind != Attempt::Kind::Answered || list.answer.problem) return false;
  const auto document = Document::parse(list.answer.body);
  if (!document) return false;
  const std::size_t before = servers_.size();
  std::optional<std::size_t> knows_leader;
  for (const MemberAddress& member : members_of(*document)) {
    const auto address = parse_server(member.api);
    const bool known = member.name == list.answer.node || !address ||
                       std::ranges::find(servers_, *address) != servers_.end();
    if (known || !can_be_meant(*address, from)) continue;
    if (servers_.size() == kMaxServers || deadline.over()) break;
    const Attempt found = attempt(*address, ask, kMemberAnswer, deadline);
    if (found.kind != Attempt::Kind::Answered) {
      silent_members_.push_back("the member " + member.name + ": " + found.why);
      continue;
    }
    if (found.answer.node != member.name) continue;
    if (!knows_leader && !found.answer.leader.empty()) knows_leader = servers_.size();
    servers_.push_back(*address);
  }
  if (servers_.size() == before) return false;
  current_ = knows_leader.value_or(before);
  return true;
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
