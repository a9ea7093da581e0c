#include "domain/review/gathering.hpp"

#include <algorithm>
#include <iterator>
#include <utility>
#include <variant>

#include "domain/review/held_to.hpp"

namespace confman::domain {

Gathering::Gathering(const StateStore& store, const std::vector<CommandBody>& changes,
                     bool may_seal) {
  for (const CommandBody& change : expanded(store, changes)) {
    if (const auto* put = std::get_if<PutEntry>(&change)) {
      LiveEntry to{put->key, put->content_type, put->value, put->is() == Secrecy::Sealed,
                   put->is() == Secrecy::Wanted};
      add(put->path, {put->key, std::move(to), may_seal});
    } else if (const auto* gone = std::get_if<DeleteEntry>(&change)) {
      add(gone->path, {gone->key, std::nullopt});
    } else if (const auto* back = std::get_if<RollbackEntry>(&change)) {
      auto row = restored_by(store, *back);
      if (!row) continue;
      add(back->path,
          {back->key,
           LiveEntry{back->key, std::move(row->content_type), std::move(row->value), row->sealed},
           false, true});
    } else if (const auto* bind = std::get_if<PutBinding>(&change)) {
      trials_.emplace_back(bind->path, parse_bindings(bind->bound));
    } else if (const auto* unbind = std::get_if<DeleteBinding>(&change)) {
      trials_.emplace_back(unbind->path, std::nullopt);
    }
  }
}

Gathering Gathering::of_marks(const StateStore& store, const std::vector<CommandBody>& changes) {
  std::vector<CommandBody> puts;
  std::ranges::copy_if(changes, std::back_inserter(puts), [](const CommandBody& change) {
    return std::holds_alternative<PutEntry>(change);
  });
  Gathering gathering(store, puts, true);
  gathering.marks_ = true;
  return gathering;
}

void Gathering::add(std::string path, EntryChange change) {
  const auto known = std::ranges::find(left_, path, &OfNamespace::path);
  if (known != left_.end()) {
    known->changes.push_back(std::move(change));
  } else {
    left_.push_back({std::move(path), {}});
    left_.back().changes.push_back(std::move(change));
  }
}

std::expected<bool, GatherFault> Gathering::step(const StateStore& store, std::size_t max_rows,
                                                 Work& work) {
  if (!left_.empty()) {
    OfNamespace next = std::move(left_.back());
    left_.pop_back();
    if (marks_) {
      held_.namespaces.push_back(gather_marks(store, next.path, std::move(next.changes), work));
    } else {
      auto held = gather(store, next.path, std::move(next.changes), work);
      if (!held) return std::unexpected(held.error());
      held_.namespaces.push_back(std::move(*held));
    }
    return left_.empty() && trials_.empty();
  }
  if (trials_.empty()) return true;
  auto all = trials_.back().step(store, max_rows, work);
  if (!all) return std::unexpected(all.error());
  if (!*all) return false;
  Held tried = trials_.back().take();
  trials_.pop_back();
  std::ranges::move(tried.namespaces, std::back_inserter(held_.namespaces));
  return trials_.empty();
}

}  // namespace confman::domain
