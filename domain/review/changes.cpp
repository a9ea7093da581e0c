#include "domain/review/changes.hpp"

#include <algorithm>
#include <set>
#include <tuple>
#include <variant>

#include "domain/catalogue.hpp"
#include "domain/codec/must_decode.hpp"
#include "domain/command/command.hpp"
#include "domain/limits.hpp"
#include "domain/review/bases.hpp"
#include "domain/review/request.hpp"

namespace confman::domain {
namespace {

template <class Body>
bool names_version(const Body& body) {
  if constexpr (requires { body.precondition; }) {
    return body.precondition.if_version.has_value() != body.precondition.if_absent;
  } else {
    return true;  // there is or there isn't such a thing: it has no versions
  }
}

template <class Body>
bool is_exact(const Body& body) {
  if constexpr (std::is_same_v<Body, RollbackEntry>) return body.to_version != 0;
  if constexpr (std::is_same_v<Body, RollbackNamespace>) return body.to_revision != Revision{};
  return true;
}

Checked check_change(const CommandBody& change) {
  return std::visit(
      []<class Body>(const Body& body) -> Checked {
        if (Body::kGoverned == Governed::No) return fault(CommandFaultKind::ChangeNotAllowed);
        if (auto ok = check(body); !ok) return ok;
        if (!is_exact(body)) return fault(CommandFaultKind::BadTarget);
        if (!names_version(body)) return fault(CommandFaultKind::ChangeWithoutVersion);
        return {};
      },
      change);
}

// What a change is of: an entry and a namespace's policy are two things.
using Thing = std::tuple<Changed, std::string, std::string>;
Thing thing_of(const CommandBody& change) {
  return std::visit(
      [](const auto& body) {
        const Subject subject = body.subject();
        const auto* row = std::ranges::find(kActions, body.attempted(), &ActionRow::action);
        return Thing{row->what, subject.path, subject.key};
      },
      change);
}

}  // namespace

Bytes join_changes(const std::vector<Bytes>& bodies) {
  Bytes joined;
  ByteWriter out(joined);
  for (const Bytes& body : bodies) out.bytes(body);
  return joined;
}

std::optional<std::vector<ByteView>> split_changes(ByteView joined) {
  std::vector<ByteView> bodies;
  ByteReader in(joined);
  while (in.ok() && !in.at_end()) {
    if (bodies.size() == kMaxChanges) return std::nullopt;
    bodies.push_back(in.bytes(kMaxCommandBytes));
  }
  if (!in.ok()) return std::nullopt;
  return bodies;
}

Checked check_changes(ByteView joined) {
  const auto bodies = split_changes(joined);
  if (!bodies || bodies->empty()) return fault(CommandFaultKind::BadChanges);
  std::set<Thing> things;
  std::set<std::string> rolled_back;  // namespaces
  std::set<std::string> of_entries;
  std::size_t bindings = 0;
  for (const ByteView bytes : *bodies) {
    const auto change = decode_body(bytes);
    if (!change || encode_body(*change) != bytes) return fault(CommandFaultKind::BadChanges);
    if (auto ok = check_change(*change); !ok) return ok;
    if (!things.insert(thing_of(*change)).second) return fault(CommandFaultKind::ChangeTwice);
    if (std::holds_alternative<PutBinding>(*change) ||
        std::holds_alternative<DeleteBinding>(*change)) {
      ++bindings;
    } else if (std::holds_alternative<RollbackNamespace>(*change)) {
      rolled_back.insert(target_of_change(bytes).path);
    } else if (is_of_entry(*change)) {
      of_entries.insert(target_of_change(bytes).path);
    }
  }
  if (rolled_back.size() > kMaxRollbacksOfRequest) return fault(CommandFaultKind::TooManyRollbacks);
  if (bindings > kMaxBindingsOfRequest) return fault(CommandFaultKind::TooManyBindings);
  // It changes any of the entries.
  for (const std::string& path : rolled_back) {
    if (of_entries.contains(path)) return fault(CommandFaultKind::ChangeTwice);
  }
  if (namespaces_of_changes(*bodies).size() > kMaxNamespacesOfRequest) {
    return fault(CommandFaultKind::TooManyNamespaces);
  }
  return {};
}

ChangeTarget target_of_change(ByteView body) {
  const CommandBody change = must_decode(decode_body(body));
  const Subject subject = std::visit([](const auto& b) { return b.subject(); }, change);
  return {std::string(subject.path), std::string(subject.key)};
}

std::vector<std::string> namespaces_of_changes(const std::vector<ByteView>& bodies) {
  std::set<std::string> paths;
  for (const ByteView body : bodies) paths.insert(target_of_change(body).path);
  return {paths.begin(), paths.end()};
}

std::vector<PutEntry> puts_in(const std::vector<ByteView>& bodies) {
  std::vector<PutEntry> puts;
  for (const ByteView bytes : bodies) {
    CommandBody change = must_decode(decode_body(bytes));
    if (auto* put = std::get_if<PutEntry>(&change)) puts.push_back(std::move(*put));
  }
  return puts;
}

std::uint64_t since_of_changes(ByteView joined) {
  std::uint64_t since = 0;
  for (const ByteView bytes : split_changes(joined).value_or(std::vector<ByteView>())) {
    const auto change = decode_body(bytes);
    if (change) since = std::max(since, since_of(*change));
  }
  return since;
}

Sha256Digest content_of(const std::vector<ByteView>& bodies, std::int64_t publish_at_ms) {
  Bytes frame;
  ByteWriter(frame).u64(static_cast<std::uint64_t>(publish_at_ms));
  Sha256 hash;
  hash.update(frame);
  for (const ByteView body : bodies) {
    frame.clear();
    ByteWriter(frame).varint(body.size());
    hash.update(frame);
    hash.update(body);
  }
  return hash.finish();
}

}  // namespace confman::domain
