#pragma once

#include <string>

#include "bench/load/generator.hpp"

namespace Poco::JSON {
class Object;
}

namespace confman::bench {

// Latencies in milliseconds, processor time in microseconds.
std::string to_json(const Target& target, const Load& load, const Measurement& measured);

// The parts, for larger results.
void add_measurement(Poco::JSON::Object& out, const Measurement& measured);
std::string printed(const Poco::JSON::Object& object);

}  // namespace confman::bench
