#pragma once

#include <optional>
#include <string>
#include <vector>

#include "adapters/api/ports.hpp"
#include "adapters/config/settings.hpp"
#include "app/confmand/condition_log.hpp"

namespace confman::host {

// What the log is told of the node's state, from the reports that it publishes: changes of the
// leader, what an operator has to do something about, how long that lasts. One thread.
class StatusLog {
 public:
  // The settings must outlive it. `term`: as of the start, which is no news.
  StatusLog(const config::Settings& settings, consensus::Term term, ConditionLog conditions = {});

  void look(const api::StatusReport& report);

 private:
  void tell_leader(const api::StatusReport& report);
  void tell_standing(consensus::Standing standing);
  void look_at_quorum(const api::StatusReport& report);
  void look_at_standing(const api::StatusReport& report);
  void look_at_storage(const api::StatusReport& report);
  void look_at_damage(const api::StatusReport& report);
  void look_at_settings(const api::StatusReport& report);
  void look_at_clock(const api::StatusReport& report);

  const config::Settings& settings_;
  ConditionLog conditions_;
  std::optional<consensus::MemberId> leader_;
  consensus::Term term_;
  std::optional<consensus::Standing> standing_;  // nothing yet: no news
};

// Who became what in the cluster, and by whom: told on every node, when it is applied there.
void tell(const node::MemberChanged& change);

}  // namespace confman::host
