#include "app/confmand/condition_log.hpp"

#include <utility>

namespace confman::host {
namespace {

std::uint64_t seconds_of(Duration span) {
  return static_cast<std::uint64_t>(span.to_millis() / 1000);
}

}  // namespace

ConditionLog::ConditionLog()
    : ConditionLog([](log::Level level, std::string_view event,
                      std::span<const log::Field> fields) { log::write(level, event, fields); }) {}

void ConditionLog::look(Time now, const Condition& condition,
                        const std::optional<Holding>& holding) {
  const auto known = lasting_.find(condition.begins);
  if (!holding) {
    if (known == lasting_.end()) return;
    const Lasting was = std::move(known->second);
    lasting_.erase(known);
    if (!was.told || condition.ends.empty()) return;
    const log::Field lasted("lasted_s", seconds_of(now - was.since));
    return write_(log::Level::Info, condition.ends, std::span(&lasted, 1));
  }
  Lasting& lasting =
      known != lasting_.end()
          ? known->second
          : lasting_.emplace(condition.begins, Lasting{.since = now, .told = {}, .about = {}})
                .first->second;
  if (now - lasting.since < condition.after) return;
  if (lasting.told) {
    const Duration pause = holding->about == lasting.about ? condition.again : kMinPause;
    if (now - *lasting.told < pause) return;
  }
  std::vector<log::Field> fields = holding->fields;
  if (lasting.told || condition.after > Duration{}) {
    fields.emplace_back("for_s", seconds_of(now - lasting.since));
  }
  lasting.told = now;
  lasting.about = holding->about;
  write_(condition.level, condition.begins, fields);
}

}  // namespace confman::host
