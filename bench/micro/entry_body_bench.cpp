#include <benchmark/benchmark.h>
#include <string>

#include "adapters/api/resources/entry_body.hpp"

// What an I/O thread pays for the body of a PUT: a JSON value as it is, and in an envelope.
namespace confman::api {
namespace {

std::string json_value(std::int64_t items) {
  std::string text = "[";
  for (std::int64_t i = 0; i < items; ++i) {
    text += R"({"name":"service","port":8080,"tags":["a","b"],"ratio":0.25},)";
  }
  text.back() = ']';
  return text;
}

void read_body(benchmark::State& bench, std::string_view content_type, const std::string& body) {
  for (auto _ : bench) {
    const auto read = read_entry_body(content_type, std::string(body), nullptr);
    if (!read) return bench.SkipWithError("refused");
    benchmark::DoNotOptimize(read);
  }
  bench.SetBytesProcessed(bench.iterations() * static_cast<std::int64_t>(body.size()));
}

void read_bare_json(benchmark::State& bench) {
  read_body(bench, "application/json", json_value(bench.range(0)));
}
BENCHMARK(read_bare_json)->ArgName("items")->Arg(4)->Arg(1000);

void read_enveloped_json(benchmark::State& bench) {
  read_body(bench, "application/vnd.confman.entry+json",
            R"({"value":)" + json_value(bench.range(0)) +
                R"(,"labels":{"env":"prod","team":"a"},"description":"What it is for"})");
}
BENCHMARK(read_enveloped_json)->ArgName("items")->Arg(4)->Arg(1000);

void read_enveloped_text(benchmark::State& bench) {
  read_body(bench, "application/vnd.confman.entry+json",
            R"({"contentType":"text/plain","value":")" +
                std::string(static_cast<std::size_t>(bench.range(0)), 'x') + R"("})");
}
BENCHMARK(read_enveloped_text)->ArgName("bytes")->Arg(256)->Arg(64 * 1024);

}  // namespace
}  // namespace confman::api
