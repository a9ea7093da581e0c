#include "domain/base/address.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace confman {
namespace {

constexpr std::size_t kMaxHostBytes = 253;  // RFC 1035

std::unexpected<std::string> say(const char* sentence) {
  return std::unexpected<std::string>(sentence);
}

// Of digits alone, and none too many in front: "080" would be another port to another reader.
std::optional<unsigned> parse_number(std::string_view text) {
  unsigned value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  const bool leading_zero = text.size() > 1 && text[0] == '0';
  if (error != std::errc{} || stop != end || leading_zero) return std::nullopt;
  return value;
}

bool is_ipv4_like(std::string_view host) {
  return std::ranges::all_of(host, [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
}

bool is_ipv4(std::string_view host) {
  int parts = 0;
  while (true) {
    const std::size_t dot = std::min(host.find('.'), host.size());
    const auto number = parse_number(host.substr(0, dot));
    if (!number || *number > 255) return false;
    ++parts;
    if (dot == host.size()) return parts == 4;
    host.remove_prefix(dot + 1);
  }
}

bool is_host_char(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
         c == '-' || c == '_';
}

bool is_host(std::string_view host) {
  if (host.empty() || host.size() > kMaxHostBytes || !std::ranges::all_of(host, is_host_char)) {
    return false;
  }
  return !is_ipv4_like(host) || is_ipv4(host);
}

std::string canonical(std::string host) {
  for (char& c : host) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  return host == "localhost" ? "127.0.0.1" : host;
}

}  // namespace

std::expected<Address, std::string> parse_address(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return say("expected host:port");
  std::string_view host = text.substr(0, colon);
  const auto port = parse_number(text.substr(colon + 1));
  if (!port || *port == 0 || *port > 65535) return say("the port must be between 1 and 65535");
  const bool bracketed = host.starts_with('[') && host.ends_with(']');
  if (bracketed) {
    host = host.substr(1, host.size() - 2);
    const bool v6 = host.find(':') != std::string_view::npos &&
                    host.find_first_not_of("0123456789abcdefABCDEF:.") == std::string_view::npos;
    if (!v6) return say("expected an IPv6 address in the brackets");
  } else if (!is_host(host)) {
    return say("expected a host name or an IP address before the port");
  }
  return Address{std::string(host), static_cast<std::uint16_t>(*port)};
}

bool is_loopback(std::string_view host) {
  return host == "localhost" || host == "::1" || (host.starts_with("127.") && is_ipv4(host));
}

bool same_address(std::string_view a, std::string_view b) {
  auto first = parse_address(a);
  auto second = parse_address(b);
  return first && second && first->port == second->port &&
         canonical(std::move(first->host)) == canonical(std::move(second->host));
}

}  // namespace confman
