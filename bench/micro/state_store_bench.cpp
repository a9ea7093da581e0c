#include <benchmark/benchmark.h>
#include <filesystem>
#include <string>

#include "adapters/sqlite/state/store.hpp"
#include "domain/apply/apply.hpp"
#include "domain/command/command.hpp"
#include "domain/limits.hpp"

// What a replica pays for one committed write on the real state store: apply, overlay, and its
// share of the flushes. Keys are drawn from 100,000 at random, as in the load of
// docs/performance.md.
namespace confman::sqlite {
namespace {

constexpr std::uint64_t kKeys = 100'000;
// More than the outcomes that are remembered, so that with idempotency keys half of the commands
// remove one.
constexpr std::uint64_t kCommands = 200'000;
static_assert(kCommands >= 2 * domain::kMaxOutcomes);

domain::Command put_command(std::uint64_t n, bool keyed = false) {
  const std::uint64_t drawn = (n * 0x9e3779b97f4a7c15) >> 40;
  domain::PutEntry body;
  body.path = "/bench";
  body.key = "k" + std::to_string(drawn % kKeys);
  body.content_type = "text/plain";
  body.value = Bytes(256, static_cast<char>('a' + n % 26));
  domain::Command command;
  command.stamp = {static_cast<std::int64_t>(1000 + n), 0};
  command.actor = {domain::ActorType::Anonymous, "anonymous", "127.0.0.1"};
  command.request_id = "req-123456";
  if (keyed) command.idempotency_key = "key-" + std::to_string(n);
  command.body = std::move(body);
  return command;
}

void apply_and_flush(benchmark::State& bench) {
  const std::filesystem::path folder = std::filesystem::current_path() / "bench-state-store";
  std::filesystem::remove_all(folder);
  {
    auto dir = DataDir::open({folder, "bench", "node1", consensus::GroupId{0}, 1});
    if (!dir) return bench.SkipWithError(dir.error().message.c_str());
    StateDatabase::Options options;
    options.flush_bytes = static_cast<std::size_t>(bench.range(0)) << 20;
    auto store = StateDatabase::open(*dir, options, [](consensus::LogIndex) {});
    if (!store) return bench.SkipWithError(store.error().message.c_str());
    domain::initialise(**store);
    domain::Command create = put_command(0);
    create.body = domain::PutNamespace{.path = "/bench"};
    domain::apply(**store, {1, 1}, create);
    std::uint64_t index = 1;
    for (auto _ : bench) {
      const Bytes entry = domain::encode(put_command(index, bench.range(1) != 0));
      benchmark::DoNotOptimize(
          domain::apply(**store, {1, ++index}, *domain::decode_command(entry)));
    }
    (*store)->flush_and_wait();
  }
  std::filesystem::remove_all(folder);
}
BENCHMARK(apply_and_flush)
    ->ArgNames({"flush_mib", "keyed"})
    ->ArgsProduct({{8, 16, 32}, {0, 1}})
    ->Iterations(kCommands)
    ->MeasureProcessCPUTime()
    ->Unit(benchmark::kMicrosecond);

// What a read of a random key costs that is in state.db and in no generation.
void get_random_key(benchmark::State& bench) {
  const std::filesystem::path folder = std::filesystem::current_path() / "bench-state-store";
  std::filesystem::remove_all(folder);
  {
    auto dir = DataDir::open({folder, "bench", "node1", consensus::GroupId{0}, 1});
    if (!dir) return bench.SkipWithError(dir.error().message.c_str());
    auto store = StateDatabase::open(*dir, {}, [](consensus::LogIndex) {});
    if (!store) return bench.SkipWithError(store.error().message.c_str());
    domain::initialise(**store);
    domain::Command create = put_command(0);
    create.body = domain::PutNamespace{.path = "/bench"};
    domain::apply(**store, {1, 1}, create);
    for (std::uint64_t index = 2; index <= kCommands; ++index) {
      domain::apply(**store, {1, index}, put_command(index));
    }
    (*store)->flush_and_wait();
    std::uint64_t n = 0;
    for (auto _ : bench) {
      const auto command = put_command(++n % kCommands);
      const auto& put = std::get<domain::PutEntry>(command.body);
      benchmark::DoNotOptimize(
          (*store)->get(domain::Table::Entry, domain::keys::of_entry(put.path, put.key)));
    }
  }
  std::filesystem::remove_all(folder);
}
BENCHMARK(get_random_key)->Iterations(kCommands);

}  // namespace
}  // namespace confman::sqlite
