#pragma once

#include <memory>
#include <optional>

#include "adapters/api/answer.hpp"
#include "adapters/api/open_requests.hpp"
#include "adapters/api/operation.hpp"
#include "adapters/api/ports.hpp"
#include "adapters/http/message.hpp"
#include "adapters/http/problem.hpp"
#include "app/node/request.hpp"

namespace confman::api {

// Many watchers of one change get the same bytes: the last page that was rendered.
class EventCache {
 public:
  Payload render(const domain::ChangePage& page, domain::Revision to);

 private:
  domain::Revision change_;
  Payload chunk_;
};

// What the answers that come together share.
struct Round {
  const Cluster& cluster;
  EventCache events;
};

// A client's stream of server-sent events (events.hpp): one watch after the other. Each starts
// where the one before got to, and is asked for only when the client has taken what that one
// brought: a slow reader costs one page.
class EventStream final : public Waiter, public std::enable_shared_from_this<EventStream> {
 public:
  // What all streams share.
  struct Host {
    OpenRequests& open_requests;
    NodeGateway& node;
    const Clock& clock;
    Duration heartbeat;  // what a watch waits for at most, and then tells where it has got to
  };

  // The host outlives the stream.
  EventStream(const Host& host, http::Request&& request, std::unique_ptr<Exchange> exchange,
              Plan&& plan, node::Watch watch);

  // Asks for the first page. False: too many are open, and the client has to be told.
  bool start(Time deadline);
  // What may pass is told in a stream that ends: a status other than 200 ends many clients for
  // good.
  void refuse(const http::Problem& why, http::Response&& head);
  // The status and headers of a stream.
  static http::Response head();

  void answered(node::Response&& response, Round& round) override;

 private:
  void begin(const node::WatchDone& done, http::Response&& head);
  void end(node::Response&& response, const Cluster& cluster);
  void ask_again();

  const Host& host_;
  const http::Request request_;
  const std::unique_ptr<Exchange> exchange_;
  const Plan plan_;
  node::RequestId series_;

  // Written by answered() before the chunk goes out, read when it has gone.
  node::Watch watch_;  // its scope and how far it has come
  bool started_ = false;
};

}  // namespace confman::api
