#include "domain/validate.hpp"

#include <algorithm>

#include "domain/base/utf8.hpp"
#include "domain/limits.hpp"
#include "domain/path.hpp"

namespace confman::domain {
namespace {

using Result = std::expected<void, CommandFault>;

Result fault(CommandFaultKind kind) {
  return std::unexpected(CommandFault{kind, {}});
}

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

// One line of text that people typed.
bool is_line(std::string_view text, std::size_t max_size) {
  return text.size() <= max_size && is_utf8(text) && std::ranges::none_of(text, is_control);
}

bool is_token(std::string_view text, std::size_t max_size) {
  return text.size() <= max_size &&
         std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f; });
}

Result check_path_field(std::string_view path) {
  if (auto ok = check_path(path); !ok) {
    return std::unexpected(CommandFault{CommandFaultKind::BadPath, ok.error()});
  }
  return {};
}

Result check_key_field(std::string_view key) {
  if (auto ok = check_key(key); !ok) {
    return std::unexpected(CommandFault{CommandFaultKind::BadKey, ok.error()});
  }
  return {};
}

Result check_labels(const Labels& labels) {
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

// May hold line breaks and tabs.
Result check_description(std::string_view text) {
  if (text.size() > kMaxDescriptionBytes) return fault(CommandFaultKind::DescriptionTooLong);
  const bool stray_control = std::ranges::any_of(
      text, [](char c) { return is_control(c) && c != '\n' && c != '\t' && c != '\r'; });
  if (stray_control || !is_utf8(text)) return fault(CommandFaultKind::BadText);
  return {};
}

Result check_precondition(const Precondition& p) {
  const int given = (p.if_version ? 1 : 0) + (p.if_absent ? 1 : 0) + (p.if_exists ? 1 : 0);
  if (given > 1) return fault(CommandFaultKind::ContradictoryPrecondition);
  return {};
}

Result check_body(const PutEntry& c) {
  if (auto ok = check_path_field(c.path); !ok) return ok;
  if (auto ok = check_key_field(c.key); !ok) return ok;
  if (c.value.size() > kMaxValueBytes) return fault(CommandFaultKind::ValueTooLarge);
  const bool content_type_ok =
      !c.content_type.empty() && is_line(c.content_type, kMaxContentTypeBytes);
  if (!content_type_ok) return fault(CommandFaultKind::BadContentType);
  if (auto ok = check_labels(c.labels); !ok) return ok;
  if (auto ok = check_description(c.description); !ok) return ok;
  return check_precondition(c.precondition);
}

Result check_body(const DeleteEntry& c) {
  if (auto ok = check_path_field(c.path); !ok) return ok;
  if (auto ok = check_key_field(c.key); !ok) return ok;
  return check_precondition(c.precondition);
}

Result check_body(const PutNamespace& c) {
  if (auto ok = check_path_field(c.path); !ok) return ok;
  if (!is_line(c.owner, kMaxOwnerBytes)) return fault(CommandFaultKind::BadText);
  if (auto ok = check_labels(c.labels); !ok) return ok;
  if (auto ok = check_description(c.description); !ok) return ok;
  return check_precondition(c.precondition);
}

Result check_body(const DeleteNamespace& c) {
  if (auto ok = check_path_field(c.path); !ok) return ok;
  return check_precondition(c.precondition);
}

Result check_body(const NoteRefusedChange& c) {
  const bool of_members = c.action >= kFirstMemberAction && c.action <= kLastAction &&
                          c.refusal >= kFirstMemberRefusal && c.refusal <= kLastRefusal;
  if (!of_members || !is_line(c.member, kMaxKeyBytes)) return fault(CommandFaultKind::BadText);
  return {};
}

}  // namespace

std::expected<void, CommandFault> validate(const Command& command) {
  const Actor& actor = command.actor;
  if (actor.id.empty() || !is_line(actor.id, kMaxActorIdBytes) ||
      !is_line(actor.ip, kMaxActorIpBytes) || !is_token(command.request_id, kMaxRequestIdBytes)) {
    return fault(CommandFaultKind::BadText);
  }
  if (!is_line(command.idempotency_key, kMaxIdempotencyKeyBytes)) {
    return fault(CommandFaultKind::BadIdempotencyKey);
  }
  return std::visit([](const auto& body) { return check_body(body); }, command.body);
}

}  // namespace confman::domain
