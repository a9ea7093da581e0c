// A node's three stores together, used as a node uses them, through crashes and errors: the node
// starts, its log holds what it reported, its state is that of a position that is not older than
// reported, and the two continue each other.

#include <gtest/gtest.h>
#include <map>

#include "sim/storage/node_storage.hpp"
#include "tests/sim_storage/random_fault.hpp"
#include "tests/sim_storage/truth.hpp"
#include "tests/sqlite/log_script.hpp"
#include "tests/sqlite/state_fill.hpp"

namespace confman::sim {
namespace {

using consensus::Entry;
using consensus::HardState;
using consensus::LogId;
using consensus::LogIndex;
using consensus::PersistRequest;
using consensus::PersistSeq;
using consensus::RestoredLog;
using consensus::Term;

constexpr std::uint64_t kSeeds = 80;
constexpr int kLives = 8;
constexpr int kActionsPerLife = 120;
constexpr std::uint64_t kChangesPerLife = 900;
constexpr std::uint64_t kKeepTrailing = 5;

struct Tally {
  std::map<std::string, int> counts;
  void operator()(const char* what, bool happened = true) { counts[what] += happened ? 1 : 0; }
};

NodeStorage::Options small(bool powersafe_overwrite) {
  NodeStorage::Options options;
  options.log.checkpoint_idle_pages = 4;
  options.log.checkpoint_pages = 12;
  options.state.flush_bytes = 6000;
  options.state.max_bytes = 20'000;
  options.state.checkpoint_pages = 40;
  options.device.powersafe_overwrite = powersafe_overwrite;
  return options;
}

class Lives {
 public:
  Lives(std::uint64_t seed, Truth& truth, Tally& tally)
      : seed_(seed),
        prng_(seed, "node lives"),
        truth_(truth),
        tally_(tally),
        storage_(small(seed % 2 == 0)) {}

  void run() {
    logs_[0] = {};
    for (life_ = 0; life_ < kLives && !testing::Test::HasFatalFailure(); ++life_) {
      if (prng_.chance(1, 4)) die_in_start();
      auto opened = storage_.open();
      ASSERT_TRUE(opened) << where() << opened.error().code << ": " << opened.error().message;
      judge(*opened);
      if (testing::Test::HasFatalFailure()) return;
      log_ = std::move(opened->log);
      live();
    }
  }

 private:
  std::string where() const {
    return "seed " + std::to_string(seed_) + ", life " + std::to_string(life_) + ": ";
  }

  void die() {
    tally_("met an error", storage_.disk().struck() > struck_);
    struck_ = storage_.disk().struck();
    heal(storage_.disk());
    SeededCrash choices(prng_.next());
    if (prng_.chance(1, 3)) {
      storage_.kill();
    } else {
      storage_.cut_power(choices);
    }
  }
  void die_in_start() {
    storage_.disk().stop_after(prng_.below(80));
    if (prng_.chance(1, 3)) arm_random_error(storage_.disk(), prng_, 40);
    const auto opened = storage_.open();
    tally_("died in start", !opened);
    die();
  }

  // --- what is expected

  void judge(const NodeStorage::Opened& found) {
    // The log is that after a request, not before the last one reported.
    auto expected = logs_.find(reported_.value);
    while (expected != logs_.end() && !sqlite::same_log(expected->second, found.log)) ++expected;
    ASSERT_NE(expected, logs_.end())
        << where() << "requests up to " << reported_.value
        << " were reported; the log is that after none from there on: it ends at "
        << found.log.base.index.value + found.log.entries.size() << ", base "
        << found.log.base.index.value;
    tally_("log lost what was not reported", expected->first < logs_.rbegin()->first);
    tally_("log kept what was not reported", expected->first > reported_.value);
    const RestoredLog kept = expected->second;
    logs_.clear();
    logs_[0] = kept;
    reported_ = {};
    seq_ = {};

    const std::uint64_t applied = found.applied.index;
    ASSERT_GE(applied, durable_) << where() << "the state is older than reported";
    ASSERT_LE(applied, newest_) << where() << "the state is newer than any that there was";
    if (applied > 0) {
      const auto meta = storage_.state().get(domain::Table::Meta, domain::keys::kMeta);
      ASSERT_EQ(meta, truth_.meta_at(applied)) << where() << "not the state at " << applied;
      ASSERT_TRUE(sqlite::is_whole(storage_.state())) << where() << "not whole";
    }
    tally_("state lost what was not reported", applied < newest_);
    tally_("state kept what was not reported", applied > durable_);
    durable_ = newest_ = applied_ = applied;
  }

  // --- a life

  std::uint64_t last() const { return log_.base.index.value + log_.entries.size(); }

  void live() {
    durable_log_ = last();
    installing_ = false;
    storage_.disk().stop_after(prng_.below(kChangesPerLife));
    if (prng_.chance(1, 2)) arm_random_error(storage_.disk(), prng_, 60);
    try {
      // As the core does when a snapshot was installed and the log didn't follow.
      if (applied_ > last()) reset_log();
      for (int i = 0; i < kActionsPerLife; ++i) act();
      if (prng_.chance(1, 3)) {
        storage_.close();
        heal(storage_.disk());  // an error that it didn't meet
        tally_("stopped in order");
        durable_ = applied_;
        reported_ = seq_;
        return;
      }
    } catch (const ProcessExit&) {
      tally_("died at work");
      tally_("died while installing", installing_);
    }
    // Its last words count, although this node didn't hear them.
    reported_ = std::max(reported_, storage_.last_persisted().upto);
    durable_ = std::max(durable_, storage_.last_state_durable().index.value);
    die();
  }

  void act() {
    switch (prng_.below(12)) {
      case 0:
      case 1:
      case 2:
        return append();
      case 3:
        return apply();
      case 4:
        return truncate();
      case 5:
        return storage_.state().flush();
      case 6:
        if (!installing_ && prng_.chance(1, 4)) storage_.snapshots().build();
        return;
      case 7:
        return receive_snapshot();
      case 8:
        (void)storage_.run_chore();
        for (std::uint64_t steps = prng_.below(20); steps > 0; --steps) {
          if (!storage_.scrub_on()) tally_("read through");
        }
        return;
      default:
        return work();
    }
  }

  void work() {
    using enum NodeStorage::Job;
    for (const auto job : {Log, State, Snapshots}) {
      if (storage_.has_work(job) && prng_.chance(2, 3)) storage_.run(job);
    }
    if (prng_.chance(1, 3)) return;
    for (const auto& completion : storage_.take_completions()) {
      if (const auto* persisted = std::get_if<NodeStorage::Persisted>(&completion)) {
        reported_ = persisted->upto;
        const RestoredLog& log = logs_.at(reported_.value);
        durable_log_ = log.base.index.value + log.entries.size();
        logs_.erase(logs_.begin(), logs_.find(reported_.value));
      } else if (const auto* durable = std::get_if<NodeStorage::StateDurable>(&completion)) {
        durable_ = std::max(durable_, durable->index.value);
        compact(durable->index.value);
      } else if (const auto* done = std::get_if<NodeStorage::SnapshotInstalled>(&completion)) {
        installing_ = false;
        durable_ = applied_ = newest_ = done->meta.last.index.value;
        tally_("installed");
        reset_log();
      } else if (std::holds_alternative<NodeStorage::SnapshotBuilt>(completion)) {
        tally_("built");
      } else if (std::holds_alternative<NodeStorage::SnapshotRejected>(completion)) {
        FAIL() << where() << "a good snapshot was rejected";
      }
    }
  }

  void persist(PersistRequest request) {
    request.seq = seq_ = seq_.next();
    logs_[seq_.value] = log_;
    storage_.log().persist(std::move(request));
  }
  void append() {
    PersistRequest request;
    if (log_.hard_state.term.value == 0 || prng_.chance(1, 6)) raise_term(request);
    for (std::uint64_t i = 0; i <= prng_.below(6); ++i) {
      log_.entries.push_back({LogIndex{last() + 1}, log_.hard_state.term,
                              consensus::EntryKind::Command,
                              make_payload(Bytes(prng_.below(300), 'p'))});
      request.append.push_back(log_.entries.back());
    }
    persist(std::move(request));
  }
  void raise_term(PersistRequest& request) {
    log_.hard_state = {log_.hard_state.term.next(), consensus::MemberId{1 + prng_.below(3)}};
    request.hard_state = log_.hard_state;
  }
  // Of entries that were not applied: a new leader has others.
  void truncate() {
    if (last() <= std::max(applied_, log_.base.index.value)) return;
    PersistRequest request;
    raise_term(request);
    const std::uint64_t keep = std::max(applied_, log_.base.index.value);
    const std::uint64_t upto = keep + prng_.below(last() - keep);
    log_.entries.resize(upto - log_.base.index.value);
    request.truncate_from = LogIndex{upto + 1};
    durable_log_ = std::min(durable_log_, upto);
    persist(std::move(request));
  }
  void apply() {
    if (installing_) return;
    const std::uint64_t committed = std::min(durable_log_, last());
    while (applied_ < committed && prng_.chance(3, 4)) {
      sqlite::apply_one(storage_.state(), ++applied_);
      newest_ = applied_;
    }
  }
  void compact(std::uint64_t upto) {
    upto = std::min(upto, last());
    if (upto < log_.base.index.value + 1 + kKeepTrailing) return;
    const std::uint64_t drop = upto - kKeepTrailing - log_.base.index.value;
    log_.base = {log_.entries[drop - 1].index, log_.entries[drop - 1].term};
    log_.entries.erase(log_.entries.begin(), log_.entries.begin() + static_cast<long>(drop));
    PersistRequest request;
    request.compact_to = log_.base;
    persist(std::move(request));
    tally_("compacted");
  }
  void reset_log() {
    PersistRequest request;
    if (log_.hard_state.term.value == 0) raise_term(request);
    log_.base = {LogIndex{applied_}, log_.hard_state.term};
    log_.entries.clear();
    request.reset_to = consensus::LogPoint{log_.base, prng_.next()};
    durable_log_ = applied_;
    persist(std::move(request));
  }
  void receive_snapshot() {
    if (installing_ || prng_.chance(4, 5)) return;
    const auto [meta, stream] =
        Truth::snapshot_at(std::max(applied_, last()) + 1 + prng_.below(20));
    const std::uint64_t end = storage_.snapshots().stage(meta, 0, stream);
    if (end != meta.size) return;  // the disk gave up in between
    installing_ = true;
    newest_ = meta.last.index.value;
    storage_.snapshots().install(meta);
  }

  const std::uint64_t seed_;
  Prng prng_;
  Truth& truth_;
  Tally& tally_;
  NodeStorage storage_;
  int life_ = 0;
  std::uint64_t struck_ = 0;

  RestoredLog log_;                            // as the node believes it to be
  std::map<std::uint64_t, RestoredLog> logs_;  // by the number of the request after which it is so
  PersistSeq seq_;
  PersistSeq reported_;
  std::uint64_t durable_log_ = 0;
  std::uint64_t applied_ = 0;
  std::uint64_t durable_ = 0;  // of the state, as reported
  std::uint64_t newest_ = 0;   // that the state ever was, or was about to become
  bool installing_ = false;
};

TEST(NodeCrash, WhatWasReportedIsThereAndTheStoresContinueEachOther) {
  Truth truth;
  Tally tally;
  for (std::uint64_t seed = 1; seed <= kSeeds && !HasFatalFailure(); ++seed) {
    Lives(seed, truth, tally).run();
  }
  for (const char* what :
       {"died in start", "died at work", "died while installing", "stopped in order", "compacted",
        "built", "installed", "log lost what was not reported", "log kept what was not reported",
        "met an error", "state lost what was not reported", "state kept what was not reported",
        "read through"}) {
    EXPECT_GT(tally.counts[what], 0) << what;
  }
}

}  // namespace
}  // namespace confman::sim
