#include <algorithm>
#include <utility>

#include "domain/schema/compiler.hpp"
#include "domain/schema/describe.hpp"

// References that lead back to where they start, with nothing of the value used up on the way,
// would never end; those that lead on and on use up the stack.
namespace confman::schema {
namespace {

struct Edge {
  NodeId to = kNoNode;
  bool is_reference = false;
};

// The subschemas that are tried on the same value. (Where a dynamic reference leads is not known
// before; kMaxEvaluationDepth bounds those.)
std::vector<Edge> edges_of(const Node& node) {
  std::vector<Edge> edges;
  const auto add = [&edges](NodeId to, bool is_reference = false) {
    if (to != kNoNode) edges.push_back({to, is_reference});
  };
  if (node.in_place) {
    const InPlaceRules& rules = *node.in_place;
    add(rules.ref, true);
    if (rules.dynamic_ref && !rules.dynamic_ref->anchor) add(rules.dynamic_ref->initial, true);
    for (const auto* list : {&rules.all_of, &rules.any_of, &rules.one_of}) {
      for (const NodeId to : *list) add(to);
    }
    for (const NodeId to : {rules.none_of, rules.if_node, rules.then_node, rules.else_node}) {
      add(to);
    }
  }
  if (node.object) {
    for (const ObjectRules::Dependency& dependency : node.object->dependencies) {
      add(dependency.node);
    }
  }
  return edges;
}

// A node whose edges are being gone along.
struct Visit {
  NodeId node = 0;
  std::vector<Edge> edges;
  std::size_t next = 0;
};

constexpr std::size_t kUnknown = static_cast<std::size_t>(-1);
constexpr std::size_t kOnTheWay = kUnknown - 1;

}  // namespace

bool Compiler::check_references() {
  const std::vector<Node>& nodes = compiled_->nodes;
  std::vector<std::size_t> chains(nodes.size(), kUnknown);  // the longest from here, in references
  const auto fail = [&](NodeId at, FaultKind kind, std::string_view expected) {
    const Place& place = registry_.place_of(*schemas_[at]);
    const bool by_ref = schemas_[at]->find("$ref") != nullptr;
    return registry_.fail(kind, place, by_ref ? "$ref" : "", expected, nodes[at].location);
  };
  for (NodeId root = 0; root < nodes.size(); ++root) {
    if (chains[root] != kUnknown) continue;
    std::vector<Visit> way;
    way.push_back({root, edges_of(nodes[root]), 0});
    chains[root] = kOnTheWay;
    while (!way.empty()) {
      Visit& visit = way.back();
      if (visit.next < visit.edges.size()) {
        const NodeId to = visit.edges[visit.next].to;
        if (chains[to] == kOnTheWay) {
          return fail(visit.node, FaultKind::RefCycleWithoutProgress,
                      "a reference that doesn't lead back to itself for the same value");
        }
        if (chains[to] == kUnknown) {
          chains[to] = kOnTheWay;
          way.push_back({to, edges_of(nodes[to]), 0});
          continue;
        }
        ++visit.next;
        continue;
      }
      std::size_t longest = 0;
      for (const Edge& edge : visit.edges) {
        longest = std::max(longest, chains[edge.to] + (edge.is_reference ? 1 : 0));
      }
      if (longest > options_.bounds.ref_chain) {
        return fail(visit.node, FaultKind::RefTooDeep,
                    "at most " + counted(options_.bounds.ref_chain, "reference") + " in a row");
      }
      chains[visit.node] = longest;
      way.pop_back();
    }
  }
  return true;
}

}  // namespace confman::schema
