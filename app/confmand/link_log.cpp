#include "app/confmand/link_log.hpp"

#include <string>
#include <vector>

#include "adapters/log/log.hpp"

namespace confman::host {

void LinkLog::tell(Time now, const peer::LinkNews& news) {
  const auto write = [&](log::Level level, std::string_view event, std::uint64_t left_out = 0) {
    std::vector<log::Field> fields{{"peer", news.peer}};
    if (!news.code.empty()) fields.emplace_back("code", news.code);
    if (!news.detail.empty()) fields.emplace_back("why", news.detail);
    if (left_out > 0) fields.emplace_back("left_out", left_out);
    log::write(level, event, fields);
  };
  const auto write_rarely = [&](log::Level level, std::string_view event) {
    const std::string kind = std::string(event) + " " + news.origin + " " + news.code;
    if (const auto left_out = repeats_.tell(now, kind)) write(level, event, *left_out);
  };
  switch (news.event) {
    case peer::LinkEvent::Connected:
      return write(log::Level::Info, "peer_connected");
    case peer::LinkEvent::Disconnected:
      return write(log::Level::Info, "peer_disconnected");
    case peer::LinkEvent::Refused:
      return write_rarely(log::Level::Error, "peer_refused_us");
    case peer::LinkEvent::NoSuchGroup:
      return write_rarely(log::Level::Warning, "peer_frames_refused");
    case peer::LinkEvent::BadPeer:
      return write_rarely(log::Level::Warning, "bad_peer");
    case peer::LinkEvent::PortCheck:
      return write(log::Level::Debug, "peer_port_check");
  }
}

void LinkLog::tell_left_out(Time now) {
  for (const auto& [kind, count] : repeats_.take_left_out(now)) {
    log::warning("peer_events_left_out",
                 {{"kind", kind.empty() ? std::string("other") : kind}, {"left_out", count}});
  }
}

}  // namespace confman::host
