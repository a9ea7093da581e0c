#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "sim/shrink/script.hpp"

namespace confman::sim {

// Puts steps into classes that may be dropped whole; nothing for a step that is in none.
using Classifier = std::function<std::optional<std::uint64_t>(const Step&)>;

// From coarse to fine: kind of event, client, node, receiver's path, kind of message, and pairs.
std::span<const Classifier> classifiers();
// The classes that occur, the largest first.
std::vector<std::uint64_t> classes_by_size(const Script& script, const Classifier& classifier);

// Lines up places so that what may go together stands together.
using Order = std::function<void(const Script&, std::vector<std::uint32_t>&)>;
std::span<const Order> orders();

}  // namespace confman::sim
