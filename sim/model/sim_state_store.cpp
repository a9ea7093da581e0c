#include "sim/model/sim_state_store.hpp"

#include <utility>

#include "domain/catalogue.hpp"
#include "domain/state/meta.hpp"
#include "sim/oracle/storage_agrees.hpp"

namespace confman::sim {

using domain::Table;

void SimStateStore::put(Table table, ByteView key, ByteView value) {
  if (real_ != nullptr) real_->put(table, key, value);
  open_.push_back({table, Bytes(key), rows_.exchange(table, key, value)});
}

void SimStateStore::erase(Table table, ByteView key) {
  if (real_ != nullptr) real_->erase(table, key);
  open_.push_back({table, Bytes(key), rows_.get(table, key)});
  rows_.erase(table, key);
}

void SimStateStore::command_applied() {
  if (real_ != nullptr) real_->command_applied();
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

std::string SimStateStore::attach(domain::StateStore& real, std::uint64_t index, bool hurt) {
  real_ = &real;
  const bool empty = !real.get(Table::Meta, domain::keys::kMeta);
  while (!commands_.empty() && (empty || commands_.back().index > index)) {
    roll_back(commands_.back().undo);
    commands_.pop_back();
  }
  commands_.clear();
  const std::string wrong = compare();
  if (wrong.empty() || !hurt) return wrong;
  copy_real();
  return {};
}

void SimStateStore::detach() {
  real_ = nullptr;
  roll_back(open_);
}

void SimStateStore::copy_real() {
  domain::MemoryStateStore rows;
  for (std::size_t i = 0; i < domain::kTableCount; ++i) {
    const auto table = static_cast<Table>(i);
    real_->scan(table, {}, {}, [&](ByteView key, ByteView value) {
      rows.put(table, key, value);
      return true;
    });
  }
  replace(std::move(rows));
}

std::string SimStateStore::compare() const {
  return real_ == nullptr ? std::string() : difference(rows_, *real_);
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
