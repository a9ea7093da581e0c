#include "adapters/api/api.hpp"

#include <utility>
#include <variant>

#include "adapters/api/answer.hpp"
#include "adapters/api/dispatch.hpp"
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

// A request with one answer.
struct Asked final : Waiter {
  http::Request request;
  std::unique_ptr<Exchange> exchange;
  Plan plan;

  void answered(node::Response&& response, Round& round) override {
    exchange->respond(answer(plan, request, std::move(response), round.cluster));
  }
};

Rules rules_of(const ApiConfig& config) {
  return {.development_mode = config.development_mode,
          .forward_writes = config.forward_writes,
          .default_timeout = config.default_timeout,
          .max_timeout = config.max_timeout,
          .default_wait = config.default_wait,
          .max_wait = config.max_wait};
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
    return exchange->respond(with_origin(answer_here(*local, request)));
  }
  request.body = {};  // what of it matters is in the operation; a waiting request shall be small
  if (operation->plan.stream) {
    return stream(std::move(request), std::move(exchange), std::move(*operation));
  }
  ask(std::move(request), std::move(exchange), std::move(*operation));
}

void Api::ask(http::Request&& request, std::unique_ptr<Exchange> exchange, Operation&& operation) {
  auto asked = std::make_shared<Asked>();
  asked->request = std::move(request);
  asked->exchange = std::move(exchange);
  asked->plan = std::move(operation.plan);
  const Time deadline = clock_.now() + operation.timeout;
  const auto id = open_.open(asked);
  if (!id) {
    const http::Problem busy = problem_of(node::Failure::Busy, {});
    return asked->exchange->respond(with_origin(refusal(busy, asked->request)));
  }
  auto& what = std::get<NodeOperation>(operation.ask);
  // A long poll would wait for nobody until its deadline.
  if (std::holds_alternative<node::Watch>(what)) {
    asked->exchange->when_gone([this, id = *id] {
      if (open_.forget(id)) node_.cancel(id);
    });
  }
  node_.submit({.id = *id, .deadline = deadline, .operation = std::move(what)});
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
