#pragma once

#include <string>

#include "bench/load/generator.hpp"

namespace confman::bench {

// "64 clients, write: 8,012/s, p50 7.30 p99 20.50 p99.9 31.00 max 40.11 ms, …": one measurement for
// people.
std::string one_line(const Load& load, const Measurement& measured);

// "1.5 ms"-style fixed numbers without locale; thousands are separated by commas when whole.
std::string fixed(double value, int decimals);
std::string thousands(double value);

// False when the file can't be written whole.
bool write_file(const std::string& path, const std::string& text);

}  // namespace confman::bench
