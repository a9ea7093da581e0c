#include "domain/access/memo.hpp"

#include <cstring>

#include "domain/base/assert.hpp"
#include "domain/codec/must_decode.hpp"

namespace confman::domain {

std::size_t AccessMemo::HashOfDigest::operator()(const Sha256Digest& digest) const {
  std::size_t hash = 0;
  std::memcpy(&hash, digest.data(), sizeof(hash));
  return hash;
}

void AccessMemo::as_of(std::uint64_t access_changed) {
  if (access_changed == access_changed_) return;
  forget();
  access_changed_ = access_changed;
}

void AccessMemo::forget() {
  keys_.clear();
  rights_.clear();
}

std::expected<Caller, Refusal> AccessMemo::identify(const StateStore& store, bool closed,
                                                    const Credentials& credentials,
                                                    std::int64_t now_ms) {
  if (!credentials.key) return domain::identify(store, closed, credentials, now_ms);
  const auto it = keys_.find(*credentials.key);
  if (it != keys_.end()) {
    const Known& known = it->second;
    if (known.expires_ms != 0 && known.expires_ms <= now_ms) {
      return std::unexpected(Refusal::ApiKeyExpired);
    }
    Caller caller = known.caller;
    caller.actor.ip = credentials.actor.ip;
    return caller;
  }
  auto caller = domain::identify(store, closed, credentials, now_ms);
  if (!caller) return caller;
  const auto bytes = store.get(Table::ApiKey, keys::of_api_key(caller->key_id));
  CONFMAN_ASSERT(bytes, "Who asks has an API key that isn't there.");
  const ApiKeyRow row = must_decode(decode_api_key_row(*bytes));
  if (keys_.size() >= bounds_.keys) forget();
  Known& known = keys_.emplace(*credentials.key, Known{*caller, row.expires_ms, row.last_used_ms})
                     .first->second;
  known.caller.actor.ip.clear();
  return caller;
}

bool AccessMemo::may(const StateStore& store, const Caller& caller, const Need& need, Work& work) {
  if (caller.unrestricted) return true;
  CONFMAN_ASSERT(!caller.key_id.empty(), "Who shows no key is asked what they may.");
  // All ids have one length.
  std::string name = caller.key_id;
  name += need.path;
  const auto it = rights_.find(name);
  if (it != rights_.end()) return it->second.has(need.permission);
  Rights rights(store, caller);
  const PermissionSet here = rights.at(need.path);
  work += rights.take_work();
  if (rights_.size() >= bounds_.rights) rights_.clear();
  rights_.emplace(std::move(name), here);
  return here.has(need.permission);
}

std::int64_t AccessMemo::last_used_ms(const Sha256Digest& key) const {
  const auto it = keys_.find(key);
  return it == keys_.end() ? 0 : it->second.last_used_ms;
}

void AccessMemo::used(const Sha256Digest& key, std::int64_t last_used_ms) {
  const auto it = keys_.find(key);
  if (it != keys_.end()) it->second.last_used_ms = last_used_ms;
}

}  // namespace confman::domain
