#include "sim/oracle/log_time.hpp"

#include <algorithm>
#include <string>

#include "domain/audit/event.hpp"
#include "domain/base/feature_level.hpp"
#include "sim/failure.hpp"
#include "sim/world/sim_clock.hpp"

namespace confman::sim {
namespace {

std::string text(HlcStamp stamp) {
  return std::to_string(stamp.wall_ms) + " ms, " + std::to_string(stamp.counter);
}

// The time by a clock that was never wrong.
std::int64_t true_ms(SimTime at) {
  return SimClock::kWallOriginMs + at / 1000;
}

}  // namespace

void LogTime::Range::add(std::int64_t value) {
  least = std::min(least, value);
  most = std::max(most, value);
}

void LogTime::clock(SimTime at, bool right, Now shows) {
  if (right) right_ms_.add(shows.wall.ms - true_ms(at));
  mono_us_.add(shows.mono.us - at);
}

void LogTime::stamped(int leader, SimTime at, bool common, HlcStamp stamp,
                      const std::function<bool()>& knows) {
  const std::int64_t ahead = stamp.wall_ms - true_ms(at);
  if (!common) {
    // One clock alone has said so; and where nobody knows the time, nodes go on from there.
    right_ms_.most = std::max(right_ms_.most, ahead);
    return;
  }
  // A node goes on by its own clock from what another one went on to by its own.
  const std::int64_t slack = limits_.bound.to_millis() + limits_.round_trip.to_millis() / 2 +
                             2 * mono_us_.width() / 1000 + 1;
  const auto say = [&](std::int64_t by, const char* where) {
    broken("log-time", "Node " + std::to_string(leader + 1) + " stamped " + text(stamp) + ": " +
                           std::to_string(by) + " ms " + where + " what the right clocks say.");
  };
  if (ahead > right_ms_.most + slack) say(ahead - right_ms_.most, "ahead of");
  if (ahead >= right_ms_.least - slack) return;
  if (knows()) say(right_ms_.least - ahead, "behind");
  was_behind_ = true;
}

void LogTime::applied(const consensus::Entry& entry, const domain::MetaRow& meta) {
  const bool stamped = entry.kind == consensus::EntryKind::Command;
  if (meta.last_stamp < last_ || (stamped && strict() && meta.last_stamp == last_)) {
    broken("stamps-increase", "Entry " + std::to_string(entry.index.value) +
                                  " was applied with the stamp " + text(meta.last_stamp) +
                                  ", behind " + text(last_) + ".");
  }
  // No run is as long as an outcome lives, and none has as many as are kept.
  if (strict() && !was_behind_ && meta.outcomes < outcomes_) {
    broken("outcome-lifetime",
           "Entry " + std::to_string(entry.index.value) + " made the cluster forget an outcome.");
  }
  last_ = meta.last_stamp;
  outcomes_ = meta.outcomes;
  if (entry.kind == consensus::EntryKind::FeatureLevel) {
    level_ = std::max(level_, ByteReader(*entry.payload).varint());
    if (strict()) strict_from_ = std::min(strict_from_, entry.index.value);
  }
}

void LogTime::check_trail(const domain::StateStore& state) const {
  std::optional<HlcStamp> before;
  state.scan(domain::Table::Audit, {}, {}, [&](ByteView, ByteView value) {
    const auto row = domain::decode_audit_row(value);
    if (!row || row->revision.index <= strict_from_) return true;
    // The events of one entry have one stamp.
    if (row->ordinal == 0 && before && row->stamp <= *before) {
      broken("stamps-increase", "Event " + domain::audit_id(*row) + " has the stamp " +
                                    text(row->stamp) + ", and the one before " + text(*before) +
                                    ".");
    }
    before = row->stamp;
    return true;
  });
}

}  // namespace confman::sim
