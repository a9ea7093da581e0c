#include <algorithm>
#include <cstddef>

#include "domain/schema/formats/ascii.hpp"
#include "domain/schema/formats/formats.hpp"

namespace confman::schema {

bool is_ipv4(std::string_view text) {
  for (int part = 0; part < 4; ++part) {
    const std::size_t end = std::min(text.find('.'), text.size());
    const std::string_view number = text.substr(0, end);
    if (number.empty() || number.size() > 3 || !std::ranges::all_of(number, is_digit)) return false;
    if (number.size() > 1 && number.front() == '0') return false;
    if (number.size() == 3 && number > "255") return false;
    if (end == text.size()) return part == 3;
    text.remove_prefix(end + 1);
  }
  return false;
}

bool is_ipv6(std::string_view text) {
  constexpr std::size_t kGroups = 8;
  std::size_t groups = 0;
  bool gap = false;
  if (text.starts_with("::")) {
    gap = true;
    text.remove_prefix(2);
    if (text.empty()) return true;
  }
  while (true) {
    const std::size_t end = std::min(text.find(':'), text.size());
    const std::string_view group = text.substr(0, end);
    if (end == text.size() && group.contains('.')) {
      if (!is_ipv4(group)) return false;
      groups += 2;
      break;
    }
    if (group.empty() || group.size() > 4 || !std::ranges::all_of(group, is_hex_digit))
      return false;
    ++groups;
    if (end == text.size()) break;
    text.remove_prefix(end + 1);
    if (text.starts_with(':')) {
      if (gap) return false;
      gap = true;
      text.remove_prefix(1);
      if (text.empty()) break;
    }
  }
  return gap ? groups < kGroups : groups == kGroups;
}

namespace {

constexpr std::size_t kMaxLocalPartBytes = 64;  // RFC 5321, section 4.5.3.1.1

bool is_atom_character(char c, bool international) {
  constexpr std::string_view kMarks = "!#$%&'*+-/=?^_`{|}~";
  return is_letter(c) || is_digit(c) || kMarks.contains(c) || (international && !is_ascii(c));
}

bool is_dot_string(std::string_view text, bool international) {
  bool behind_atom = false;
  for (const char c : text) {
    if (c == '.') {
      if (!behind_atom) return false;
      behind_atom = false;
    } else {
      if (!is_atom_character(c, international)) return false;
      behind_atom = true;
    }
  }
  return behind_atom;
}

bool is_quoted_string(std::string_view text, bool international) {
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') return false;
  text = text.substr(1, text.size() - 2);
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '"') return false;
    if (c == '\\') {
      if (++i == text.size()) return false;
      c = text[i];
    }
    const bool printable = c >= 0x20 && c < 0x7f;
    if (!printable && !(international && !is_ascii(c))) return false;
  }
  return true;
}

bool is_address_literal(std::string_view text) {
  constexpr std::string_view kIpv6 = "IPv6:";
  if (!text.starts_with(kIpv6)) return is_ipv4(text);
  return is_ipv6(text.substr(kIpv6.size()));
}

bool is_mailbox(std::string_view text, bool international) {
  // A local part in quotes may hold an @; a domain can't.
  const std::size_t at = text.rfind('@');
  if (at == text.npos || at == 0 || at > kMaxLocalPartBytes) return false;
  const std::string_view local = text.substr(0, at);
  const std::string_view domain = text.substr(at + 1);
  if (!is_dot_string(local, international) && !is_quoted_string(local, international)) return false;
  if (domain.starts_with('[') && domain.ends_with(']')) {
    return is_address_literal(domain.substr(1, domain.size() - 2));
  }
  return international ? is_idn_hostname(domain) : is_hostname(domain);
}

}  // namespace

bool is_email(std::string_view text) {
  return is_mailbox(text, false);
}

bool is_idn_email(std::string_view text) {
  return is_mailbox(text, true);
}

}  // namespace confman::schema
