#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "consensus/types.hpp"
#include "domain/access/rights.hpp"
#include "domain/base/hash.hpp"
#include "domain/model/actor.hpp"
#include "domain/model/labels.hpp"

// Names and values that the numbers of an operation stand for.
namespace confman::sim {

// "client7"
std::string numbered(std::string name, std::uint64_t number);

// "/", "/n1", "/n1/n2", "/n3", …: every second one lies within the one before.
std::string namespace_path(std::uint64_t number);
std::string key_name(std::uint64_t number);
// What is written to see whether a node serves: names of their own, and no rollback of those that
// requests change covers them.
inline constexpr std::uint64_t kFirstProbeKey = 50;
// Keys from this number on are those that requests for publication change.
inline constexpr std::uint64_t kFirstReviewedKey = 60;
// The number of the last name in a path, or of a key; 0 of "/" and of none.
std::uint64_t number_in(const std::string& name);
// The full path of an entry, unique in the cluster.
std::string entry_path(const std::string& name_space, const std::string& key);

// Bytes of various lengths that hold the number; 0 for bytes that value_bytes() didn't make.
std::string value_bytes(std::uint64_t value);
std::uint64_t value_of(const std::string& bytes);

// What an entry has beside a value.
domain::Labels labels_of(std::uint64_t value);
std::string content_type_of(std::uint64_t value);
std::string description_of(std::uint64_t value);
// What a listing by label asks for (1 to kLabelTexts).
inline constexpr std::uint64_t kLabelTexts = 6;
std::vector<std::string> label_texts(std::uint64_t number);

// Who a client is; the address is another one at each try.
domain::Actor actor_of(std::uint64_t client, std::uint64_t request);

// Who may have roles: 0 is whose key opens the cluster's doors, then the clients by their numbers,
// and from kFirstGroup on groups.
inline constexpr std::uint64_t kFirstGroup = 100;
inline constexpr std::uint64_t kGroups = 2;
std::string principal_name(std::uint64_t number);
std::string group_name(std::uint64_t number);
std::string role_name(std::uint64_t number);
// Sets of roles that are assigned (0 to kRoleSets - 1), and scopes of API keys.
inline constexpr std::uint64_t kRoleSets = 8;
std::string role_set(std::uint64_t number);
inline constexpr std::uint64_t kScopeTexts = 6;
std::string scope_text(std::uint64_t number);

// What a request comes with: nothing, the word of the nodes themselves, or the API key of that
// number. Those below kFirstKey that are neither are of keys that nobody ever made.
inline constexpr std::uint64_t kNoKey = 0;
inline constexpr std::uint64_t kAsSystem = 1;
inline constexpr std::uint64_t kFirstKey = 10;
Sha256Digest digest_of_key(std::uint64_t number);
std::string id_of_key(std::uint64_t number);
domain::Credentials credentials_of(std::uint64_t client, std::uint64_t request,
                                   std::uint64_t api_key);

// The member that a node would be; its role and incarnation are for the leader to say.
consensus::Member member_of(int node);

}  // namespace confman::sim
