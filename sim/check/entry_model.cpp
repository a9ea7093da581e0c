#include "sim/check/entry_model.hpp"

#include <algorithm>
#include <map>

namespace confman::sim {

namespace {

constexpr std::uint64_t kUnread = UINT64_MAX;

bool found(const EntryOperation& op) {
  return op.action.kind == EntryAction::Kind::Read && !op.unknown() && op.action.version != 0;
}

std::string version_name(std::uint64_t version) {
  return version == kVersionNotTold ? "an untold version" : "version " + std::to_string(version);
}

std::string value_name(std::uint64_t value) {
  return value == kUnread ? "a value nobody read" : "value " + std::to_string(value);
}

}  // namespace

EntryModel::EntryModel(std::vector<EntryOperation>& operations) {
  adopt_proven_puts(operations);
  merge_unread_values(operations);
  std::uint64_t newest = 0;
  for (const EntryOperation& op : operations) {
    const Action& action = op.action;
    if (!op.unknown() && action.version != kVersionNotTold) {
      newest = std::max(newest, action.version);
    }
    newest = std::max(newest, action.precondition.version);
    if (action.kind == Action::Kind::Read || (!op.unknown() && action.refused)) {
      continue;
    }
    ++possible_writes_;
    if (!op.unknown() && action.version != kVersionNotTold) {
      taken_.push_back(action.version);
    }
  }
  // No version can be greater than the number of writes, whatever an answer or a client claims.
  beyond_ = std::min(newest, possible_writes_) + 1;
  std::ranges::sort(taken_);
}

void EntryModel::merge_unread_values(std::vector<EntryOperation>& operations) const {
  std::vector<std::uint64_t> read;
  for (const EntryOperation& op : operations) {
    if (found(op)) {
      read.push_back(op.action.value);
    }
  }
  std::ranges::sort(read);
  for (EntryOperation& op : operations) {
    if (op.action.kind == Action::Kind::Delete) {
      op.action.value = 0;
    } else if (op.action.kind == Action::Kind::Put &&
               !std::ranges::binary_search(read, op.action.value)) {
      op.action.value = kUnread;
    }
  }
}

void EntryModel::adopt_proven_puts(std::vector<EntryOperation>& operations) const {
  struct Reads {
    std::uint64_t version;
    Moment first_return;
    bool agree;
  };
  std::map<std::uint64_t, Reads> reads_of;
  std::map<std::uint64_t, int> writers_of;
  for (const EntryOperation& op : operations) {
    const Action& action = op.action;
    if (found(op)) {
      const auto [at, is_new] =
          reads_of.try_emplace(action.value, Reads{action.version, op.returned, true});
      at->second.first_return = std::min(at->second.first_return, op.returned);
      at->second.agree &= at->second.version == action.version;
    } else if (action.kind == Action::Kind::Put && (op.unknown() || !action.refused)) {
      ++writers_of[action.value];
    }
  }
  for (EntryOperation& op : operations) {
    if (op.action.kind != Action::Kind::Put || !op.unknown()) {
      continue;
    }
    const auto reads = reads_of.find(op.action.value);
    if (reads == reads_of.end() || !reads->second.agree || writers_of[op.action.value] != 1) {
      continue;
    }
    op.action.version = reads->second.version;
    op.action.refused = false;
    // A read that ended before the put began stays unexplained, as it must.
    op.returned = std::max(op.called, reads->second.first_return);
  }
}

bool EntryModel::holds(const State& state, const Action& action) const {
  if (action.kind == Action::Kind::Delete && !state.live) {
    return false;
  }
  switch (action.precondition.kind) {
    case Precondition::Kind::None:
      return true;
    case Precondition::Kind::IfVersion:
      return state.live && state.counter == action.precondition.version;
    case Precondition::Kind::IfAbsent:
      return !state.live;
    case Precondition::Kind::IfExists:
      return state.live;
  }
  return false;
}

EntryModel::State EntryModel::written(const State& state, const Action& action) const {
  const bool live = action.kind == Action::Kind::Put;
  return {std::min(state.counter + 1, beyond_), live ? action.value : 0, live};
}

std::optional<EntryModel::State> EntryModel::step(const State& state, const Action& action) const {
  const std::uint64_t live_version = state.live ? state.counter : 0;
  if (action.kind == Action::Kind::Read) {
    const bool same =
        action.version == live_version && (live_version == 0 || action.value == state.value);
    return same ? std::optional(state) : std::nullopt;
  }
  if (holds(state, action) == action.refused) {
    return std::nullopt;
  }
  const State after = action.refused ? state : written(state, action);
  const std::uint64_t seen = action.refused ? live_version : after.counter;
  const bool told = action.version != kVersionNotTold;
  return !told || action.version == seen ? std::optional(after) : std::nullopt;
}

std::optional<EntryModel::State> EntryModel::attempt(const State& state,
                                                     const Action& action) const {
  if (action.kind == Action::Kind::Read || !holds(state, action)) {
    return std::nullopt;
  }
  return written(state, action);
}

bool EntryModel::may_help(const State& state) const {
  return state.counter <= possible_writes_ && !std::ranges::binary_search(taken_, state.counter);
}

bool EntryModel::replaces(const Action& b, const Action& a) const {
  if (a.kind != b.kind || a.value != b.value) {
    return false;
  }
  if (b.precondition.kind == Precondition::Kind::None) {
    return true;
  }
  // Wherever "if version 7" holds, "if it exists" does.
  return b.precondition.kind == Precondition::Kind::IfExists &&
         (a.precondition.kind == Precondition::Kind::IfVersion || a == b);
}

std::uint64_t EntryModel::hash(const State& state) const {
  return (state.counter * 2 + (state.live ? 1 : 0)) ^ (state.value * 0x9e3779b97f4a7c15);
}

std::string EntryModel::describe(const Action& action) const {
  if (action.kind == Action::Kind::Read) {
    return action.version == 0
               ? "read that found nothing"
               : "read of " + version_name(action.version) + " with " + value_name(action.value);
  }
  std::string text = action.refused ? "refused " : "";
  text += action.kind == Action::Kind::Put ? "put of " + value_name(action.value) : "delete";
  switch (action.precondition.kind) {
    case Precondition::Kind::None:
      break;
    case Precondition::Kind::IfVersion:
      text += " if version is " + std::to_string(action.precondition.version);
      break;
    case Precondition::Kind::IfAbsent:
      text += " if absent";
      break;
    case Precondition::Kind::IfExists:
      text += " if it exists";
      break;
  }
  if (action.refused && action.version == 0) {
    return text + ", told that there is none";
  }
  return text + (action.refused ? ", told " : ", making ") + version_name(action.version);
}

std::string EntryModel::describe_state(const State& state) const {
  std::string text =
      state.counter == beyond_ ? "a version later than any mentioned" : version_name(state.counter);
  if (!state.live) {
    return state.counter == 0 ? "never written" : "absent after " + text;
  }
  return text + " with " + value_name(state.value);
}

}  // namespace confman::sim
