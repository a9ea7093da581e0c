#include "adapters/sqlite/state/label_text.hpp"

namespace confman::sqlite {
namespace {

constexpr ByteView kHexDigits = "0123456789abcdef";
constexpr ByteView kControlEscape = "\\u00";

void append_string(Bytes& out, ByteView text) {
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20) {
      out += kControlEscape;
      out += kHexDigits[byte >> 4];
      out += kHexDigits[byte & 15];
    } else {
      out += c;
    }
  }
  out += '"';
}

bool take(ByteView& text, char expected) {
  if (text.empty() || text.front() != expected) {
    return false;
  }
  text.remove_prefix(1);
  return true;
}

std::optional<Bytes> take_string(ByteView& text) {
  if (!take(text, '"')) {
    return std::nullopt;
  }
  Bytes out;
  while (!text.empty() && text.front() != '"') {
    if (text.front() != '\\') {
      out += text.front();
      text.remove_prefix(1);
    } else if (text.starts_with(kControlEscape) && text.size() >= 6) {
      const auto high = kHexDigits.find(text[4]);
      const auto low = kHexDigits.find(text[5]);
      if (high > 1 || low == ByteView::npos) {
        return std::nullopt;
      }
      out += static_cast<char>(high << 4 | low);
      text.remove_prefix(6);
    } else if (text.size() >= 2 && (text[1] == '"' || text[1] == '\\')) {
      out += text[1];
      text.remove_prefix(2);
    } else {
      return std::nullopt;
    }
  }
  if (!take(text, '"')) {
    return std::nullopt;
  }
  return out;
}

}  // namespace

Bytes to_label_text(const domain::Labels& labels) {
  Bytes out = "{";
  for (const auto& [key, value] : labels) {
    if (out.size() > 1) {
      out += ',';
    }
    append_string(out, key);
    out += ':';
    append_string(out, value);
  }
  out += '}';
  return out;
}

std::optional<domain::Labels> parse_label_text(ByteView text) {
  domain::Labels labels;
  if (text == "{}") {
    return labels;
  }
  char before = '{';
  while (take(text, before)) {
    auto key = take_string(text);
    if (!key || !take(text, ':')) {
      return std::nullopt;
    }
    auto value = take_string(text);
    if (!value) {
      return std::nullopt;
    }
    labels.emplace_back(std::move(*key), std::move(*value));
    before = ',';
  }
  return before == ',' && text == "}" ? std::optional(std::move(labels)) : std::nullopt;
}

}  // namespace confman::sqlite
