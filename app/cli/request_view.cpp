#include "app/cli/request_view.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

#include "app/cli/failure.hpp"
#include "app/cli/output.hpp"
#include "app/cli/value_diff.hpp"

namespace confman::cli {
namespace {

std::string shown(const json::Value& object, std::string_view name) {
  return for_terminal(member(object, name));
}

// The elements of an array; none where there is no such member.
const json::Value::Array& elements(const json::Value& object, std::string_view name) {
  static const json::Value::Array kNone;
  const json::Value* found = object.find(name);
  return found == nullptr || found->array() == nullptr ? kNone : *found->array();
}

std::string who(const json::Value& object, std::string_view name) {
  const json::Value* actor = object.find(name);
  return actor == nullptr ? std::string() : shown(*actor, "id");
}

std::string joined(const json::Value& object, std::string_view name) {
  std::string text;
  for (const json::Value& item : elements(object, name)) {
    text.append(text.empty() ? "" : ", ");
    text.append(item.string() == nullptr ? "" : for_terminal(*item.string()));
  }
  return text;
}

// "put /pay/limit", "assign user:eve in /pay"
std::string change_in_words(const json::Value& change) {
  if (member(change, "hidden") == "true") return "(hidden) in " + shown(change, "namespace");
  const std::string path = shown(change, "namespace");
  std::string text = shown(change, "action") + " ";
  if (change.find("key") != nullptr)
    return text + (path == "/" ? "" : path) + "/" + shown(change, "key");
  if (change.find("principal") != nullptr) return text + shown(change, "principal") + " in " + path;
  if (change.find("role") != nullptr) return text + shown(change, "role");
  if (change.find("group") != nullptr)
    return text + shown(change, "group") + " " + shown(change, "member");
  return text + path;
}

// What isn't told by its name and its versions, a line each; beside what is there now, if that is
// told.
void print_fields(const json::Value& change) {
  static constexpr std::string_view kTold[] = {
      "action", "namespace", "key",    "principal", "role",   "group",   "member",        "base",
      "live",   "moved",     "hidden", "mine",      "theirs", "leftOut", "contentHidden", "now"};
  if (change.object() == nullptr) return;
  const json::Value* now = change.find("now");
  for (const auto& [name, value] : *change.object()) {
    if (std::ranges::find(kTold, name) != std::end(kTold)) continue;
    const std::string text = for_terminal(text_of(&value));
    const json::Value* standing = now == nullptr ? nullptr : now->find(name);
    const std::string before = for_terminal(text_of(standing));
    const bool differs = standing != nullptr && before != text;
    print_line("  " + for_terminal(name) + ": " + (differs ? before + " -> " : "") + text);
  }
  if (now == nullptr) return;
  if (now->is_null()) return print_line("  (there is none yet)");
  if (now->object() == nullptr) return;
  for (const auto& [name, value] : *now->object()) {
    // What doesn't say whether it inherits leaves that as it is.
    const bool stays = name == "inherit" && member(change, "action") == "put-namespace";
    if (stays || change.find(name) != nullptr) continue;
    print_line("  " + for_terminal(name) + ": " + for_terminal(text_of(&value)) + " -> (none)");
  }
}

void print_side(const json::Value& change, std::string_view name) {
  const json::Value* side = change.find(name);
  if (side == nullptr) return;
  if (member(*side, "change") == "none") return print_line("(nothing of it differs)");
  print_entry_diff(*side, "confman request show --json has what would be, confman get what is");
}

}  // namespace

std::string request_target(const std::string& id, const std::string& behind) {
  const bool digits = !id.empty() && id.find_first_not_of("0123456789") == id.npos;
  if (!digits) throw Failure(kUsage, "a request's id is a number: confman request list has them.");
  return "/api/v1/requests/" + id + (behind.empty() ? "" : "/" + behind);
}

std::string request_name(const std::string& id) {
  return "request " + id;
}

void print_request(const json::Value& request) {
  Table table({"request:", shown(request, "id") + ", version " + shown(request, "version")});
  table.add({"state:", shown(request, "state")});
  table.add({"title:", shown(request, "title")});
  if (const std::string reason = shown(request, "reason"); !reason.empty()) {
    table.add({"reason:", reason});
  }
  table.add({"author:", who(request, "author")});
  table.add({"contributors:", joined(request, "contributors")});
  for (const char* time : {"createdAt", "submittedAt", "expiresAt", "publishAt", "published"}) {
    if (request.find(time) != nullptr) table.add({std::string(time) + ":", shown(request, time)});
  }
  for (const json::Value& change : elements(request, "changes")) {
    const bool moved = member(change, "moved") == "true";
    table.add(
        {"change:", change_in_words(change) + (moved ? " (what it starts from has moved)" : "")});
  }
  for (const json::Value& approval : elements(request, "approvals")) {
    table.add({"approved by:", shown(approval, "by") + ", " + shown(approval, "at")});
  }
  for (const json::Value& required : elements(request, "requirements")) {
    const std::string missing = joined(required, "missingGroups");
    table.add({"asked in " + shown(required, "namespace") + ":",
               shown(required, "approvals") + " of " + shown(required, "approvalsRequired") +
                   " approvals" + (missing.empty() ? "" : ", nobody yet of " + missing)});
  }
  std::string allowed;
  for (const json::Value& action : elements(request, "allowedActions")) {
    if (member(action, "allowed") != "true") continue;
    allowed.append(allowed.empty() ? "" : ", ").append(shown(action, "action"));
  }
  table.add({"you may:", allowed.empty() ? "-" : allowed});
  table.flush();
  for (const json::Value& note : elements(request, "timeline")) {
    const std::string text = shown(note, "text");
    const std::string refused = shown(note, "refused");
    print_line(shown(note, "at") + "  " + shown(note, "action") + " by " + who(note, "actor") +
               (refused.empty() ? "" : ", refused: " + refused) +
               (text.empty() ? "" : ": " + text));
  }
}

void print_request_diff(const json::Value& diff) {
  for (const json::Value& change : elements(diff, "changes")) {
    const std::string base = shown(change, "base");
    print_line("=== " + change_in_words(change) + (base.empty() ? "" : "  from version " + base));
    print_fields(change);
    if (member(change, "leftOut") == "true") {
      print_line("too large to be told here: confman get, and confman request show --json");
      print_side(change, "mine");
      continue;
    }
    if (member(change, "contentHidden") == "true") {
      print_line("what it would replace: hidden, since you may not read there");
      continue;
    }
    if (change.find("toVersion") != nullptr && change.find("mine") == nullptr) {
      print_line("what it goes back to isn't there");
    }
    print_side(change, "mine");
    if (member(change, "moved") != "true") continue;
    print_line("--- meanwhile, version " + shown(change, "live") + " is live:");
    print_side(change, "theirs");
  }
}

}  // namespace confman::cli
