#include "sim/world/narrative.hpp"
#include "sim/world/world.hpp"

// A run in words, for whoever must understand it.
namespace confman::sim {
namespace {

// "12.345678  node 3  "
std::string head(SimTime at, int number) {
  std::string micros = std::to_string(at % 1'000'000);
  micros.insert(0, 6 - micros.size(), '0');
  return std::to_string(at / 1'000'000) + "." + micros + "  node " + std::to_string(number + 1) +
         "  ";
}

}  // namespace

void World::tell(int number, const std::string& words) const {
  tell_(head(at_, number) + words);
}

void World::tell_event(const Event& event, const ClientOp* op) const {
  if (event.kind == EventKind::Tick || event.kind == EventKind::Turn) return;
  if (event.kind == EventKind::Submit && op != nullptr) return tell(event.node, narrate(*op));
  if (event.kind == EventKind::Deliver) {
    const node::PeerMessage* message = messages_.find(event.a);
    if (message == nullptr) return;
    return tell(event.node, "hears from node " + std::to_string(message->from.member.value) + ": " +
                                narrate(*message));
  }
  tell(event.node, std::string(name_of(event.kind)) + " " + std::to_string(event.a) + " " +
                       std::to_string(event.b));
}

void World::tell_change(int number, const SimNode& node) const {
  const consensus::NodeView view = node.view();
  if (!node.seen || node.seen->role != view.role ||
      node.seen->hard_state.term != view.hard_state.term || node.seen->leader != view.leader) {
    std::string words = std::string("is ") + name_of(view.role) + " in term " +
                        std::to_string(view.hard_state.term.value);
    if (view.leader && view.role == consensus::Role::Follower) {
      words += " of node " + std::to_string(view.leader->value);
    }
    tell(number, words);
  }
  if (!node.seen || node.seen->commit != view.commit) {
    tell(number, "knows that " + std::to_string(view.commit.value) + " is committed");
  }
}

}  // namespace confman::sim
