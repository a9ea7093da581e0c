#include "adapters/api/api.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

#include "adapters/api/answer.hpp"
#include "adapters/api/events.hpp"
#include "adapters/api/faults.hpp"
#include "adapters/api/operation.hpp"
#include "adapters/api/status_document.hpp"

namespace confman::api {
namespace {

// A request's id is a number that grows, above the number of its slot: found without a search, and
// never used twice.
constexpr unsigned kSlotBits = 20;
constexpr std::uint64_t kSlotMask = (std::uint64_t{1} << kSlotBits) - 1;
constexpr std::size_t kMaxOpenRequests = std::size_t{1} << kSlotBits;

http::Response stream_head() {
  http::Response head(200);
  head.add_header("Content-Type", media_type_of(Form::Events)).add_header("Vary", "Accept");
  head.add_header("Cache-Control", "no-store").add_header("X-Accel-Buffering", "no");
  return head;
}

class SinkExchange final : public Exchange {
 public:
  explicit SinkExchange(http::ResponseSink sink) : sink_(std::move(sink)) {}
  void respond(http::Response response) override { sink_.respond(std::move(response)); }
  void start_stream(http::Response head, http::StreamCallbacks callbacks) override {
    sink_.start_stream(std::move(head), std::move(callbacks));
  }
  void write(Payload chunk) override { sink_.write(std::move(chunk)); }
  void finish() override { sink_.finish(); }

 private:
  http::ResponseSink sink_;
};

}  // namespace

struct Api::Pending {
  http::Request request;
  std::unique_ptr<Exchange> exchange;
  Plan plan;

  // Of a stream. Written by complete() before the chunk goes out, read when it has gone.
  node::Watch watch;  // its scope and how far it has come
  bool started = false;
};

struct Api::Slot {
  std::shared_ptr<Pending> pending;  // null: free
  std::uint64_t request = 0;         // the id the node was asked with; 0: nothing is asked now
  std::uint64_t stream = 0;          // the first id of the stream that lives here; 0: none
};

struct Api::Claimed {
  std::shared_ptr<Pending> pending;
  std::uint32_t slot = 0;
  std::uint64_t stream = 0;  // 0: not a stream
};

// Many watchers of one change get the same bytes: the last page that was rendered.
class Api::EventCache {
 public:
  Payload render(const domain::ChangePage& page, domain::Revision to) {
    const bool single = page.changes.size() == 1;
    const bool same = chunk_ != nullptr && single && page.changes.front().revision == change_;
    if (same) return chunk_;
    Payload chunk = make_payload(page_events(page, to));
    if (single) {
      change_ = page.changes.front().revision;
      chunk_ = chunk;
    }
    return chunk;
  }

 private:
  domain::Revision change_;
  Payload chunk_;
};

Api::Api(ApiConfig config, NodeGateway& node, const Clock& clock, const ValueChecker* checker)
    : config_(std::move(config)), node_(node), clock_(clock), checker_(checker) {}

Api::~Api() = default;

void Api::handle(http::Request&& request, http::ResponseSink sink) {
  handle(std::move(request), std::make_unique<SinkExchange>(std::move(sink)));
}

void Api::handle(http::Request&& request, std::unique_ptr<Exchange> exchange) {
  const Rules rules{.development_mode = config_.development_mode,
                    .forward_writes = config_.forward_writes,
                    .default_timeout = config_.default_timeout,
                    .max_timeout = config_.max_timeout,
                    .default_wait = config_.default_wait,
                    .max_wait = config_.max_wait};
  auto operation = translate(request, rules, checker_);
  if (!operation) {
    return exchange->respond(with_origin(refuse_request(std::move(operation.error()), request)));
  }
  if (const Local* local = std::get_if<Local>(&operation->ask)) {
    return exchange->respond(with_origin(answer_locally(*local, request)));
  }

  request.body = {};  // what of it matters is in the operation; a waiting request shall be small
  auto pending = std::make_shared<Pending>(Pending{.request = std::move(request),
                                                   .exchange = std::move(exchange),
                                                   .plan = std::move(operation->plan),
                                                   .watch = {}});
  node::Request asked;
  asked.deadline = clock_.now() + operation->timeout;
  if (auto* write = std::get_if<node::Write>(&operation->ask)) {
    asked.operation = std::move(*write);
  } else if (auto* read = std::get_if<node::Read>(&operation->ask)) {
    asked.operation = std::move(*read);
  } else if (auto* change = std::get_if<node::ChangeMembers>(&operation->ask)) {
    asked.operation = std::move(*change);
  } else if (auto* transfer = std::get_if<node::Transfer>(&operation->ask)) {
    asked.operation = *transfer;
  } else {
    const auto& watch = std::get<node::Watch>(operation->ask);
    if (pending->plan.stream) pending->watch = watch;
    asked.operation = watch;
  }
  admit(std::move(pending), std::move(asked));
}

http::Response Api::refuse_request(http::Problem&& problem, const http::Request& request) const {
  const bool method = problem.code == "method_not_allowed";
  http::Response response = refusal(std::move(problem), request);
  if (!method) return response;
  // The route is known to exist: the method alone was wrong.
  const auto route = find_route(request.path());
  response.add_header("Allow", allowed_methods(route->resource));
  return response;
}

http::Response Api::answer_locally(Local what, const http::Request& request) const {
  const auto report = node_.status();
  switch (what) {
    case Local::Live:
      return answer_live();
    case Local::Ready:
      return answer_ready(*report, clock_.now(), request);
    case Local::Status:
      return answer_status(*report, node_.look_at_loop(), config_, cluster_of(*report));
    case Local::Members:
      return answer_members(*report);
    case Local::AuditHead:
      return answer_audit_head(*report);
    case Local::Options: {
      http::Response response(204);
      response.add_header("Allow", allowed_methods(find_route(request.path())->resource));
      return response;
    }
  }
  return answer_live();
}

http::Response Api::with_origin(http::Response&& response) const {
  const auto report = node_.status();
  add_origin(response, cluster_of(*report), report->node.state.applied, report->node.raft.leader);
  return std::move(response);
}

Cluster Api::cluster_of(const StatusReport& report) const {
  return {.self = config_.self, .self_name = config_.self_name, .members = report.membership};
}

void Api::admit(const std::shared_ptr<Pending>& pending, node::Request asked) {
  const std::optional<node::RequestId> id = open(pending);
  if (!id) {
    const http::Problem busy = problem_of(node::Failure::Busy, {});
    if (pending->plan.stream) return refuse_stream(*pending, busy, with_origin(stream_head()));
    return pending->exchange->respond(with_origin(refusal(busy, pending->request)));
  }
  asked.id = *id;
  node_.submit(std::move(asked));
}

std::optional<node::RequestId> Api::open(const std::shared_ptr<Pending>& pending) {
  const std::scoped_lock lock(mutex_);
  if (free_slots_.empty()) {
    if (slots_.size() == kMaxOpenRequests) return std::nullopt;
    free_slots_.push_back(static_cast<std::uint32_t>(slots_.size()));
    slots_.emplace_back();
  }
  const std::uint32_t index = free_slots_.back();
  free_slots_.pop_back();
  const std::uint64_t id = ++sequence_ << kSlotBits | index;
  slots_[index] = {.pending = pending, .request = id, .stream = pending->plan.stream ? id : 0};
  return node::RequestId{id};
}

void Api::close(std::uint32_t index) {
  slots_[index] = {};
  free_slots_.push_back(index);
}

Api::Claimed Api::claim(node::RequestId id) {
  const auto index = static_cast<std::uint32_t>(id.value & kSlotMask);
  if (index >= slots_.size() || slots_[index].request != id.value) return {};
  Slot& slot = slots_[index];
  slot.request = 0;
  Claimed claimed{.pending = slot.pending, .slot = index, .stream = slot.stream};
  if (slot.stream == 0) close(index);
  return claimed;
}

void Api::complete(std::vector<node::Response> responses) {
  std::vector<Claimed> claimed;
  claimed.reserve(responses.size());
  {
    const std::scoped_lock lock(mutex_);
    for (const node::Response& response : responses) claimed.push_back(claim(response.id));
  }
  const auto report = node_.status();
  const Cluster cluster = cluster_of(*report);
  EventCache cache;
  for (std::size_t i = 0; i < responses.size(); ++i) {
    if (claimed[i].pending == nullptr) continue;
    if (claimed[i].stream != 0) {
      advance_stream(claimed[i], std::move(responses[i]), cache, cluster);
      continue;
    }
    Pending& pending = *claimed[i].pending;
    pending.exchange->respond(
        answer(pending.plan, pending.request, std::move(responses[i]), cluster));
  }
}

// A stream is one watch after the other. Each starts where the one before got to, and is asked for
// only when the client has taken what that one brought: a slow reader costs one page.
void Api::advance_stream(const Claimed& at, node::Response&& response, EventCache& cache,
                         const Cluster& cluster) {
  Pending& pending = *at.pending;
  const auto* done = std::get_if<node::WatchDone>(&response.outcome);
  if (done == nullptr) return end_stream(at, std::move(response), cluster);

  pending.watch.after = done->to;
  pending.watch.with_after = false;
  pending.watch.at_once = false;
  if (pending.started) return pending.exchange->write(cache.render(done->page, done->to));

  pending.started = true;
  http::Response head = stream_head();
  add_origin(head, cluster, response.revision, response.leader);
  head.body = stream_start(kRetryMs, pending.plan.begun);
  // First a place to come back to, should the connection be cut in the first change.
  if (!done->page.changes.empty()) head.body += bookmark_event(done->from);
  head.body += page_events(done->page, done->to);
  const auto [slot, stream] = std::pair(at.slot, at.stream);
  pending.exchange->start_stream(std::move(head),
                                 {.on_drained = [this, slot, stream] { next_watch(slot, stream); },
                                  .on_gone = [this, slot, stream] { abandon(slot, stream); }});
}

void Api::end_stream(const Claimed& at, node::Response&& response, const Cluster& cluster) {
  {
    const std::scoped_lock lock(mutex_);
    if (slots_[at.slot].stream != at.stream) return;  // the client was faster
    close(at.slot);
  }
  Pending& pending = *at.pending;
  const auto* failed = std::get_if<node::Failed>(&response.outcome);
  const node::Failure why = failed == nullptr ? node::Failure::Busy : failed->why;
  const http::Problem problem = problem_of(why, response.revision);
  if (pending.started) {
    pending.exchange->write(make_payload(closing_event(problem)));
    return pending.exchange->finish();
  }
  // What won't pass is a refusal, and the client stays away.
  if (why == node::Failure::PositionUnknown) {
    return pending.exchange->respond(
        answer(pending.plan, pending.request, std::move(response), cluster));
  }
  http::Response head = stream_head();
  add_origin(head, cluster, response.revision, response.leader);
  refuse_stream(pending, problem, std::move(head));
}

// What may pass is told in a stream that ends: a status other than 200 ends many clients for good.
void Api::refuse_stream(Pending& pending, const http::Problem& why, http::Response&& head) {
  const bool busy = why.code == "busy";
  head.body = stream_start(busy ? kRetryWhenBusyMs : kRetryMs, pending.plan.begun);
  head.body += closing_event(why);
  pending.exchange->start_stream(std::move(head), {});
  pending.exchange->finish();
}

void Api::next_watch(std::uint32_t index, std::uint64_t stream) {
  node::Request asked;
  {
    const std::scoped_lock lock(mutex_);
    Slot& slot = slots_[index];
    // Drained twice for one page: the watch is asked for already.
    if (slot.stream != stream || slot.request != 0) return;
    asked.id = node::RequestId{++sequence_ << kSlotBits | index};
    slot.request = asked.id.value;
    asked.operation = slot.pending->watch;
  }
  asked.deadline = clock_.now() + config_.heartbeat;
  node_.submit(std::move(asked));
}

void Api::abandon(std::uint32_t index, std::uint64_t stream) {
  std::uint64_t request = 0;
  {
    const std::scoped_lock lock(mutex_);
    if (slots_[index].stream != stream) return;
    request = slots_[index].request;
    close(index);
  }
  if (request != 0) node_.cancel(node::RequestId{request});
}

std::size_t Api::open_requests() const {
  const std::scoped_lock lock(mutex_);
  return slots_.size() - free_slots_.size();
}

}  // namespace confman::api
