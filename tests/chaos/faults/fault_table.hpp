#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "tests/chaos/faults/fault.hpp"

namespace confman::chaos {

enum class FaultClass : std::uint8_t { Process, Disk, Damage, Network, Load, Operator };

// With what else at the same time? Exclusive: with nothing that concerns processes and disks.
enum class Company : std::uint8_t { Shared, Exclusive };
enum class Needs : std::uint8_t { Nothing, Namespaces, FaultyDisk };

// A row of the table of faults.
struct FaultKind {
  std::string_view name;
  FaultClass group{};
  std::int64_t weight{};  // in the draw
  // How long it lasts, drawn from here. What ends by itself has its own measure.
  std::int64_t shortest_ms{};
  std::int64_t longest_ms{};
  Company company{};
  Needs needs{};
  std::string_view says;
  std::unique_ptr<Fault> (*make)(Ground){};
};

std::span<const FaultKind> fault_kinds();
const FaultKind* find_fault_kind(std::string_view name);  // null: there is none

struct Means {
  bool namespaces = false;
  bool faulty_disk = false;
};
bool possible(const FaultKind& kind, const Means& means);

}  // namespace confman::chaos
