#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "adapters/api/cursor.hpp"
#include "adapters/api/faults.hpp"
#include "adapters/api/incoming.hpp"
#include "adapters/api/suggest.hpp"

// Everything that comes in pages.
namespace confman::api {
namespace {

// What a page of a listing needs: how many, and from where on.
struct PageRequest {
  std::size_t limit{};
  std::optional<Bytes> position;
};

std::expected<PageRequest, http::Problem> read_page(Incoming& in,
                                                    std::initializer_list<std::string_view> scope) {
  PageRequest result;
  const auto limit = in.parameters.limit();
  if (!limit) return Refused(limit.error());
  result.limit = *limit;
  in.plan.cursor_scope = scope_of(scope);
  if (const std::string* cursor = in.parameters.find(Parameter::Cursor)) {
    auto position = decode_cursor(*cursor, in.plan.cursor_scope);
    if (!position) return Refused(std::move(position.error()));
    result.position = std::move(*position);
  }
  return result;
}

std::string_view text_or_empty(const std::string* text) {
  return text == nullptr ? std::string_view() : std::string_view(*text);
}

std::expected<std::optional<domain::Action>, http::Problem> read_action(const Incoming& in) {
  const std::string* text = in.parameters.find(Parameter::Action);
  if (text == nullptr) return std::nullopt;
  using enum domain::Action;
  static constexpr auto kActions =
      std::to_array({ConfigCreated, ConfigUpdated, ConfigDeleted, NamespaceCreated,
                     NamespaceUpdated, NamespaceDeleted});
  std::vector<std::string_view> names;
  for (const domain::Action action : kActions) {
    if (domain::name_of(action) == *text) return action;
    names.push_back(domain::name_of(action));
  }
  return refuse("bad_parameter",
                "The parameter action names a kind of change, as in "
                "config.updated." +
                    did_you_mean(*text, names));
}

}  // namespace

Translated translate_entries(Incoming&& in) {
  const auto recursive = in.parameters.boolean(Parameter::Recursive);
  if (!recursive) return Refused(recursive.error());
  const std::string* prefix = in.parameters.find(Parameter::Prefix);
  const std::string* label = in.parameters.find(Parameter::Label);
  if (label != nullptr && (label->empty() || label->front() == '=')) {
    return refuse("bad_label", "The parameter label is a name, or name=value.");
  }
  domain::ListEntries list{.path = in.plan.path,
                           .recursive = recursive->value_or(false),
                           .key_prefix = prefix == nullptr ? std::string() : *prefix,
                           .label = label == nullptr ? std::nullopt : std::optional(*label),
                           .after = std::nullopt,
                           .limit = 0};
  auto page = read_page(
      in, {"entries", list.path, list.recursive ? "r" : "", list.key_prefix, text_or_empty(label)});
  if (!page) return Refused(std::move(page.error()));
  list.limit = page->limit;
  if (page->position) {
    auto names = names_at(*page->position);
    if (!names) return Refused(std::move(names.error()));
    list.after = std::move(*names);
  }
  return as_read(std::move(in), std::move(list));
}

Translated translate_namespaces(Incoming&& in) {
  const auto recursive = in.parameters.boolean(Parameter::Recursive);
  if (!recursive) return Refused(recursive.error());
  domain::ListNamespaces list{.path = in.plan.path,
                              .recursive = recursive->value_or(false),
                              .after = std::nullopt,
                              .limit = 0};
  auto page = read_page(in, {"namespaces", list.path, list.recursive ? "r" : ""});
  if (!page) return Refused(std::move(page.error()));
  list.limit = page->limit;
  if (page->position) {
    auto names = names_at(*page->position);
    if (!names) return Refused(std::move(names.error()));
    list.after = std::move(names->first);
  }
  return as_read(std::move(in), std::move(list));
}

Translated translate_history(Incoming&& in) {
  auto page = read_page(in, {"history", in.plan.path, in.plan.key});
  if (!page) return Refused(std::move(page.error()));
  domain::ListVersions list{
      .path = in.plan.path, .key = in.plan.key, .before = 0, .limit = page->limit};
  if (page->position) {
    const auto numbers = numbers_at(*page->position);
    if (!numbers) return Refused(numbers.error());
    list.before = numbers->first;
  }
  return as_read(std::move(in), std::move(list));
}

Translated translate_audit(Incoming&& in) {
  const auto action = read_action(in);
  if (!action) return Refused(action.error());
  const std::string* actor = in.parameters.find(Parameter::Actor);
  auto page = read_page(
      in, {"audit", in.plan.path, text_or_empty(actor), *action ? domain::name_of(**action) : ""});
  if (!page) return Refused(std::move(page.error()));
  domain::ListAudit list;
  list.path = in.plan.path;
  list.actor_id = actor == nullptr ? std::nullopt : std::optional(*actor);
  list.action = *action;
  list.limit = page->limit;
  if (page->position) {
    const auto numbers = numbers_at(*page->position);
    if (!numbers) return Refused(numbers.error());
    list.after = domain::keys::AuditKey{.index = numbers->first,
                                        .ordinal = static_cast<std::uint32_t>(numbers->second)};
  }
  return as_read(std::move(in), std::move(list));
}

}  // namespace confman::api
