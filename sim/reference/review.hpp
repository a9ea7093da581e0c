#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "domain/catalogue.hpp"
#include "domain/review/policy.hpp"
#include "domain/review/request.hpp"

// Who must agree, written a second time: as of the last entry of the log, and with nothing of
// domain/review but its records.
namespace confman::sim {

struct ReviewedRequest {
  domain::RequestRow row;
  std::vector<domain::CommandBody> changes;
  std::map<std::string, domain::ApprovalRow> approvals;
  std::vector<domain::NoteRow> notes;
  std::set<std::string> hands;  // who had one in it

  bool is(domain::RequestState state) const { return row.lies_in() == state; }
  bool is_over() const {
    return is(domain::RequestState::Published) || is(domain::RequestState::Withdrawn);
  }
  bool is_open() const { return !is_over() || (row.emergency && row.reviewed_by.empty()); }
  bool is_in_review() const {
    return is(domain::RequestState::Pending) || is(domain::RequestState::Approved);
  }
};

struct Review {
  std::map<std::string, domain::PolicyRow> policies;
  std::map<std::uint64_t, ReviewedRequest> requests;

  // What holds there; null: nothing is asked.
  const domain::PolicyTerms* terms_at(const std::string& path) const;
};

// What a change is about.
struct About {
  std::string path;
  std::string key;
};
About about_change(const domain::CommandBody& body);
std::set<std::string> paths_of(const std::vector<domain::CommandBody>& changes);
// A command's changes, as it carries them.
std::vector<domain::CommandBody> changes_in(const Bytes& joined);
bool is_frozen(const domain::PolicyTerms& terms, std::int64_t at_ms);

}  // namespace confman::sim
