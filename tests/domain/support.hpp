#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "domain/apply/apply.hpp"
#include "domain/cluster/cluster.hpp"
#include "domain/command/command.hpp"
#include "domain/command/reply.hpp"
#include "domain/entries/commands.hpp"
#include "domain/model/actor.hpp"
#include "domain/model/precondition.hpp"
#include "domain/namespaces/commands.hpp"
#include "domain/snapshot/stream.hpp"
#include "domain/state/memory_store.hpp"
#include "domain/state/meta.hpp"

// What the tests of the domain share: short ways to say a command, and a state to apply it to.
namespace confman::domain {

// SplitMix64: small, and the same everywhere.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    std::uint64_t z = state_ += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  std::uint64_t below(std::uint64_t bound) { return next() % bound; }
  bool one_in(std::uint64_t n) { return below(n) == 0; }

 private:
  std::uint64_t state_;
};

inline std::string numbered(std::string name, std::uint64_t n) {
  return name.append(std::to_string(n));
}

inline Precondition if_version(std::uint64_t version) {
  Precondition p;
  p.if_version = version;
  return p;
}
inline Precondition if_absent() {
  Precondition p;
  p.if_absent = true;
  return p;
}
inline Precondition if_exists() {
  Precondition p;
  p.if_exists = true;
  return p;
}

inline CommandBody put(std::string path, std::string key, Bytes value = "1",
                       Precondition precondition = {}) {
  PutEntry body;
  body.path = std::move(path);
  body.key = std::move(key);
  body.content_type = "application/json";
  body.value = std::move(value);
  body.precondition = precondition;
  return body;
}
inline CommandBody del(std::string path, std::string key, Precondition precondition = {}) {
  return DeleteEntry{std::move(path), std::move(key), precondition};
}
inline CommandBody back(std::string path, std::string key, std::uint64_t version,
                        Precondition precondition = {}) {
  return RollbackEntry{.path = std::move(path),
                       .key = std::move(key),
                       .precondition = precondition,
                       .to_version = version};
}
inline CommandBody make_namespace(std::string path, Precondition precondition = {}) {
  PutNamespace body;
  body.path = std::move(path);
  body.precondition = precondition;
  return body;
}
inline CommandBody drop_namespace(std::string path, Precondition precondition = {}) {
  return DeleteNamespace{std::move(path), precondition};
}

inline Actor alice() {
  return {ActorType::User, "alice@example.com", "192.0.2.1"};
}

inline Command by_alice(CommandBody body, std::string idempotency_key = {}) {
  Command command;
  command.actor = alice();
  command.idempotency_key = std::move(idempotency_key);
  command.request_id = "req-1";
  command.body = std::move(body);
  return command;
}

inline std::uint64_t print_of(const Command& command) {
  return fingerprint(command, command.actor);
}

// A state with its log position. Stamps go up by a millisecond a command unless one is given.
class World {
 public:
  World() { initialise(store); }

  Reply run(Command command) {
    if (command.stamp == HlcStamp{}) command.stamp = {++now_ms, 0};
    return apply(store, {term, meta().applied.index + 1}, command, feature_level);
  }
  Reply run(CommandBody body, std::string idempotency_key = {}) {
    return run(by_alice(std::move(body), std::move(idempotency_key)));
  }
  void change_members(ByteView membership, const MemberNote& note = {}) {
    apply_membership(store, {term, meta().applied.index + 1, 0}, membership, encode(note));
  }
  MetaRow meta() const { return meta_of(store); }
  Bytes snapshot() const {
    Bytes stream;
    write_snapshot(store, {"test", meta().applied, cluster_of(store).membership, 0},
                   [&stream](ByteView bytes) { stream += bytes; });
    return stream;
  }

  MemoryStateStore store;
  std::uint64_t term = 1;
  std::uint64_t feature_level = kNewestFeatureLevel;
  std::int64_t now_ms = 1'000'000;
};

}  // namespace confman::domain
