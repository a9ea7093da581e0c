#include "adapters/api/event_stream.hpp"

#include <utility>
#include <variant>

#include "adapters/api/events.hpp"
#include "adapters/api/faults.hpp"

namespace confman::api {

Payload EventCache::render(const domain::ChangePage& page, domain::Revision to) {
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

EventStream::EventStream(const Host& host, http::Request&& request,
                         std::unique_ptr<Exchange> exchange, Plan&& plan, node::Watch watch)
    : host_(host),
      request_(std::move(request)),
      exchange_(std::move(exchange)),
      plan_(std::move(plan)),
      watch_(std::move(watch)) {}

bool EventStream::start(Time deadline) {
  const auto id = host_.open_requests.open_series(shared_from_this());
  if (!id) return false;
  series_ = *id;
  host_.node.submit({.id = *id, .deadline = deadline, .operation = watch_});
  return true;
}

void EventStream::refuse(const http::Problem& why, http::Response&& head) {
  const bool busy = why.code == "busy";
  head.body = stream_start(busy ? kRetryWhenBusyMs : kRetryMs, plan_.begun);
  head.body += closing_event(why);
  exchange_->start_stream(std::move(head), {});
  exchange_->finish();
}

http::Response EventStream::head() {
  http::Response head(200);
  head.add_header("Content-Type", media_type_of(Form::Events)).add_header("Vary", "Accept");
  head.add_header("Cache-Control", "no-store").add_header("X-Accel-Buffering", "no");
  return head;
}

void EventStream::answered(node::Response&& response, Round& round) {
  const auto* done = std::get_if<node::WatchDone>(&response.outcome);
  if (done == nullptr) return end(std::move(response), round.cluster);

  watch_.after = done->to;
  watch_.with_after = false;
  watch_.at_once = false;
  if (started_) return exchange_->write(round.events.render(done->page, done->to));

  started_ = true;
  http::Response first = head();
  add_origin(first, round.cluster, response.revision, response.leader);
  begin(*done, std::move(first));
}

void EventStream::begin(const node::WatchDone& done, http::Response&& head) {
  head.body = stream_start(kRetryMs, plan_.begun);
  // First a place to come back to, should the connection be cut in the first change.
  if (!done.page.changes.empty()) head.body += bookmark_event(done.from);
  head.body += page_events(done.page, done.to);
  // Not the stream itself: it owns the exchange, which owns these.
  const std::weak_ptr<EventStream> self = weak_from_this();
  const auto ask = [self] {
    if (const auto stream = self.lock()) stream->ask_again();
  };
  const auto abandon = [&host = host_, series = series_] {
    const auto closed = host.open_requests.close(series);
    if (closed.pending) host.node.cancel(*closed.pending);
  };
  exchange_->start_stream(std::move(head), {.on_drained = ask, .on_gone = abandon});
}

void EventStream::end(node::Response&& response, const Cluster& cluster) {
  if (!host_.open_requests.close(series_).now) return;  // the client was faster
  if (const auto* denied = std::get_if<node::Denied>(&response.outcome)) {
    // Before it has begun it is a refusal like another, and the client stays away.
    if (!started_) {
      return exchange_->respond(answer(plan_, request_, std::move(response), cluster));
    }
    exchange_->write(
        make_payload(closing_event(problem_of(domain::Reply{.refusal = denied->why}))));
    return exchange_->finish();
  }
  const auto* failed = std::get_if<node::Failed>(&response.outcome);
  CONFMAN_ASSERT(failed != nullptr, "A watch was answered with something that is no answer to it.");
  const node::Failure why = failed->why;
  const http::Problem problem = problem_of(why, response.revision);
  if (started_) {
    exchange_->write(make_payload(closing_event(problem)));
    return exchange_->finish();
  }
  // What won't pass is a refusal, and the client stays away.
  if (why == node::Failure::PositionUnknown) {
    return exchange_->respond(answer(plan_, request_, std::move(response), cluster));
  }
  http::Response first = head();
  add_origin(first, cluster, response.revision, response.leader);
  refuse(problem, std::move(first));
}

void EventStream::ask_again() {
  // Drained twice for one page: the watch is asked for already.
  const auto id = host_.open_requests.ask_again(series_);
  if (!id) return;
  host_.node.submit(
      {.id = *id, .deadline = host_.clock.now() + host_.heartbeat, .operation = watch_});
}

}  // namespace confman::api
