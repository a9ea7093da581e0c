#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace confman::testing {

// Where something listens.
struct Address {
  Address(std::uint16_t port_here) : port(port_here) {}  // on this machine
  Address(std::string host_there, std::uint16_t port_there)
      : host(std::move(host_there)), port(port_there) {}

  std::string text() const { return host + ":" + std::to_string(port); }

  std::string host = "127.0.0.1";
  std::uint16_t port;
};

// The APIs of a cluster's nodes, in the order of the nodes.
using Endpoints = std::vector<Address>;

}  // namespace confman::testing
