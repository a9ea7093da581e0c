#include "bench/report/comparison.hpp"

#include <Poco/JSON/Array.h>
#include <Poco/JSON/Object.h>
#include <algorithm>
#include <cstdio>

#include "bench/report/json.hpp"
#include "bench/report/svg.hpp"
#include "bench/report/text.hpp"

namespace confman::bench {
namespace {

template <class Read>
double median_of(const std::vector<Measurement>& rounds, Read read) {
  std::vector<double> values;
  for (const Measurement& round : rounds) {
    values.push_back(read(round));
  }
  return median(std::move(values));
}

double largest(const std::vector<double>& values) {
  return values.empty() ? 0 : *std::ranges::max_element(values);
}

std::string ratio(double ours, double theirs) {
  return theirs > 0 && ours > 0 ? fixed(ours / theirs, 2) : "-";
}

// What went wrong in a cell, as a mark behind its line: a number that hides errors is no result.
std::string blemishes(const Cell& cell) {
  std::uint64_t bad = 0;
  for (const Measurement& round : cell.rounds) {
    bad += round.failed + round.lost + round.unanswered;
  }
  return bad == 0 ? "" : "  " + std::to_string(bad) + " NOT OK";
}

void add_row(std::string& out, const char* format, const auto&... columns) {
  char row[256];
  std::snprintf(row, sizeof row, format, columns...);
  out += row;
}

std::string loads_table(const Comparison& comparison) {
  std::string out;
  add_row(out, "%-18s %7s  %-8s %10s %9s %9s %9s %10s %10s\n", "load", "clients", "product",
          "per second", "p50 ms", "p99 ms", "p99.9 ms", "server µs", "client µs");
  const std::size_t cells = comparison.products.front().cells.size();
  for (std::size_t i = 0; i < cells; ++i) {
    for (const ProductResult& product : comparison.products) {
      const Cell& cell = product.cells[i];
      const double client = median_of(
          cell.rounds, [](const Measurement& m) { return m.client_user_us + m.client_system_us; });
      add_row(out, "%-18s %7u  %-8s %10s %9.2f %9.2f %9.2f %9.1f %9.1f%s\n",
              name_of(cell.operation), cell.clients, product.name.c_str(),
              thousands(cell.per_second()).c_str(), cell.latency_ms(0.5), cell.latency_ms(0.99),
              cell.latency_ms(0.999), cell.server_us(), client, blemishes(cell).c_str());
    }
  }
  return out;
}

std::string ratios_table(const Comparison& comparison) {
  std::string out;
  const ProductResult& ours = comparison.products.front();
  for (std::size_t p = 1; p < comparison.products.size(); ++p) {
    const ProductResult& theirs = comparison.products[p];
    const std::string title = ours.name + " / " + theirs.name;
    add_row(out, "\n%-18s %7s %12s %8s %8s\n", title.c_str(), "clients", "per second", "p50",
            "p99");
    for (std::size_t i = 0; i < ours.cells.size(); ++i) {
      const Cell& a = ours.cells[i];
      const Cell& b = theirs.cells[i];
      add_row(out, "%-18s %7u %12s %8s %8s\n", name_of(a.operation), a.clients,
              ratio(a.per_second(), b.per_second()).c_str(),
              ratio(a.latency_ms(0.5), b.latency_ms(0.5)).c_str(),
              ratio(a.latency_ms(0.99), b.latency_ms(0.99)).c_str());
    }
    add_row(out, "%-18s %7s %12s\n", "leader kill", "",
            ratio(median(ours.failover_ms), median(theirs.failover_ms)).c_str());
    add_row(out, "%-18s %7s %12s\n", "memory", "",
            ratio(median(ours.memory_peak_mb), median(theirs.memory_peak_mb)).c_str());
  }
  return out;
}

Poco::JSON::Array numbers(const std::vector<double>& values) {
  Poco::JSON::Array out;
  for (const double value : values) {
    out.add(value);
  }
  return out;
}

Poco::JSON::Object cell_object(const Cell& cell) {
  Poco::JSON::Object out(Poco::JSON_PRESERVE_KEY_ORDER);
  out.set("operation", name_of(cell.operation));
  out.set("clients", cell.clients);
  out.set("per_second", cell.per_second());
  out.set("p50_ms", cell.latency_ms(0.5));
  out.set("p99_ms", cell.latency_ms(0.99));
  out.set("p99.9_ms", cell.latency_ms(0.999));
  out.set("server_cpu_us_per_request", cell.server_us());
  Poco::JSON::Array rounds;
  for (const Measurement& round : cell.rounds) {
    Poco::JSON::Object one(Poco::JSON_PRESERVE_KEY_ORDER);
    add_measurement(one, round);
    rounds.add(one);
  }
  out.set("rounds", rounds);
  return out;
}

// Adds a chart of one operation; `read` turns a product's cells of that operation into values.
template <class Read>
void add_chart(std::vector<Chart>& charts, const Comparison& comparison, Operation operation,
               Chart chart, Read read) {
  for (const ProductResult& product : comparison.products) {
    std::vector<const Cell*> cells;
    for (const Cell& cell : product.cells) {
      if (cell.operation == operation) {
        cells.push_back(&cell);
      }
    }
    if (cells.empty()) {
      return;
    }
    chart.series.push_back({product.name, read(cells)});
  }
  charts.push_back(std::move(chart));
}

}  // namespace

double median(std::vector<double> values) {
  if (values.empty()) {
    return 0;
  }
  std::ranges::sort(values);
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

double Cell::per_second() const {
  return median_of(rounds, [](const Measurement& m) { return m.per_second(); });
}

double Cell::latency_ms(double quantile) const {
  return median_of(rounds, [this, quantile](const Measurement& m) {
    const Histogram& histogram = m.latency[static_cast<std::size_t>(operation)];
    return static_cast<double>(histogram.value_at(quantile)) / 1e6;
  });
}

double Cell::server_us() const {
  return median(server_cpu_us);
}

std::string comparison_table(const Comparison& comparison) {
  std::string out = comparison.settings + "\n";
  if (comparison.products.empty()) {
    return out;
  }
  for (const ProductResult& product : comparison.products) {
    out += product.name + ": " + product.about + "\n";
  }
  out += "\n" + loads_table(comparison) + "\n";
  for (const ProductResult& product : comparison.products) {
    out += product.name + ": ";
    const std::size_t trials = product.failover_ms.size() + product.failovers_without_write;
    if (trials > 0) {
      out += "leader killed, next write after " + fixed(median(product.failover_ms), 0) +
             " ms (median), " + fixed(largest(product.failover_ms), 0) + " ms (worst of " +
             std::to_string(trials) + "), " + std::to_string(product.failovers_without_write) +
             " without a write; ";
    }
    out +=
        "memory of the largest node at most " + fixed(largest(product.memory_peak_mb), 0) + " MB\n";
  }
  return out + ratios_table(comparison);
}

std::string comparison_json(const Comparison& comparison) {
  Poco::JSON::Object out(Poco::JSON_PRESERVE_KEY_ORDER);
  out.set("settings", comparison.settings);
  Poco::JSON::Array products;
  for (const ProductResult& product : comparison.products) {
    Poco::JSON::Object one(Poco::JSON_PRESERVE_KEY_ORDER);
    one.set("name", product.name);
    one.set("about", product.about);
    Poco::JSON::Array cells;
    for (const Cell& cell : product.cells) {
      cells.add(cell_object(cell));
    }
    one.set("loads", cells);
    one.set("failover_ms", numbers(product.failover_ms));
    one.set("failovers_without_write", product.failovers_without_write);
    one.set("memory_peak_mb", numbers(product.memory_peak_mb));
    products.add(one);
  }
  out.set("products", products);
  return printed(out);
}

std::string comparison_svg(const Comparison& comparison) {
  std::vector<Chart> charts;
  std::vector<Chart> latencies;
  std::vector<std::string> clients;
  if (!comparison.products.empty()) {
    for (const Cell& cell : comparison.products.front().cells) {
      if (cell.operation == Operation::kWrite) {
        clients.push_back(std::to_string(cell.clients));
      }
    }
  }
  constexpr double kQuantiles[] = {0.5, 0.9, 0.99, 0.999, 1.0};
  for (std::size_t i = 0; i < kOperations; ++i) {
    const auto operation = static_cast<Operation>(i);
    const std::string name = name_of(operation);
    add_chart(charts, comparison, operation,
              {.title = name + "s by clients", .unit = "per second", .steps = clients},
              [](const std::vector<const Cell*>& cells) {
                std::vector<double> values;
                for (const Cell* cell : cells) {
                  values.push_back(cell->per_second());
                }
                return values;
              });
    add_chart(latencies, comparison, operation,
              {.title = name + ", " + (clients.empty() ? "" : clients.back()) + " clients",
               .unit = "ms",
               .steps = {"p50", "p90", "p99", "p99.9", "max"},
               .logarithmic = true},
              [&kQuantiles](const std::vector<const Cell*>& cells) {
                std::vector<double> values;
                for (const double quantile : kQuantiles) {
                  values.push_back(cells.back()->latency_ms(quantile));
                }
                return values;
              });
  }
  charts.insert(charts.end(), latencies.begin(), latencies.end());
  return draw("Three nodes on one machine", charts);
}

}  // namespace confman::bench
