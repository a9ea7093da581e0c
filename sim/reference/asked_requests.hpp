#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "app/node/request.hpp"
#include "sim/reference/expected.hpp"
#include "sim/reference/state.hpp"

// Answers to questions about requests and policies, held against the reference (expected.hpp).
namespace confman::sim {

// While it lives, the reference is as of an index and of who asks, as far as review is concerned:
// the rules by which steps are decided say what is told of them, too. The reference goes back to
// what it was with the end of this.
class AskedRequests {
 public:
  AskedRequests(ReferenceState& state, const Asker& asker, std::uint64_t index);
  ~AskedRequests();
  AskedRequests(const AskedRequests&) = delete;
  AskedRequests& operator=(const AskedRequests&) = delete;

  // Whether that is such a question.
  static bool are_asked(const node::Query& query);
  // As wrong_in(): empty if nothing is.
  std::string wrong_in(const node::Query& query, const node::Answer& answer,
                       PageBounds bounds) const;

 private:
  std::string wrong(const node::GetRequest& query, const node::Answer& answer) const;
  std::string wrong(const domain::ListRequests& query, const node::Answer& answer,
                    PageBounds bounds) const;
  std::string wrong(const domain::FindPolicy& query, const node::Answer& answer) const;
  std::string wrong(const domain::RequestView& told, const ReviewedRequest& request) const;
  std::string wrong(const domain::FoundChange& told, const domain::CommandBody& change,
                    const ReviewedRequest& request) const;
  std::string wrong(const domain::Requirement& told, const std::string& path,
                    const ReviewedRequest& request) const;
  std::optional<domain::EntryRow> version(const domain::CommandBody& change,
                                          std::uint64_t number) const;
  std::optional<domain::CommandBody> standing(const domain::CommandBody& change) const;
  bool sees(const ReviewedRequest& request) const;
  bool is_asked_for(const domain::ListRequests& query, const ReviewedRequest& request) const;
  domain::RequestPhase phase(const ReviewedRequest& request) const;
  domain::EffectivePolicy policy(const std::string& path) const;
  std::optional<domain::Refusal> why_not(domain::RequestVerb verb,
                                         const ReviewedRequest& request) const;

  ReferenceState& state_;
  // What is put back.
  domain::Revision at_;
  HlcStamp stamp_;
  Asker asker_;
  domain::Actor actor_;
  std::uint64_t feature_level_;
  std::optional<Review> newest_;
};

}  // namespace confman::sim
