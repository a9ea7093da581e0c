#include "sim/sim_state_store.hpp"

#include <utility>

namespace confman::sim {

using domain::Table;

void SimStateStore::put(Table table, ByteView key, ByteView value) {
  open_.push_back({table, Bytes(key), rows_.exchange(table, key, value)});
}

void SimStateStore::erase(Table table, ByteView key) {
  open_.push_back({table, Bytes(key), rows_.get(table, key)});
  rows_.erase(table, key);
}

void SimStateStore::command_applied() {
  const std::uint64_t index = observer_.command_applied();
  commands_.push_back({index, std::exchange(open_, {})});
}

void SimStateStore::flush(std::uint64_t upto) {
  while (!commands_.empty() && commands_.front().index <= upto) commands_.pop_front();
}

void SimStateStore::crash(std::uint64_t survivor) {
  roll_back(open_);
  while (!commands_.empty() && commands_.back().index > survivor) {
    roll_back(commands_.back().undo);
    commands_.pop_back();
  }
  commands_.clear();
}

void SimStateStore::replace(domain::MemoryStateStore rows) {
  rows_ = std::move(rows);
  open_.clear();
  commands_.clear();
}

void SimStateStore::roll_back(std::vector<Undo>& undo) {
  for (auto step = undo.rbegin(); step != undo.rend(); ++step) {
    if (step->value) {
      rows_.put(step->table, step->key, *step->value);
    } else {
      rows_.erase(step->table, step->key);
    }
  }
  undo.clear();
}

}  // namespace confman::sim
