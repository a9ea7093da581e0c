// Whole simulated clusters on production's stores.

#include <gtest/gtest.h>

#include "sim/run/recording.hpp"
#include "sim/run/run.hpp"
#include "sim/run/runner.hpp"
#include "sim/storage/sqlite_storage.hpp"
#include "tests/sim/lone_node.hpp"

namespace confman::sim {
namespace {

class Cluster : public testing::TestWithParam<Profile> {
 protected:
  static void SetUpTestSuite() { catch_assertions(); }
  void SetUp() override { use_real_storage(make_sqlite_storage); }

  static RunResult run(std::uint64_t seed, Profile profile, Recording* recording = nullptr) {
    return run_seed(seed, profile, recording, StorageKind::Sqlite);
  }
};

TEST_P(Cluster, SeedsPass) {
  const auto expect_good = [](const RunResult& result) {
    EXPECT_FALSE(result.failure) << "seed " << result.seed << ": " << result.failure->oracle << ": "
                                 << result.failure->sentence;
  };
  run_seeds({1, 12}, GetParam(), 2, expect_good, {.storage = StorageKind::Sqlite});
}

INSTANTIATE_TEST_SUITE_P(Profiles, Cluster,
                         testing::Values(Profile::Default, Profile::Calm, Profile::Disk,
                                         Profile::Snapshot, Profile::Members, Profile::Damage,
                                         Profile::Beyond),
                         [](const auto& profile) { return std::string(name_of(profile.param)); });

TEST_F(Cluster, ASeedIsARun) {
  for (const Profile profile : {Profile::Disk, Profile::Damage}) {
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
      EXPECT_EQ(run(seed, profile).hash, run(seed, profile).hash) << seed;
    }
  }
}

TEST_F(Cluster, ARecordingSaysOnWhatItRan) {
  Recording recording;
  run(5, Profile::Damage, &recording);
  const auto parsed = parse_recording(to_text(recording));
  ASSERT_TRUE(parsed) << parsed.error();
  EXPECT_NE(parsed->config.sqlite, 0);
  EXPECT_TRUE(reproduces(*parsed, replay(*parsed)));
}

// Stores that do what is asked of them, but for one thing.
class Faulty : public RealStorage {
 public:
  explicit Faulty(const StorageOwner& owner) : whole_(make_sqlite_storage(owner)) {}

  std::expected<Started, std::string> start(std::uint64_t seed) override {
    return whole_->start(seed);
  }
  domain::StateStore& state() override { return whole_->state(); }
  consensus::SnapshotStore& snapshots() override { return whole_->snapshots(); }
  void write(const Batch& batch) override { whole_->write(batch); }
  std::uint64_t flush(bool paused) override { return whole_->flush(paused); }
  std::optional<consensus::SnapshotMeta> build(bool fails) override { return whole_->build(fails); }
  bool install(bool damaged) override { return whole_->install(damaged); }
  void end(const End& how) override { whole_->end(how); }
  void damage_record(std::uint64_t chain, Scar scar, std::uint64_t seed) override {
    whole_->damage_record(chain, scar, seed);
  }
  void damage_head(std::uint64_t slot) override { whole_->damage_head(slot); }
  void damage_state(std::uint64_t seed) override { whole_->damage_state(seed); }
  void undo_damage() override { whole_->undo_damage(); }
  std::expected<consensus::RestoredLog, std::string> look() override { return whole_->look(); }

 protected:
  std::unique_ptr<RealStorage> whole_;
};

template <class Storage>
std::unique_ptr<RealStorage> make(const StorageOwner& owner) {
  return std::make_unique<Storage>(owner);
}

// Before or after an assertion of the node finds it in others.
bool is_found(RealStorageMaker maker) {
  use_real_storage(maker);
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const RunResult result = run_seed(seed, Profile::Disk, nullptr, StorageKind::Sqlite);
    if (result.failure && result.failure->oracle == "storage-agrees") return true;
  }
  return false;
}

class ForgetsAVote final : public Faulty {
 public:
  using Faulty::Faulty;
  std::expected<Started, std::string> start(std::uint64_t seed) override {
    auto started = Faulty::start(seed);
    if (started) started->log.hard_state.voted_for.reset();
    return started;
  }
};

class WritesTooLate final : public Faulty {
 public:
  using Faulty::Faulty;
  void write(const Batch& batch) override {
    if (!late_.empty()) Faulty::write(late_);
    late_ = batch;
  }
  void end(const End& how) override {
    late_.clear();
    Faulty::end(how);
  }

 private:
  Batch late_;
};

class ForgetsTheLastEntry final : public Faulty {
 public:
  using Faulty::Faulty;
  std::expected<Started, std::string> start(std::uint64_t seed) override {
    auto started = Faulty::start(seed);
    if (started && started->log.entries.size() > 3) started->log.entries.pop_back();
    return started;
  }
};

class CountsDeadHeads final : public Faulty {
 public:
  using Faulty::Faulty;
  void damage_head(std::uint64_t slot) override {
    ++count;
    Faulty::damage_head(slot);
  }
  static inline int count = 0;
};

// Damage waits for the end of the process. What the process has written anew by then is whole, and
// the budget may have been spent on others.
TEST_F(Cluster, DamageThatWasWrittenOverIsGone) {
  use_real_storage(make<CountsDeadHeads>);
  CountsDeadHeads::count = 0;
  LoneNode lone(StorageKind::Sqlite);
  lone.happens(EventKind::Restart);
  lone.happens(EventKind::KillHead);
  // Its vote and its first entry: both places of the head are written.
  ASSERT_TRUE(lone.runs_until([&] { return lone.world().committed() > 0; }));
  ASSERT_EQ(lone.world().leader(), 0);
  lone.happens(EventKind::Crash);
  EXPECT_EQ(CountsDeadHeads::count, 0);
  lone.happens(EventKind::KillHead);
  EXPECT_EQ(CountsDeadHeads::count, 1);
}

TEST_F(Cluster, FaultyStoresAreFound) {
  EXPECT_TRUE(is_found(make<ForgetsAVote>));
  EXPECT_TRUE(is_found(make<WritesTooLate>));
  EXPECT_TRUE(is_found(make<ForgetsTheLastEntry>));
}

}  // namespace
}  // namespace confman::sim
