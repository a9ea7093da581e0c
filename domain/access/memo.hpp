#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <unordered_map>

#include "domain/access/rights.hpp"

namespace confman::domain {

// Bounds of an AccessMemo: who has more in use than this finds out again, and again.
inline constexpr std::size_t kMaxRememberedKeys = 4096;
inline constexpr std::size_t kMaxRememberedRights = 16 * 1024;

// Remembers of one state who shows which key and what they may where, so that this isn't looked up
// for each command and each query. It says what identify() and Rights say, of the same state.
//
// All that these read of the state stands still while MetaRow::access_changed does: the owner and
// the scopes of a key never change, its revocation, assignments, roles, groups, and namespaces that
// don't inherit move it. But for two things: keys are made without moving it, so only keys that are
// good are remembered; and keys expire by the time, which is asked for each time.
//
// One thread. Deterministic: nothing is looked at in an order of hashes.
class AccessMemo {
 public:
  struct Bounds {
    std::size_t keys = kMaxRememberedKeys;
    std::size_t rights = kMaxRememberedRights;
  };
  AccessMemo() = default;
  explicit AccessMemo(Bounds bounds) : bounds_(bounds) {}

  // To be told before it is asked: MetaRow::access_changed of the state that is asked about.
  void as_of(std::uint64_t access_changed);
  // The state is another one than was told of.
  void forget();

  std::expected<Caller, Refusal> identify(const StateStore&, bool closed, const Credentials&,
                                          std::int64_t now_ms);
  // Of who was identified by this memo. What had to be looked up is added to `work`.
  bool may(const StateStore&, const Caller&, const Need&, Work& work);

  // ApiKeyRow::last_used_ms of a key that was identified; 0 where it isn't remembered.
  std::int64_t last_used_ms(const Sha256Digest& key) const;
  void used(const Sha256Digest& key, std::int64_t last_used_ms);

 private:
  struct Known {
    Caller caller;  // without an address
    std::int64_t expires_ms{};
    std::int64_t last_used_ms{};
  };
  // A digest is as good as any hash of it.
  struct HashOfDigest {
    std::size_t operator()(const Sha256Digest& digest) const;
  };

  Bounds bounds_;
  std::uint64_t access_changed_{};
  std::unordered_map<Sha256Digest, Known, HashOfDigest> keys_;
  std::unordered_map<std::string, PermissionSet> rights_;  // by the id of the key and the path
};

}  // namespace confman::domain
