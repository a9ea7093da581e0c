#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "app/node/request.hpp"
#include "domain/base/time.hpp"
#include "sim/reference/state.hpp"

namespace confman::sim {

// What of the run an answer is judged by.
struct AnswerContext {
  int node{};
  // When the node took the request: what was committed by then, and what it had applied.
  std::uint64_t committed_when_asked{};
  std::uint64_t applied_when_asked{};
  // The node's clock now; and what it had applied when its turn began, and has now.
  Time now;
  // The node's wall clock then, and now, by which an API key may have expired.
  std::int64_t wall_ms_when_asked{};
  std::int64_t wall_ms{};
  std::uint64_t applied_least{};
  std::uint64_t applied_most{};
  bool leads = false;        // now
  bool stopping = false;     // it was told to stop
  bool removed = false;      // it knows that it is no member, or has just known it
  bool valid = true;         // the command keeps to the limits
  bool may_be_busy = false;  // a bound is small, and so "busy" may be true
  bool may_lack_space = false;
  bool may_lack_level = false;  // somebody's state was below what the command needs
  std::size_t max_page_bytes = domain::kMaxPageBytes;
  std::size_t max_step_rows = domain::kMaxVisitedRows;
};

// Every answer says what is true, and all of it: each field is compared with what the committed log
// makes of the request (ReferenceState), as of the index that the answer names. docs/judged.md has
// the list.
class Answers {
 public:
  explicit Answers(domain::OutcomeLimits outcomes) : state_(outcomes) {}

  // Each committed entry once, in order.
  void committed(const consensus::Entry& entry);
  void judge(const node::Request& request, const node::Response& response,
             const AnswerContext& context);
  // The newest state at the end of a run.
  void judge_state(const domain::StateStore& state) const;

  const ReferenceState& state() const { return state_; }

 private:
  // Who was told that a request is certainly not done, and how.
  std::unordered_map<std::string, std::string> not_done_;
  ReferenceState state_;
  bool whole_ = true;  // every entry of the log was seen
};

}  // namespace confman::sim
