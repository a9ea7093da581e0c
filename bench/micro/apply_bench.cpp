#include <benchmark/benchmark.h>
#include <string>

#include "domain/apply/apply.hpp"
#include "domain/base/hash.hpp"
#include "domain/command/command.hpp"
#include "domain/json/check.hpp"
#include "domain/state/memory_store.hpp"

// What each replica pays for one committed write, without its store: the budget is 8 µs for a value
// of 256 bytes.
namespace confman::domain {
namespace {

constexpr std::uint64_t kKeys = 10'000;

Command put_command(std::uint64_t n, std::size_t value_bytes, bool with_idempotency_key) {
  PutEntry body;
  body.path = "/teams";
  body.key = "key" + std::to_string(n % kKeys);
  body.content_type = "application/json";
  body.value = Bytes(value_bytes, 'x');
  Command command;
  command.stamp = {static_cast<std::int64_t>(1000 + n), 0};
  command.actor = {ActorType::User, "alice@example.com", "192.0.2.1"};
  command.request_id = "req-123456";
  if (with_idempotency_key) command.idempotency_key = "key-" + std::to_string(n);
  command.body = std::move(body);
  return command;
}

void apply_put(benchmark::State& bench) {
  MemoryStateStore store;
  initialise(store);
  PutNamespace teams;
  teams.path = "/teams";
  Command create = put_command(0, 0, false);
  create.body = teams;
  apply(store, {1, 1}, create);
  std::uint64_t index = 1;
  for (auto _ : bench) {
    bench.PauseTiming();
    const auto size = static_cast<std::size_t>(bench.range(0));
    const Bytes entry = encode(put_command(index, size, bench.range(1) != 0));
    bench.ResumeTiming();
    const auto command = decode_command(entry);
    benchmark::DoNotOptimize(apply(store, {1, ++index}, *command));
  }
}
BENCHMARK(apply_put)
    ->ArgNames({"bytes", "keyed"})
    ->ArgsProduct({{256, 4096}, {0, 1}})
    ->Iterations(20'000);

void hash_sha256(benchmark::State& bench) {
  const Bytes bytes(static_cast<std::size_t>(bench.range(0)), 'x');
  for (auto _ : bench) benchmark::DoNotOptimize(sha256(bytes));
  bench.SetBytesProcessed(bench.iterations() * bench.range(0));
}
BENCHMARK(hash_sha256)->Arg(256)->Arg(64 * 1024);

void hash_crc32c(benchmark::State& bench) {
  const Bytes bytes(static_cast<std::size_t>(bench.range(0)), 'x');
  for (auto _ : bench) benchmark::DoNotOptimize(crc32c(bytes));
  bench.SetBytesProcessed(bench.iterations() * bench.range(0));
}
BENCHMARK(hash_crc32c)->Arg(256)->Arg(64 * 1024);

void json_check(benchmark::State& bench) {
  std::string text = "[";
  for (int i = 0; i < bench.range(0); ++i) {
    text += R"({"name":"service","port":8080,"tags":["a","b"],"ratio":0.25},)";
  }
  text.back() = ']';
  for (auto _ : bench) benchmark::DoNotOptimize(json::check_json(text));
  bench.SetBytesProcessed(bench.iterations() * static_cast<std::int64_t>(text.size()));
}
BENCHMARK(json_check)->Arg(4)->Arg(1000);

}  // namespace
}  // namespace confman::domain
