#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/access/api_key.hpp"
#include "domain/access/permission.hpp"
#include "domain/model/actor.hpp"
#include "domain/model/refusal.hpp"
#include "domain/query/page.hpp"
#include "domain/state/meta.hpp"
#include "domain/state/store.hpp"

// Who asks, and what they may, as of one state. Of commands this is decided when they are applied,
// of queries against the state that they are answered from: no stale view lets anybody through.
//
// A cluster is open until a bootstrap key is minted (MetaRow::closed): who comes without a key may
// do everything. From then on nobody may do anything without one. What nodes themselves ask for
// (ActorType::System) is allowed.
//
// A role holds in the namespace of its assignment and below, down to a namespace that doesn't
// inherit: there and below it only what is assigned from there on counts. But for one permission:
// who has manage-access at "/" has it everywhere, so that a namespace can't be lost; what that
// leads to stands in the audit trail. That holds on when the namespace is deleted, since its past
// can still be read, but for manage-namespaces, so that it can be created again.
namespace confman::domain {

// As it comes in: a key, or none.
struct Credentials {
  Actor actor;                      // without a key: who it is taken for. With one: its address
  std::optional<Sha256Digest> key;  // digest of the API key

  friend bool operator==(const Credentials&, const Credentials&) = default;
};

struct Caller {
  Actor actor;            // the owner of the key
  std::string principal;  // the same as text; empty without a key
  std::string key_id;
  std::string scopes;         // of the key; empty: all that its owner may
  bool unrestricted = false;  // may do everything
};
// CredentialsRequired, ApiKeyUnknown, ApiKeyRevoked or ApiKeyExpired.
// `closed`: of MetaRow. `now_ms`: by which a key may have expired.
std::expected<Caller, Refusal> identify(const StateStore&, bool closed, const Credentials&,
                                        std::int64_t now_ms);

// What a command or a query needs; nothing: that is decided elsewhere.
struct Need {
  Permission permission{};
  std::string_view path;
};

// Which assignment allows something.
struct Grant {
  std::string path;
  std::string principal;
  std::string role;

  friend bool operator==(const Grant&, const Grant&) = default;
};

// What one principal may. Looks into the state at most once for each namespace from the path up to
// "/", and where anything is assigned once more for the principal and each of its groups.
class Rights {
 public:
  Rights(const StateStore&, const Caller&);
  // Of a principal by itself, whatever key it comes with.
  Rights(const StateStore&, std::string_view principal);

  bool may(Permission, std::string_view path);
  bool may(const Need& need) { return may(need.permission, need.path); }
  PermissionSet at(std::string_view path);
  // Nothing if it isn't allowed, or by nothing that was assigned.
  std::optional<Grant> why(Permission, std::string_view path);

  // What the key lets through there, whatever its owner may.
  PermissionSet scope_at(std::string_view path) const;

  bool unrestricted() const { return unrestricted_; }
  Work take_work();

 private:
  template <class Visit>
  void walk(std::string_view path, Visit&& visit);
  std::optional<Bytes> look_up(Table table, const Bytes& key);
  PermissionSet permissions_of(std::string_view role);
  void find_groups(std::string_view principal);

  const StateStore& store_;
  bool unrestricted_ = false;
  std::vector<std::string> principals_;  // itself and its groups
  std::string scope_text_;
  std::vector<KeyScope> scopes_;
  Work work_;
};

// Which namespaces of a listing a caller may read. Remembers the last answer: rows come namespace
// by namespace.
class Sight {
 public:
  Sight(const StateStore& store, const Caller& caller) : rights_(store, caller) {}

  bool sees(std::string_view path);
  Work take_work() { return rights_.take_work(); }

 private:
  Rights rights_;
  std::optional<std::string> path_;
  bool seen_ = false;
};

}  // namespace confman::domain
