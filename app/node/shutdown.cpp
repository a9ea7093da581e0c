#include "app/node/service.hpp"

// A node that was told to stop. One that stops in an orderly way leaves a cluster that needn't
// notice it by a time-out.
namespace confman::node {

void Node::Service::hand_over() {
  handed_over_ = true;
  end_watches();
  if (is_leader()) driver_.transfer_leadership(now_.mono, {}, std::nullopt);
}

}  // namespace confman::node
