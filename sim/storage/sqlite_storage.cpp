#include "sim/storage/sqlite_storage.hpp"

#include <utility>

#include "adapters/sqlite/log/head.hpp"
#include "domain/base/assert.hpp"
#include "domain/base/hash.hpp"
#include "sim/seed/prng.hpp"
#include "sim/storage/log_scars.hpp"
#include "sim/storage/node_storage.hpp"

namespace confman::sim {
namespace {

using Job = NodeStorage::Job;

// Calls that change something: about as many as a job makes at most.
constexpr std::uint64_t kChangesOfABatch = 16;
constexpr std::uint64_t kChangesOfAFlush = 50;
constexpr std::uint64_t kChangesOfASnapshot = 60;
constexpr std::uint64_t kChangesOfAStart = 80;
// One in so many batches is followed by a chore of the idle log.
constexpr std::uint64_t kBatchesPerChore = 4;

// Every disk has bounds of its own, so that everything happens to some.
NodeStorage::Options options_for(const StorageOwner& owner) {
  Prng prng(owner.incarnation, "storage options");
  NodeStorage::Options options;
  options.node = "node" + std::to_string(owner.node + 1);
  options.self = consensus::MemberId{static_cast<std::uint64_t>(owner.node) + 1};
  options.incarnation_if_new = owner.incarnation;
  options.log.checkpoint_idle_pages = prng.one_of({4, 16, 64});
  options.log.checkpoint_pages = prng.one_of({8, 64, 256});
  options.state.flush_bytes = prng.one_of<std::size_t>({4, 64, 1024}) * 1024;
  options.state.checkpoint_pages = prng.one_of({10, 100, 1000});
  options.state.scrub.rows_per_step = prng.one_of<std::size_t>({1, 8, 64});
  options.state.read_cache_kib = options.state.write_cache_kib = prng.one_of({64, 1024});
  return options;
}

std::string text_of(const NodeStorage::Refused& refused) {
  return refused.code + ": " + refused.message;
}

class SqliteStorage final : public RealStorage {
 public:
  explicit SqliteStorage(const StorageOwner& owner)
      : options_(options_for(owner)), storage_(options_) {
    if (owner.founders) begin_with(*owner.founders);
  }

  // --- a process

  std::expected<Started, std::string> start(std::uint64_t seed) override {
    Prng prng(seed, "start of a process");
    if (prng.chance(1, 5)) {
      storage_.disk().stop_after(prng.below(kChangesOfAStart));
      (void)storage_.open();
      end_somehow(prng);
    }
    auto opened = open();
    if (!opened) return std::unexpected(text_of(opened.error()));
    older_log_ = storage_.disk().medium("/data/log.db").value_or("");
    built_.reset();
    installed_.reset();
    return Started{opened->starts, std::move(opened->log)};
  }
  domain::StateStore& state() override { return storage_.state(); }
  consensus::SnapshotStore& snapshots() override { return storage_.snapshots(); }

  // --- its slow work

  void write(const Batch& batch) override {
    for (const auto& request : batch) storage_.log().persist(request);
    run(Job::Log);
    if (++batches_ % kBatchesPerChore == 0) storage_.run_chore();
    storage_.scrub_on();
  }

  std::uint64_t flush(bool paused) override {
    run(Job::State);
    const std::uint64_t durable = storage_.last_state_durable().index.value;
    if (paused) return durable;
    collect();
    storage_.state().flush();
    older_log_ = storage_.disk().medium("/data/log.db").value_or("");
    return durable;
  }

  std::optional<consensus::SnapshotMeta> build(bool fails) override {
    if (fails) {
      storage_.disk().arm({.kind = IoFault::Kind::WriteError,
                           .file = "/data/snapshots/building.snap.tmp",
                           .error = ENOSPC});
    }
    run(Job::Snapshots);
    storage_.disk().disarm();
    collect();
    CONFMAN_ASSERT(built_, "A snapshot that was asked for is built, or not.");
    return *std::exchange(built_, std::nullopt);
  }

  bool install(bool damaged) override {
    if (damaged) {
      storage_.disk().arm({.kind = IoFault::Kind::MisdirectedRead,
                           .file = "/data/snapshots/staged",
                           .elsewhere = 1});
    }
    run(Job::Snapshots);
    storage_.disk().disarm();
    collect();
    CONFMAN_ASSERT(installed_, "A snapshot that was staged is installed, or not.");
    return *std::exchange(installed_, std::nullopt);
  }

  // --- its end

  void end(const End& how) override {
    Prng prng(how.seed, "end of a process");
    if (!how.exited) {
      try {
        if (how.in_order) return storage_.close();
        do_a_part(how, prng);
      } catch (const ProcessExit&) {
        // The process ends in the middle of it.
      }
    }
    end_somehow(prng);
  }

  // --- damage

  void damage_record(std::uint64_t chain, Scar scar, std::uint64_t seed) override {
    Prng prng(seed, "damage");
    undo_.clear();
    // What it would make of unsynced writes to what is damaged look() can't foretell.
    cut_power(prng);
    const auto wound = wound_record(storage_.disk(), chain, scar, older_log_, prng);
    if (wound) inflict(*wound);
  }

  void damage_head(std::uint64_t slot) override {
    undo_.clear();
    const ByteView head = storage_.disk().medium("/data/log.head").value_or(ByteView{});
    if (head.size() < (slot + 1) * sqlite::kHeadSlotBytes) return;
    inflict(
        {"/data/log.head", slot * sqlite::kHeadSlotBytes, Bytes(sqlite::kHeadSlotBytes, '\x55')});
  }

  void damage_state(std::uint64_t seed) override {
    Prng prng(seed, "damage to a state");
    undo_.clear();
    state_hurt_ = true;
    SimFileSystem& disk = storage_.disk();
    const std::string file = prng.chance(1, 3) ? "/data/state.db-wal" : "/data/state.db";
    const auto content = disk.medium(file);
    if (!content) return;
    const std::uint64_t size = content->size();
    switch (size < 4096 ? 0 : prng.below(4)) {
      case 0:
        return disk.lose_file(file);
      case 1:
        return disk.cut_file(file, prng.below(size));
      case 2: {
        const std::uint64_t page = prng.below(size / 4096);
        return disk.overwrite(file, page * 4096, Bytes(4096, prng.chance(1, 2) ? '\0' : '\xff'));
      }
      default:
        return disk.flip_bit(file, prng.below(size), static_cast<int>(prng.below(8)));
    }
  }

  void undo_damage() override {
    for (const Wound& wound : std::exchange(undo_, {})) inflict(wound);
    undo_.clear();
  }

  std::expected<consensus::RestoredLog, std::string> look() override {
    NodeStorage copy(options_);
    copy.put_back(storage_.image());
    auto opened = copy.open();
    if (!opened) return std::unexpected(text_of(opened.error()));
    return std::move(opened->log);
  }

 private:
  // A damaged state is read through before it is used: until then nothing is promised that an
  // oracle could hold it to (docs/faults.md). Any other one beside everything else.
  std::expected<NodeStorage::Opened, NodeStorage::Refused> open() {
    auto opened = storage_.open();
    if (!opened || !state_hurt_) return opened;
    try {
      while (storage_.scrub_on()) {
      }
    } catch (const ProcessExit&) {
      storage_.kill();
      opened = storage_.open();
    }
    state_hurt_ = false;
    return opened;
  }

  void end_somehow(Prng& prng) {
    if (prng.chance(1, 4)) return storage_.kill();
    cut_power(prng);
  }

  void cut_power(Prng& prng) {
    SeededCrash choices(prng.next());
    storage_.cut_power(choices);
  }

  void begin_with(const consensus::FounderRecord& founders) {
    const auto opened = storage_.open();
    CONFMAN_ASSERT(opened, "An empty disk can be used.");
    consensus::PersistRequest request;
    request.seq = consensus::PersistSeq{1};
    request.founders = founders;
    storage_.log().persist(std::move(request));
    run(Job::Log);
    storage_.close();
  }

  void run(Job job) {
    while (storage_.has_work(job)) storage_.run(job);
  }

  void collect() {
    for (auto& completion : storage_.take_completions()) {
      if (auto* built = std::get_if<NodeStorage::SnapshotBuilt>(&completion)) {
        built_ = std::move(built->meta);
      } else if (std::holds_alternative<NodeStorage::SnapshotFailed>(completion)) {
        built_.emplace();
      } else if (std::holds_alternative<NodeStorage::SnapshotInstalled>(completion)) {
        installed_ = true;
      } else if (std::holds_alternative<NodeStorage::SnapshotRejected>(completion)) {
        installed_ = false;
      }
    }
  }

  // Does what the process was at when it ended, up to some call that would have changed the disk.
  void do_a_part(const End& how, Prng& prng) {
    const bool writes = !how.writing.empty() && prng.chance(3, 4);
    if (writes) {
      for (const auto& request : how.writing) storage_.log().persist(request);
      storage_.disk().stop_after(prng.below(kChangesOfABatch));
      return run(Job::Log);
    }
    if (storage_.has_work(Job::Snapshots) && prng.chance(1, 2)) {
      storage_.disk().stop_after(prng.below(kChangesOfASnapshot));
      run(Job::Snapshots);
      return collect();
    }
    if (prng.chance(1, 2)) {
      storage_.disk().stop_after(prng.below(kChangesOfAFlush));
      (void)flush(false);
      run(Job::State);
    }
  }

  void inflict(const Wound& wound) {
    const ByteView now = *storage_.disk().medium(wound.file);
    undo_.push_back(
        {wound.file, wound.offset, Bytes(now.substr(wound.offset, wound.bytes.size()))});
    storage_.disk().overwrite(wound.file, wound.offset, wound.bytes);
  }

  const NodeStorage::Options options_;
  NodeStorage storage_;
  std::uint64_t batches_ = 0;
  std::optional<std::optional<consensus::SnapshotMeta>> built_;
  std::optional<bool> installed_;
  Bytes older_log_;
  std::vector<Wound> undo_;
  bool state_hurt_ = false;
};

}  // namespace

std::unique_ptr<RealStorage> make_sqlite_storage(const StorageOwner& owner) {
  return std::make_unique<SqliteStorage>(owner);
}

}  // namespace confman::sim
