#include "sim/shrink/classes.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace confman::sim {
namespace {

using Class = std::optional<std::uint64_t>;

// Heal, Deadline and End are of the world, whatever node they name.
bool is_of_a_node(const Step& step) {
  const EventKind kind = step.event.kind;
  return kind != EventKind::Heal && kind != EventKind::Deadline && kind != EventKind::End;
}
bool is_delivery(const Step& step) {
  return step.event.kind == EventKind::Deliver;
}

std::uint64_t kind(const Step& step) {
  return static_cast<std::uint64_t>(step.event.kind);
}
std::uint64_t path(const Step& step) {
  return step.event.b << 8 | step.event.node;
}

Class by_kind(const Step& step) {
  return kind(step);
}
Class by_client(const Step& step) {
  return step.op ? Class(step.op->client) : std::nullopt;
}
Class by_node(const Step& step) {
  return is_of_a_node(step) ? Class(step.event.node) : std::nullopt;
}
Class by_kind_and_node(const Step& step) {
  return is_of_a_node(step) ? Class(kind(step) << 8 | step.event.node) : std::nullopt;
}
Class by_path(const Step& step) {
  return is_delivery(step) ? Class(path(step)) : std::nullopt;
}
Class by_message(const Step& step) {
  return is_delivery(step) ? Class(step.cause.kind) : std::nullopt;
}
Class by_path_and_message(const Step& step) {
  return is_delivery(step) ? Class(path(step) << 8 | step.cause.kind) : std::nullopt;
}
Class by_operation(const Step& step) {
  return step.op ? Class(step.op->logical) : std::nullopt;
}

template <class Key>
Order sorted_by(Key key) {
  return [key](const Script& script, std::vector<std::uint32_t>& places) {
    std::stable_sort(places.begin(), places.end(), [&](std::uint32_t a, std::uint32_t b) {
      return key(script[a]) < key(script[b]);
    });
  };
}

}  // namespace

std::span<const Classifier> classifiers() {
  static const std::array<Classifier, 8> kAll = {
      by_kind,    by_client,           by_node,     by_kind_and_node, by_path,
      by_message, by_path_and_message, by_operation};
  return kAll;
}

std::vector<std::uint64_t> classes_by_size(const Script& script, const Classifier& classifier) {
  std::map<std::uint64_t, std::size_t> sizes;
  for (const Step& step : script) {
    if (const Class of = classifier(step)) ++sizes[*of];
  }
  std::vector<std::uint64_t> classes;
  for (const auto& [of, size] : sizes) classes.push_back(of);
  std::stable_sort(classes.begin(), classes.end(),
                   [&](std::uint64_t a, std::uint64_t b) { return sizes[a] > sizes[b]; });
  return classes;
}

std::span<const Order> orders() {
  static const std::array<Order, 3> kAll = {
      sorted_by([](const Step& step) {
        return kind(step) << 8 | (is_delivery(step) ? step.cause.kind : 0U);
      }),
      sorted_by([](const Step& step) { return step.event.node; }),
      sorted_by([](const Step&) { return 0; }),  // by time
  };
  return kAll;
}

}  // namespace confman::sim
