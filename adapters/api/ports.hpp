#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "adapters/http/message.hpp"
#include "adapters/http/server.hpp"
#include "app/node/gateway.hpp"
#include "domain/base/hash.hpp"

// What the API needs of the process around it: the node, by the port of app/node, and two ports of
// its own.
namespace confman::api {

using node::Clock;
using node::LoopFigures;
using node::NodeGateway;
using node::StatusReport;

struct ValueFault {
  std::string_view code;  // in the table of faults (fault_table.cpp)
  std::string detail;     // a sentence
  std::size_t line = 1;   // from 1
  std::size_t column = 1;
  std::optional<std::size_t> limit;  // that was passed
};

// Port: well-formedness of values in formats that need a library. Thread-safe.
class ValueChecker {
 public:
  virtual ~ValueChecker() = default;
  virtual std::optional<ValueFault> check_yaml(std::string_view value) const = 0;
};

// Port: bits that nobody can guess. Thread-safe.
class RandomSource {
 public:
  virtual ~RandomSource() = default;
  virtual Sha256Digest bits() = 0;  // 256 of them
};

// Port: where the answer to one request goes; the methods are http::ResponseSink's.
class Exchange {
 public:
  virtual ~Exchange() = default;
  virtual void respond(http::Response response) = 0;
  // As http::ResponseSink has it.
  virtual void when_gone(std::function<void()> call) = 0;
  virtual void start_stream(http::Response head, http::StreamCallbacks callbacks) = 0;
  virtual void write(Payload chunk) = 0;
  virtual void finish() = 0;
};

}  // namespace confman::api
