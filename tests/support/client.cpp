#include "tests/support/client.hpp"

#include <Poco/JSON/Object.h>
#include <Poco/JSON/Parser.h>
#include <algorithm>
#include <chrono>
#include <thread>

namespace confman::testing {
namespace {

using namespace std::chrono_literals;
using sim::Consistency;
using sim::EntryAction;
using sim::OpRecord;
using sim::Outcome;
using Precondition = sim::Precondition;

constexpr int kMaxTries = 12;
constexpr auto kPauseAfterNotDone = 20ms;

Poco::JSON::Object::Ptr parse_object(const std::string& text) {
  Poco::JSON::Parser parser;
  return parser.parse(text).extract<Poco::JSON::Object::Ptr>();
}

std::string tag(std::uint64_t version) {
  return "\"" + std::to_string(version) + "\"";
}

std::string timeout_of(const Patience& patience) {
  return "?timeout=" + std::to_string(patience.of_server.count()) + "ms";
}

bool says(const HttpAnswer& answer, const std::string& code) {
  return parse_object(answer.body)->optValue<std::string>("code", "") == code;
}

// What the problem document calls the outcome: "not_done", "unknown".
std::string told_outcome(const HttpAnswer& answer) {
  return parse_object(answer.body)->optValue<std::string>("outcome", "");
}

}  // namespace

sim::Moment Recorder::now() {
  const auto since = std::chrono::steady_clock::now().time_since_epoch();
  return static_cast<sim::Moment>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(since).count());
}

void Recorder::add(OpRecord op) {
  if (!op.is_read() && op.outcome == Outcome::Done) ++acknowledged_;
  const std::lock_guard lock(mutex_);
  operations_.push_back(std::move(op));
}

void Recorder::add_surprise(std::string what) {
  const std::lock_guard lock(mutex_);
  surprises_.push_back(std::move(what));
}

std::vector<OpRecord> Recorder::operations() const {
  const std::lock_guard lock(mutex_);
  return operations_;
}

std::vector<std::string> Recorder::surprises() const {
  const std::lock_guard lock(mutex_);
  return surprises_;
}

Client::Client(const Endpoints& cluster, Recorder& recorder, std::uint64_t number,
               Patience patience)
    : recorder_(recorder), number_(number), session_(recorder.next_session()), patience_(patience) {
  for (const Address& node : cluster) nodes_.emplace_back(node);
}

OpRecord Client::begin(const std::string& key, EntryAction::Kind kind) {
  OpRecord op;
  op.id = recorder_.next_id();
  op.client = number_;
  op.session = session_;
  op.key = key;
  op.kind = kind;
  op.called = Recorder::now();
  return op;
}

HttpRequest Client::request_of(const OpRecord& op) const {
  HttpRequest request{.method = op.kind == EntryAction::Kind::Put ? "PUT" : "DELETE",
                      .target = "/api/v1/config" + op.key + timeout_of(patience_)};
  if (op.kind == EntryAction::Kind::Put) request.body = std::to_string(op.value);
  if (op.idempotency_key != 0) {
    request.headers["Idempotency-Key"] = std::to_string(op.idempotency_key);
  }
  switch (op.precondition.kind) {
    case Precondition::Kind::None:
      break;
    case Precondition::Kind::IfVersion:
      request.headers["If-Match"] = tag(op.precondition.version);
      break;
    case Precondition::Kind::IfAbsent:
      request.headers["If-None-Match"] = "*";
      break;
    case Precondition::Kind::IfExists:
      request.headers["If-Match"] = "*";
      break;
  }
  return request;
}

OpRecord Client::finish(OpRecord op) {
  op.returned = Recorder::now();
  if (op.outcome == Outcome::Done && seen_ < op.revision) seen_ = op.revision;
  recorder_.add(op);
  return op;
}

OpRecord Client::put(std::size_t node, const std::string& key, Precondition precondition,
                     Retry retry) {
  OpRecord op = begin(key, EntryAction::Kind::Put);
  op.value = op.id;
  op.precondition = precondition;
  return write(node, std::move(op), retry);
}

OpRecord Client::erase(std::size_t node, const std::string& key, Precondition precondition,
                       Retry retry) {
  OpRecord op = begin(key, EntryAction::Kind::Delete);
  op.precondition = precondition;
  return write(node, std::move(op), retry);
}

OpRecord Client::write(std::size_t node, OpRecord op, Retry retry) {
  if (retry == Retry::Never) {
    judge_write(op, nodes_[node].send(request_of(op), patience_.of_client));
    return finish(std::move(op));
  }
  op.idempotency_key = op.id;
  bool uncertain = false;  // an earlier try may have been done
  for (int i = 0; i < kMaxTries; ++i) {
    auto& next = nodes_[(node + static_cast<std::size_t>(i)) % nodes_.size()];
    judge_write(op, next.send(request_of(op), patience_.of_client));
    if (op.outcome == Outcome::Done || op.outcome == Outcome::Refused) return finish(std::move(op));
    uncertain = uncertain || op.outcome == Outcome::Unknown;
    std::this_thread::sleep_for(kPauseAfterNotDone);  // as a client does that is told to come back
  }
  if (uncertain) op.outcome = Outcome::Unknown;
  return finish(std::move(op));
}

void Client::judge_write(OpRecord& op, const std::expected<HttpAnswer, Trouble>& answer) {
  if (!answer) {
    op.outcome = answer.error() == Trouble::NotSent ? Outcome::NotDone : Outcome::Unknown;
    return;
  }
  if (answer->status == 200 || answer->status == 201) {
    const auto document = parse_object(answer->body);
    op.outcome = Outcome::Done;
    op.version = document->getValue<std::uint64_t>("version");
    op.revision = *domain::parse_revision(document->getValue<std::string>("revision"));
    return;
  }
  const bool absent = answer->status == 404 && says(*answer, "entry_not_found");
  if (answer->status == 412 || absent) {
    const auto document = parse_object(answer->body);
    op.outcome = Outcome::Refused;
    op.version = document->optValue<std::uint64_t>("currentVersion", 0);
    op.revision =
        domain::parse_revision(answer->header("x-confman-version")).value_or(sim::Revision{});
    return;
  }
  const std::string outcome = told_outcome(*answer);
  // Of no service, or no space.
  const bool known = outcome == "not_done" && (answer->status == 503 || answer->status == 507);
  if (!known && !(outcome == "unknown" && answer->status == 504)) surprise(op, *answer);
  op.outcome = known ? Outcome::NotDone : Outcome::Unknown;
}

OpRecord Client::read(std::size_t node, const std::string& key, Consistency consistency) {
  OpRecord op = begin(key, EntryAction::Kind::Read);
  op.consistency = consistency;
  HttpRequest request{.target = "/api/v1/config" + key + timeout_of(patience_)};
  if (consistency == Consistency::Stale) request.target += "&consistency=stale";
  if (consistency == Consistency::ReadYourWrites) {
    op.min_revision = seen_;
    request.headers["X-Confman-Version"] = domain::to_string(seen_);
  }
  judge_read(op, nodes_[node].send(request, patience_.of_client));
  return finish(std::move(op));
}

void Client::judge_read(OpRecord& op, const std::expected<HttpAnswer, Trouble>& answer) {
  op.outcome = Outcome::NotDone;
  if (!answer || answer->status == 503 || answer->status == 504) return;
  // A node that has just been restarted may tell of a time before the namespace was made.
  const bool early = op.consistency != Consistency::Linearizable;
  const bool absent = answer->status == 404 && (says(*answer, "entry_not_found") ||
                                                (early && says(*answer, "namespace_not_found")));
  if (answer->status != 200 && !absent) return surprise(op, *answer);
  op.outcome = Outcome::Done;
  op.revision = *domain::parse_revision(answer->header("x-confman-version"));
  op.version = 0;
  if (absent) return;
  const auto document = parse_object(answer->body);
  op.version = document->getValue<std::uint64_t>("version");
  op.value = document->getValue<std::uint64_t>("value");
}

void Client::surprise(const OpRecord& op, const HttpAnswer& answer) {
  recorder_.add_surprise("the " + sim::name_of(op) + " was answered " +
                         std::to_string(answer.status) + ": " + answer.body);
}

}  // namespace confman::testing
