#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "bench/load/generator.hpp"

namespace confman::bench {

// The rounds of one load on one product.
struct Cell {
  Operation operation = Operation::kWrite;
  std::uint32_t clients = 1;
  std::vector<Measurement> rounds{};
  std::vector<double> server_cpu_us{};  // per successful request, all nodes together, by round

  double per_second() const;                 // median of the rounds
  double latency_ms(double quantile) const;  // median of the rounds
  double server_us() const;                  // median of the rounds
};

struct ProductResult {
  std::string name{};
  std::string about{};
  std::vector<Cell> cells{};  // the same loads in the same order for every product
  std::vector<double> failover_ms{};
  unsigned failovers_without_write = 0;
  std::vector<double> memory_peak_mb{};  // of the largest node, by round
};

struct Comparison {
  std::string settings{};  // one line: machine, keys, value size, seconds, rounds
  std::vector<ProductResult> products{};
};

// Of an even number, the mean of the middle two; 0 of none.
double median(std::vector<double> values);

// Ratios are those of the first product to each other one.
std::string comparison_table(const Comparison& comparison);
std::string comparison_json(const Comparison& comparison);
std::string comparison_svg(const Comparison& comparison);

}  // namespace confman::bench
