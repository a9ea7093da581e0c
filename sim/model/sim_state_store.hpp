#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "domain/state/memory_store.hpp"
#include "domain/state/store.hpp"

namespace confman::sim {

// Is told that a command has been applied.
class ApplyObserver {
 public:
  virtual ~ApplyObserver() = default;
  // Returns the log index of what was applied; 0 for the state that a node starts with.
  virtual std::uint64_t command_applied() = 0;
};

// The state on a simulated disk. Writes are visible at once; what they replaced is remembered until
// they are durable, so that a crash can go back to any boundary between commands since the last
// flush.
//
// A real store beside it is the one that is asked; this one remembers what is to be expected.
class SimStateStore final : public domain::StateStore {
 public:
  explicit SimStateStore(ApplyObserver& observer) : observer_(observer) {}

  std::optional<Bytes> get(domain::Table table, ByteView key) const override {
    return real_ == nullptr ? rows_.get(table, key) : real_->get(table, key);
  }
  using StateStore::scan;
  void scan(domain::Table table, ByteView from, ByteView to, const Visitor& visit,
            const Passer& pass) const override {
    real_ == nullptr ? rows_.scan(table, from, to, visit, pass)
                     : real_->scan(table, from, to, visit, pass);
  }
  void scan_backwards(domain::Table table, ByteView from, ByteView to,
                      const Visitor& visit) const override {
    real_ == nullptr ? rows_.scan_backwards(table, from, to, visit)
                     : real_->scan_backwards(table, from, to, visit);
  }
  void put(domain::Table table, ByteView key, ByteView value) override;
  void erase(domain::Table table, ByteView key) override;
  void command_applied() override;

  // Makes durable what was applied up to this log index.
  void flush(std::uint64_t upto);
  // Loses what was applied behind this log index.
  void crash(std::uint64_t survivor);
  // A snapshot was installed: atomic and durable.
  void replace(domain::MemoryStateStore rows);
  bool all_durable() const { return commands_.empty(); }

  // --- with a real store
  // A start has found it as of this log index. Says what shouldn't be so, and from now on asks it.
  // `hurt`: its disk was damaged, or another one may have been installed: then it is what it is.
  std::string attach(domain::StateStore& real, std::uint64_t index, bool hurt);
  // The process has ended.
  void detach();
  // A snapshot was installed in the real one.
  void copy_real();
  // Between commands: what shouldn't be so.
  std::string compare() const;

 private:
  struct Undo {
    domain::Table table{};
    Bytes key;
    std::optional<Bytes> value;  // what was there before
  };
  struct Command {
    std::uint64_t index{};
    std::vector<Undo> undo;
  };

  void roll_back(std::vector<Undo>& undo);

  ApplyObserver& observer_;
  domain::StateStore* real_ = nullptr;  // while there is a process
  domain::MemoryStateStore rows_;
  std::vector<Undo> open_;        // of the command being applied
  std::deque<Command> commands_;  // those that aren't durable
};

}  // namespace confman::sim
