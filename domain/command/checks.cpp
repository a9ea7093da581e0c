#include "domain/command/checks.hpp"

#include <algorithm>

#include "domain/base/utf8.hpp"
#include "domain/limits.hpp"
#include "domain/model/path.hpp"

namespace confman::domain {
namespace {

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

}  // namespace

Checked fault(CommandFaultKind kind) {
  return std::unexpected(CommandFault{kind, {}});
}

Checked check_that(bool good, CommandFaultKind otherwise) {
  return good ? Checked{} : fault(otherwise);
}

bool is_line(std::string_view text, std::size_t max_size) {
  return text.size() <= max_size && is_utf8(text) && std::ranges::none_of(text, is_control);
}

bool is_token(std::string_view text, std::size_t max_size) {
  return text.size() <= max_size &&
         std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f; });
}

Checked check_path_field(std::string_view path) {
  if (auto ok = check_path(path); !ok) {
    return std::unexpected(CommandFault{CommandFaultKind::BadPath, ok.error()});
  }
  return {};
}

Checked check_key_field(std::string_view key) {
  if (auto ok = check_key(key); !ok) {
    return std::unexpected(CommandFault{CommandFaultKind::BadKey, ok.error()});
  }
  return {};
}

Checked check_labels(const Labels& labels) {
  if (labels.size() > kMaxLabels) return fault(CommandFaultKind::TooManyLabels);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const auto& [name, value] = labels[i];
    if (name.empty() || !is_line(name, kMaxLabelKeyBytes) || !is_line(value, kMaxLabelValueBytes)) {
      return fault(CommandFaultKind::BadLabel);
    }
    if (i > 0 && labels[i - 1].first >= name) return fault(CommandFaultKind::LabelsNotSorted);
  }
  return {};
}

Checked check_description(std::string_view text) {
  if (text.size() > kMaxDescriptionBytes) return fault(CommandFaultKind::DescriptionTooLong);
  const bool stray_control = std::ranges::any_of(
      text, [](char c) { return is_control(c) && c != '\n' && c != '\t' && c != '\r'; });
  if (stray_control || !is_utf8(text)) return fault(CommandFaultKind::BadText);
  return {};
}

Checked check_precondition(const Precondition& p) {
  const int given = (p.if_version ? 1 : 0) + (p.if_absent ? 1 : 0) + (p.if_exists ? 1 : 0);
  if (given > 1) return fault(CommandFaultKind::ContradictoryPrecondition);
  return {};
}

}  // namespace confman::domain
