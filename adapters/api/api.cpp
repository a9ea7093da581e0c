#include "adapters/api/api.hpp"

#include <utility>
#include <variant>

#include "adapters/api/answer.hpp"
#include "adapters/api/dispatch.hpp"
#include "adapters/api/endpoint.hpp"
#include "adapters/api/faults.hpp"

namespace confman::api {
namespace {

class SinkExchange final : public Exchange {
 public:
  explicit SinkExchange(http::ResponseSink sink) : sink_(std::move(sink)) {}
  void respond(http::Response response) override { sink_.respond(std::move(response)); }
  void when_gone(std::function<void()> call) override { sink_.when_gone(std::move(call)); }
  void start_stream(http::Response head, http::StreamCallbacks callbacks) override {
    sink_.start_stream(std::move(head), std::move(callbacks));
  }
  void write(Payload chunk) override { sink_.write(std::move(chunk)); }
  void finish() override { sink_.finish(); }

 private:
  http::ResponseSink sink_;
};

}  // namespace

// A request with one answer. For that of some writes there is something to be read behind them.
struct Api::Asked final : Waiter, std::enable_shared_from_this<Api::Asked> {
  explicit Asked(Api& of) : api(of) {}
  Api& api;
  http::Request request;
  std::unique_ptr<Exchange> exchange;
  Plan plan;
  domain::Credentials from;  // of a write
  Time deadline;
  std::optional<node::Response> written;  // and more is being read

  void answered(node::Response&& response, Round& round) override {
    if (written) {
      auto* read = std::get_if<node::ReadDone>(&response.outcome);
      if (read != nullptr) {
        plan.more = std::make_shared<const node::Answer>(std::move(read->answer));
      }
      return respond(std::move(*written), round);
    }
    auto query = more_to_read(plan, response);
    if (!query) return respond(std::move(response), round);
    written = std::move(response);
    if (!read_more(std::move(*query))) respond(std::move(*written), round);
  }

 private:
  void respond(node::Response&& response, Round& round) {
    exchange->respond(answer(plan, request, std::move(response), round.cluster));
  }
  // As of the write, at least. The write is decided, whatever becomes of this.
  bool read_more(node::Query query) {
    const auto id = api.open_.open(shared_from_this());
    if (!id) return false;
    node::Read read;
    read.query = std::move(query);
    read.consistency = node::Consistency::Stale;
    read.min_version = written->revision;
    read.from = from;
    api.node_.submit({.id = *id, .deadline = deadline, .operation = std::move(read)});
    return true;
  }
};

// What this node says by itself, once the node has said that who asks may hear it.
struct Api::Guarded final : Waiter {
  explicit Guarded(Api& of) : api(of) {}
  Api& api;
  http::Request request;
  std::unique_ptr<Exchange> exchange;
  Plan plan;
  Local local = nullptr;

  void answered(node::Response&& response, Round& round) override {
    const bool may = std::holds_alternative<node::ReadDone>(response.outcome);
    exchange->respond(may ? api.with_origin(api.answer_here(local, request))
                          : answer(plan, request, std::move(response), round.cluster));
  }
};

namespace {

Rules rules_of(const ApiConfig& config) {
  return {.development_mode = config.development_mode,
          .forward_writes = config.forward_writes,
          .default_timeout = config.default_timeout,
          .max_timeout = config.max_timeout,
          .default_wait = config.default_wait,
          .max_wait = config.max_wait,
          .random = config.random};
}

}  // namespace

Api::Api(ApiConfig config, NodeGateway& node, const Clock& clock, const ValueChecker* checker)
    : config_(std::move(config)),
      rules_(rules_of(config_)),
      node_(node),
      clock_(clock),
      checker_(checker),
      streams_{
          .open_requests = open_, .node = node, .clock = clock, .heartbeat = config_.heartbeat} {}

void Api::handle(http::Request&& request, http::ResponseSink sink) {
  handle(std::move(request), std::make_unique<SinkExchange>(std::move(sink)));
}

void Api::handle(http::Request&& request, std::unique_ptr<Exchange> exchange) {
  auto operation = translate(request, rules_, checker_);
  if (!operation) {
    return exchange->respond(with_origin(refused(std::move(operation.error()), request)));
  }
  if (const Local* local = std::get_if<Local>(&operation->ask)) {
    return here(*local, std::move(request), std::move(exchange), std::move(*operation));
  }
  request.body = {};  // what of it matters is in the operation; a waiting request shall be small
  if (operation->plan.stream) {
    return stream(std::move(request), std::move(exchange), std::move(*operation));
  }
  ask(std::move(request), std::move(exchange), std::move(*operation));
}

// What this node says by itself: at once, where nobody has to be looked up for it.
void Api::here(Local local, http::Request&& request, std::unique_ptr<Exchange> exchange,
               Operation&& operation) {
  const bool open =
      !operation.plan.endpoint || operation.plan.endpoint->permission == Permission::None;
  const auto report = node_.status();
  const domain::MetaRow& state = report->node.state;
  // A node without a state knows no keys, and has nothing to hide.
  const bool anybody = (!state.closed && !operation.from.key) || state.applied.index == 0;
  if (open || anybody) return exchange->respond(with_origin(answer_here(local, request)));
  auto guarded = std::make_shared<Guarded>(*this);
  guarded->request = std::move(request);
  guarded->exchange = std::move(exchange);
  guarded->plan = std::move(operation.plan);
  guarded->local = local;
  node::Read read;
  read.query = node::MayDo{.permission = domain::Permission::Read, .path = "/"};
  read.consistency = node::Consistency::Stale;
  read.from = std::move(operation.from);
  submit(guarded, guarded->request, *guarded->exchange, std::move(read), operation.timeout);
}

// False, and answered: too many are open.
bool Api::submit(std::shared_ptr<Waiter> waiter, const http::Request& request, Exchange& exchange,
                 NodeOperation&& what, Duration timeout) {
  const auto id = open_.open(std::move(waiter));
  if (!id) {
    exchange.respond(with_origin(refusal(problem_of(node::Failure::Busy, {}), request)));
    return false;
  }
  // A long poll would wait for nobody until its deadline.
  if (std::holds_alternative<node::Watch>(what)) {
    exchange.when_gone([this, id = *id] {
      if (open_.forget(id)) node_.cancel(id);
    });
  }
  node_.submit({.id = *id, .deadline = clock_.now() + timeout, .operation = std::move(what)});
  return true;
}

void Api::ask(http::Request&& request, std::unique_ptr<Exchange> exchange, Operation&& operation) {
  auto asked = std::make_shared<Asked>(*this);
  asked->request = std::move(request);
  asked->exchange = std::move(exchange);
  asked->plan = std::move(operation.plan);
  asked->deadline = clock_.now() + operation.timeout;
  auto what = std::get<NodeOperation>(std::move(operation.ask));
  if (const auto* write = std::get_if<node::Write>(&what)) {
    asked->from = write->command.credentials();
  }
  submit(asked, asked->request, *asked->exchange, std::move(what), operation.timeout);
}

namespace {

// The node's own answer to a process that asks for itself.
struct Own final : Waiter {
  std::function<void(node::Response&&)> done;

  void answered(node::Response&& response, Round&) override { done(std::move(response)); }
};

}  // namespace

bool Api::ask_for_itself(node::Write write, Duration timeout,
                         std::function<void(node::Response&&)> done) {
  auto own = std::make_shared<Own>();
  own->done = std::move(done);
  const auto id = open_.open(own);
  if (!id) return false;
  node_.submit({.id = *id, .deadline = clock_.now() + timeout, .operation = std::move(write)});
  return true;
}

void Api::stream(http::Request&& request, std::unique_ptr<Exchange> exchange,
                 Operation&& operation) {
  const auto started = std::make_shared<EventStream>(
      streams_, std::move(request), std::move(exchange), std::move(operation.plan),
      std::get<node::Watch>(std::get<NodeOperation>(std::move(operation.ask))));
  if (started->start(clock_.now() + operation.timeout)) return;
  started->refuse(problem_of(node::Failure::Busy, {}), with_origin(EventStream::head()));
}

void Api::complete(std::span<node::Response> responses) {
  const auto waiters = open_.claim(responses);
  const auto report = node_.status();
  const Cluster cluster = cluster_of(*report);
  Round round{.cluster = cluster, .events = {}};
  for (std::size_t i = 0; i < responses.size(); ++i) {
    if (waiters[i] != nullptr) waiters[i]->answered(std::move(responses[i]), round);
  }
}

http::Response Api::answer_here(Local answer, const http::Request& request) const {
  const auto report = node_.status();
  const Cluster cluster = cluster_of(*report);
  return answer({.request = request,
                 .config = config_,
                 .report = *report,
                 .cluster = cluster,
                 .node = node_,
                 .now = clock_.now()});
}

http::Response Api::with_origin(http::Response&& response) const {
  const auto report = node_.status();
  add_origin(response, cluster_of(*report), report->node.state.applied, report->node.raft.leader);
  return std::move(response);
}

Cluster Api::cluster_of(const StatusReport& report) const {
  return {.self = config_.self, .self_name = config_.self_name, .members = report.membership};
}

}  // namespace confman::api
