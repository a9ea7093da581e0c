#pragma once

#include <optional>
#include <string>
#include <vector>

#include "adapters/config/settings.hpp"
#include "app/confmand/condition_log.hpp"
#include "app/node/gateway.hpp"

namespace confman::host {

// What the log is told of the node's state, from the reports that it publishes: changes of the
// leader, what an operator has to do something about, how long that lasts. One thread.
class StatusLog {
 public:
  // The settings must outlive it. `term`: as of the start, which is no news.
  StatusLog(const config::Settings& settings, consensus::Term term, ConditionLog conditions = {});

  void look(const node::StatusReport& report);

 private:
  void tell_leader(const node::StatusReport& report);
  void tell_standing(consensus::Standing standing);
  void look_at_quorum(const node::StatusReport& report);
  void look_at_standing(const node::StatusReport& report);
  void look_at_storage(const node::StatusReport& report);
  void look_at_damage(const node::StatusReport& report);
  void look_at_settings(const node::StatusReport& report);
  void look_at_clock(const node::StatusReport& report);

  const config::Settings& settings_;
  ConditionLog conditions_;
  std::optional<consensus::MemberId> leader_;
  consensus::Term term_;
  std::optional<consensus::Standing> standing_;  // nothing yet: no news
};

// Tells who became what in the cluster, and by whom: on every node, when it is applied there.
void tell(const node::MemberChanged& change);

}  // namespace confman::host
