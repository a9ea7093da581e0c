#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "adapters/api/cursor.hpp"
#include "adapters/api/faults.hpp"
#include "adapters/api/incoming.hpp"
#include "adapters/api/suggest.hpp"
#include "domain/limits.hpp"
#include "domain/model/path.hpp"

// Everything that comes in pages.
namespace confman::api {
namespace {

// What a page of a listing needs: how many, and from where on.
struct PageRequest {
  std::size_t limit{};
  std::optional<Bytes> position;
};

std::expected<PageRequest, http::Problem> read_page(Incoming& in,
                                                    const std::vector<std::string_view>& scope) {
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
  std::vector<std::string_view> names;
  for (int i = 1; i <= static_cast<int>(domain::kLastAction); ++i) {
    const auto action = static_cast<domain::Action>(i);
    if (domain::name_of(action) == *text) return action;
    names.push_back(domain::name_of(action));
  }
  http::Problem result =
      unusable("bad_parameter", Parameter::Action,
               "The parameter action names a kind of change, as in config.updated." +
                   did_you_mean(*text, names));
  if (const auto best = closest(*text, names); !best.empty()) add_text(result, "suggestion", best);
  return Refused(std::move(result));
}

// What the beginning of a key has to obey, so that one that no key can have isn't answered with an
// empty page.
std::expected<std::string, http::Problem> read_prefix(const Incoming& in) {
  const std::string* text = in.parameters.find(Parameter::Prefix);
  if (text == nullptr || text->empty() || *text == "." || *text == "..") {
    return text == nullptr ? std::string() : *text;
  }
  if (auto ok = domain::check_key(*text); !ok) {
    http::Problem result = problem_of(ok.error(), "The prefix");
    add_text(result, "parameter", name_of(Parameter::Prefix));
    return Refused(std::move(result));
  }
  return *text;
}

std::expected<void, http::Problem> check_label(std::string_view label) {
  const auto is_control = [](unsigned char c) { return c < 0x20 || c == 0x7f; };
  const bool usable =
      !label.empty() && label.front() != '=' && std::ranges::none_of(label, is_control);
  if (usable) return {};
  return Refused(
      unusable("bad_label", Parameter::Label, "The parameter label is a name, or name=value."));
}

std::expected<void, http::Problem> check_labels(const std::vector<std::string>& labels) {
  for (const std::string& label : labels) {
    if (auto ok = check_label(label); !ok) return ok;
  }
  if (labels.size() <= domain::kMaxLabelFilters) return {};
  http::Problem result = unusable(
      "bad_label", Parameter::Label,
      "The parameter label may be given " + std::to_string(domain::kMaxLabelFilters) + " times.");
  add_number(result, "limit", domain::kMaxLabelFilters);
  return Refused(std::move(result));
}

}  // namespace

Translated translate_entries(Incoming&& in) {
  const auto recursive = in.parameters.boolean(Parameter::Recursive);
  if (!recursive) return Refused(recursive.error());
  auto prefix = read_prefix(in);
  if (!prefix) return Refused(std::move(prefix.error()));
  std::vector<std::string> labels = in.parameters.all(Parameter::Label);
  if (auto ok = check_labels(labels); !ok) return Refused(std::move(ok.error()));
  domain::ListEntries list{.path = in.plan.path,
                           .recursive = recursive->value_or(false),
                           .key_prefix = std::move(*prefix),
                           .labels = std::move(labels),
                           .after = std::nullopt,
                           .limit = 0};
  std::vector<std::string_view> scope{"entries", list.path, list.recursive ? "r" : "",
                                      list.key_prefix};
  // Without labels one empty one, as cursors of 0.1.0 have it.
  if (list.labels.empty()) scope.emplace_back();
  scope.insert(scope.end(), list.labels.begin(), list.labels.end());
  auto page = read_page(in, scope);
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
