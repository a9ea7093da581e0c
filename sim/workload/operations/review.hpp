#pragma once

#include <vector>

#include "sim/workload/operations/operation.hpp"

// What editors, reviewers, publishers and administrators do about what goes live. Drawn with
// `review_weight`, which is 0 in all profiles but `review`. Judged by the log (sim/reference). What
// requests change has names of its own (kFirstReviewedKey), so that those who judge histories of
// entries needn't know of them.
namespace confman::sim {

// Sets a policy, or deletes it.
struct PolicyOp : WriteOp {
  static constexpr std::string_view kName = "set policy";

  enum Flag : std::uint64_t {
    kErase = 1,
    kApproverMustNotPublish = 2,
    kPublishOnApproval = 4,
    kRollbackNeedsApproval = 8,
    kGroup = 16,
    kEmergency = 32,
    kShortLife = 64,
  };
  std::int64_t approvals{};
  std::uint64_t flags{};
  std::int64_t freeze_from_ms = -1;  // -1: none
  std::int64_t freeze_to_ms = -1;

  template <class Self, class Visit>
  static void for_each_field(Self& self, Visit&& visit) {
    WriteOp::for_each_field(self, visit);
    visit(Column::Limit, self.approvals);
    visit(Column::Flags, self.flags);
    visit(Column::FromMs, self.freeze_from_ms);
    visit(Column::ToMs, self.freeze_to_ms);
  }
  bool is_valid() const;
  static std::span<const Draw> draws();
  std::string about(const ClientOp& op) const;
  AskedOperation asked(const ClientOp& op) const;

  friend bool operator==(const PolicyOp&, const PolicyOp&) = default;

 private:
  static void draw(Drawing& with, ClientOp& op);
};

// Makes a request, or writes one anew. The changes are made from numbers: 20 bits each, the lowest
// first, up to the first that is 0 (review.cpp).
struct DraftRequestOp : WriteOp {
  static constexpr std::string_view kName = "draft request";
  static constexpr std::uint64_t kMostChanges = 3;

  std::uint64_t id{};  // 0: a new one
  std::uint64_t changes{};
  bool submit = false;
  std::int64_t publish_at_ms = -1;  // -1: at once

  template <class Self, class Visit>
  static void for_each_field(Self& self, Visit&& visit) {
    WriteOp::for_each_field(self, visit);
    visit(Column::AfterKey, self.id);
    visit(Column::Filter, self.changes);
    visit(Column::Flags, self.submit);
    visit(Column::ToMs, self.publish_at_ms);
  }
  // The entries that it puts: the numbers of namespace and key.
  std::vector<std::pair<std::uint64_t, std::uint64_t>> puts() const;
  bool is_valid() const;
  static std::span<const Draw> draws();
  std::string about(const ClientOp& op) const;
  AskedOperation asked(const ClientOp& op) const;

  friend bool operator==(const DraftRequestOp&, const DraftRequestOp&) = default;

 private:
  static void draw(Drawing& with, ClientOp& op);
  domain::CommandBody body() const;
};

// Any step of a request; 0: what is due is published, as the cluster itself asks for it.
struct StepRequestOp : WriteOp {
  static constexpr std::string_view kName = "step of a request";

  std::uint64_t id{};
  std::uint64_t step{};

  template <class Self, class Visit>
  static void for_each_field(Self& self, Visit&& visit) {
    WriteOp::for_each_field(self, visit);
    visit(Column::AfterKey, self.id);
    visit(Column::Filter, self.step);
  }
  bool is_valid() const;
  static std::span<const Draw> draws();
  std::string about(const ClientOp& op) const;
  AskedOperation asked(const ClientOp& op) const;

  friend bool operator==(const StepRequestOp&, const StepRequestOp&) = default;

 private:
  static void draw(Drawing& with, ClientOp& op);
  domain::CommandBody body() const;
};

// A write of what requests change, past them, or a rollback of it: refused where a policy asks for
// others.
struct PutReviewedOp : WriteOp {
  static constexpr std::string_view kName = "put what is reviewed";

  std::uint64_t back_to{};  // a version; 0: it is a put

  template <class Self, class Visit>
  static void for_each_field(Self& self, Visit&& visit) {
    WriteOp::for_each_field(self, visit);
    visit(Column::Filter, self.back_to);
  }
  static std::span<const Draw> draws();
  std::string about(const ClientOp& op) const;
  AskedOperation asked(const ClientOp& op) const;

  friend bool operator==(const PutReviewedOp&, const PutReviewedOp&) = default;

 private:
  static void draw(Drawing& with, ClientOp& op);
};

// What there is to a request, which ones there are, or what policy holds.
struct AskRequestsOp : ReadOp {
  static constexpr std::string_view kName = "ask of requests";

  enum class What : std::uint64_t { Request, List, Policy };
  enum Flag : std::uint64_t { kAlsoClosed = 1, kMine = 2, kWaiting = 4 };
  std::uint64_t what{};
  std::uint64_t id{};  // of the request, or of the one behind which a list goes on; 0: none
  std::uint64_t flags{};
  std::uint64_t phase{};        // a RequestPhase and 1; 0: any
  std::uint64_t author{};       // the number of a principal and 1; 0: anybody
  std::int64_t before_ms = -1;  // -1: any time
  std::int64_t limit{};

  template <class Self, class Visit>
  static void for_each_field(Self& self, Visit&& visit) {
    ReadOp::for_each_field(self, visit);
    visit(Column::Filter, self.what);
    visit(Column::AfterKey, self.id);
    visit(Column::Flags, self.flags);
    visit(Column::Value, self.phase);
    visit(Column::Version, self.author);
    visit(Column::ToMs, self.before_ms);
    visit(Column::Limit, self.limit);
  }
  static std::span<const Draw> draws();
  std::string about(const ClientOp& op) const;
  AskedOperation asked(const ClientOp& op) const;
  void learn(ClientMemory& memory, const ClientOp& op, const node::Response& response) const;

  friend bool operator==(const AskRequestsOp&, const AskRequestsOp&) = default;

 private:
  static void draw(Drawing& with, ClientOp& op);
};

}  // namespace confman::sim
