#pragma once

#include <cstdint>
#include <string>

#include "consensus/types.hpp"
#include "domain/model/labels.hpp"

// Names and values that the numbers of an operation stand for.
namespace confman::sim {

// "client7"
std::string numbered(std::string name, std::uint64_t number);

// "/", "/n1", "/n1/n2", "/n3", …: every second one lies within the one before.
std::string namespace_path(std::uint64_t number);
std::string key_name(std::uint64_t number);
// The full path of an entry, unique in the cluster.
std::string entry_path(const std::string& name_space, const std::string& key);

// Bytes of various lengths that hold the number; 0 for bytes that value_bytes() didn't make.
std::string value_bytes(std::uint64_t value);
std::uint64_t value_of(const std::string& bytes);

// The labels that an entry has with a value, and what a listing by label asks for (1 to 3).
domain::Labels labels_of(std::uint64_t value);
std::string label_text(std::uint64_t number);

// The member that a node would be; its role and incarnation are for the leader to say.
consensus::Member member_of(int node);

}  // namespace confman::sim
