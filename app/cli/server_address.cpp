#include "app/cli/server_address.hpp"

#include <algorithm>

#include "adapters/api/parameters.hpp"
#include "domain/base/address.hpp"

namespace confman::cli {

std::string ServerAddress::to_string() const {
  const bool ipv6 = host.find(':') != host.npos;
  return (ipv6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

bool can_be_meant(const ServerAddress& address, const ServerAddress& by) {
  return is_loopback(by.host) || !is_loopback(address.host);
}

std::expected<ServerAddress, std::string> parse_server(std::string_view text) {
  const std::string whole(text);
  constexpr std::string_view kScheme = "http://";
  const std::size_t scheme = text.find("://");
  if (scheme != text.npos && !text.starts_with(kScheme)) {
    return std::unexpected("bad scheme in " + whole + ": only http:// is known.");
  }
  if (scheme != text.npos) text.remove_prefix(kScheme.size());
  if (text.ends_with('/')) text.remove_suffix(1);
  const auto bad = [&] {
    return std::unexpected("bad address \"" + whole + "\": it is http://HOST:PORT.");
  };
  ServerAddress result;
  std::string_view port;
  if (text.starts_with('[')) {  // an IPv6 address
    const std::size_t end = text.find(']');
    if (end == text.npos) return bad();
    result.host = text.substr(1, end - 1);
    port = text.substr(end + 1);
  } else {
    const std::size_t colon = std::min(text.find(':'), text.size());
    result.host = text.substr(0, colon);
    port = text.substr(colon);
  }
  if (result.host.empty() || result.host.find_first_of("/?#@ ") != result.host.npos) return bad();
  if (!port.empty()) {
    const auto number = api::parse_number(port.substr(1));
    if (port.front() != ':' || !number || *number == 0 || *number > 65535) {
      return std::unexpected("bad port in \"" + whole + "\": it is http://HOST:PORT.");
    }
    result.port = static_cast<std::uint16_t>(*number);
  }
  return result;
}

}  // namespace confman::cli
