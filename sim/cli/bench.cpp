#include "sim/bench/bench.hpp"

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <iostream>

#include "domain/json/writer.hpp"
#include "sim/cli/commands.hpp"
#include "sim/run/build_id.hpp"
#include "sim/run/exit_code.hpp"

namespace confman::sim {
namespace {

void print_table(const std::vector<Row>& rows) {
  std::printf("%-22s %12s %12s  %-12s %6s\n", "", "measured", "goal", "", "ratio");
  for (const Row& row : rows) {
    std::printf("%-22s %12.0f %12.0f  %-12s %6.2f\n", row.what.c_str(), row.measured, row.goal,
                row.unit.c_str(), row.ratio());
  }
  for (const Row& row : rows) std::printf("\n%s: %s", row.what.c_str(), row.mix.c_str());
  std::printf("\n");
}

void print_json(const std::vector<Row>& rows) {
  std::string text;
  json::Writer out(text);
  out.begin_object().member("build", build_id()).key("rows").begin_array();
  for (const Row& row : rows) {
    out.begin_object().member("what", row.what).member("mix", row.mix);
    out.member("measured", row.measured).member("goal", row.goal).member("unit", row.unit);
    out.end_object();
  }
  out.end_array().end_object();
  std::cout << text << "\n";
}

}  // namespace

int run(const BenchCommand& command) {
  // Processor time: other programs must not change what is measured.
  const std::vector<Row> rows =
      bench(command.seconds, [] { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; });
  command.json ? print_json(rows) : print_table(rows);
  const bool reached =
      std::all_of(rows.begin(), rows.end(), [](const Row& row) { return row.ratio() >= 1; });
  return reached ? kExitGood : kExitMissed;
}

}  // namespace confman::sim
