#pragma once

#include <expected>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bench/load/connection.hpp"

namespace confman::bench {

// Where one of three nodes lives.
struct Member {
  std::string name;
  Endpoint client;
  Endpoint peer;
  std::filesystem::path folder;  // for its data; exists
};

// What differs between the servers that are compared: how a node is started and how it is asked.
class Product {
 public:
  virtual ~Product() = default;

  virtual TargetKind kind() const = 0;
  virtual std::string program() const = 0;
  // One line about version and settings, for the report.
  virtual std::string about() const = 0;
  // The command line of a node; writes the files that it needs.
  virtual std::expected<std::vector<std::string>, std::string> command(
      const std::vector<Member>& members, std::size_t index) const = 0;
  // Whether that node leads; nothing when it doesn't answer or knows no leader.
  virtual std::optional<bool> leads(const Endpoint& node) const = 0;
  // What must exist before the first write.
  virtual std::expected<void, std::string> prepare(const Endpoint& node) const = 0;
};

// By its name, "confman" or "etcd"; an error when there is none, or it isn't installed.
std::expected<std::unique_ptr<Product>, std::string> find_product(const std::string& name);

}  // namespace confman::bench
