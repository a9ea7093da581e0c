#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "sim/reference/expected.hpp"

// What the judges of answers have in common.
namespace confman::sim {

// No run has so many bytes of values.
inline constexpr std::size_t kLargePage = domain::kMaxPageBytes;

inline bool is_below(std::string_view path, std::string_view ancestor) {
  if (ancestor == "/") return path.size() > 1;
  return path.size() > ancestor.size() && path.starts_with(ancestor) &&
         path[ancestor.size()] == '/';
}

inline bool has_label(const domain::Labels& labels, const std::string& wanted) {
  return std::ranges::any_of(labels, [&](const auto& own) {
    return wanted == own.first || wanted == own.first + "=" + own.second;
  });
}

inline std::size_t bytes_of(const domain::EntryRow& row) {
  return row.value.size() + row.description.size();
}

inline std::string name(const ReferenceState::Name& entry) {
  return entry.first + " " + entry.second;
}

inline std::string fault_name(const node::Answer& answer) {
  const auto* fault = std::get_if<domain::QueryFault>(&answer);
  return fault != nullptr ? std::string(code_of(*fault)) : "something";
}

// Nothing if the answer is that fault.
inline std::string expect_fault(const node::Answer& answer, domain::QueryFault expected) {
  const auto* fault = std::get_if<domain::QueryFault>(&answer);
  if (fault != nullptr && *fault == expected) return {};
  return "says " + fault_name(answer) + " where it is " + std::string(code_of(expected));
}

template <class Page>
std::string bounds_kept(const Page& page, std::size_t limit, std::size_t max_visited,
                        std::size_t bytes, const PageBounds& bounds) {
  if (page.items.size() > limit) return "has more items than were asked for";
  if (page.items.size() > 1 && bytes > bounds.bytes) return "is larger than a page may be";
  // Where pages are small, an item that didn't fit is a reason, too.
  const bool may_end = page.items.size() == limit || bounds.bytes < kLargePage ||
                       page.work.rows >= std::min(max_visited, bounds.rows) ||
                       page.work.bytes >= bounds.bytes;
  return page.resume && !may_end ? "ends early without a reason" : std::string();
}

// Of queries that name a moment, and those of effective configuration.
std::string wrong_in_past(const node::GetEntry& query, const node::Answer& answer,
                          const ReferenceState& state, std::uint64_t index);
std::string wrong_in_past(const domain::ListPast& query, const node::Answer& answer,
                          const ReferenceState& state, std::uint64_t index, PageBounds bounds);
std::string wrong_in_past(const domain::CompareVersions& query, const node::Answer& answer,
                          const ReferenceState& state, std::uint64_t index);
std::string wrong_in_past(const domain::CompareNamespace& query, const node::Answer& answer,
                          const ReferenceState& state, std::uint64_t index, PageBounds bounds);
std::string wrong_in_resolved(const domain::ResolveEntry& query, const node::Answer& answer,
                              const ReferenceState& state, std::uint64_t index);
std::string wrong_in_resolved(const domain::ResolveNamespace& query, const node::Answer& answer,
                              const ReferenceState& state, std::uint64_t index, PageBounds bounds);

}  // namespace confman::sim
