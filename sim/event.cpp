#include "sim/event.hpp"

#include <array>

#include "domain/base/bytes.hpp"
#include "domain/base/hash.hpp"

namespace confman::sim {
namespace {

constexpr std::array<std::string_view, kEventKinds> kNames = {
    "deliver",   "tick",   "turn",     "sync",    "flush",    "build",  "install",  "submit",
    "giveup",    "crash",  "shutdown", "restart", "pause",    "resume", "wipe",     "oldcopy",
    "losestate", "damage", "killhead", "space",   "upgrade",  "drift",  "walljump", "monojump",
    "cut",       "mend",   "slow",     "heal",    "deadline", "end"};

}  // namespace

std::string_view name_of(EventKind kind) {
  return kNames[static_cast<std::size_t>(kind)];
}

std::optional<EventKind> event_kind_of(std::string_view name) {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == name) return static_cast<EventKind>(i);
  }
  return std::nullopt;
}

std::uint64_t seed_of(const Event& event) {
  Bytes bytes;
  ByteWriter out(bytes);
  out.u64(static_cast<std::uint64_t>(event.at));
  out.u8(static_cast<std::uint8_t>(event.kind));
  out.u8(event.node);
  out.u64(event.a);
  out.u64(event.b);
  return xxh64(bytes);
}

}  // namespace confman::sim
