#include <filesystem>
#include <gtest/gtest.h>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "tests/docs/markdown.hpp"
#include "tests/support/paths/paths.hpp"

// The tables of docs/judged.md, held against the sources: each field of an answer, each parameter
// of a request and each bound has a row, and no row is of something that is gone. So who adds one
// must say who judges it, or that nobody does.
namespace confman::testing {
namespace {

using Names = std::set<std::string>;

std::string source(const std::string& file) {
  return read_document(test::source_dir() / file).text;
}

// What stands between the braces of the type: the lines of a declaration of ours are indented by
// two, and its closing brace by none.
std::string body_of(const std::string& text, const std::string& type) {
  const std::regex begins("\n(?:struct|enum class) " + type + "(?: [^;{]*)? \\{");
  std::smatch found;
  if (!std::regex_search(text, found, begins)) return {};
  const std::string rest = found.suffix();
  return rest.substr(0, rest.find("\n}"));
}

// "  Type name;", with or without a value, and nothing else that may stand in a struct.
Names fields_of(const std::string& file, const std::string& type) {
  static const std::regex kField(
      R"(^  (?!static|friend|using|template|return|struct|enum|union)[A-Za-z_][\w:<>,\*& ]*[\w>\*&] (\w+)(?:\{.*\}| = [^;]*)?;.*$)");
  Names found;
  // A long declaration goes on in a line that is indented further.
  static const std::regex kGoesOn(R"(\n {6,})");
  std::istringstream lines(std::regex_replace(body_of(source(file), type), kGoesOn, " "));
  for (std::string line; std::getline(lines, line);) {
    std::smatch match;
    if (std::regex_match(line, match, kField)) found.insert(type + "." + match[1].str());
  }
  EXPECT_FALSE(found.empty()) << type << " was not found in " << file;
  return found;
}

Names values_of(const std::string& file, const std::string& type) {
  static const std::regex kValue(R"(^  ([A-Z]\w+)(?: =|(?: = \d+)?,.*)$)");
  std::string body = body_of(source(file), type);
  // On one line: "enum class A : std::uint8_t { B, C };"
  Names found;
  std::istringstream lines(body);
  for (std::string line; std::getline(lines, line);) {
    std::smatch match;
    if (std::regex_match(line, match, kValue)) found.insert(type + "." + match[1].str());
  }
  EXPECT_FALSE(found.empty()) << type << " was not found in " << file;
  return found;
}

Names constants_in(const std::string& file) {
  static const std::regex kConstant(R"(\ninline constexpr [\w:]+ (k\w+) =)");
  Names found;
  const std::string text = source(file);
  for (std::sregex_iterator it(text.begin(), text.end(), kConstant), end; it != end; ++it) {
    found.insert((*it)[1]);
  }
  EXPECT_FALSE(found.empty()) << file;
  return found;
}

// The names in the first column of the tables below that heading.
Names rows_below(const std::string& heading) {
  static const std::regex kRow(R"(^\| `([\w.]+)` \| (.+) \|$)");
  const std::string text = source("docs/judged.md");
  const std::size_t begin = text.find("\n## " + heading + "\n");
  EXPECT_NE(begin, std::string::npos) << heading;
  if (begin == std::string::npos) return {};
  std::istringstream lines(text.substr(begin + 4, text.find("\n## ", begin + 4) - begin - 4));
  Names found;
  for (std::string line; std::getline(lines, line);) {
    std::smatch match;
    if (!std::regex_match(line, match, kRow)) continue;
    EXPECT_TRUE(found.insert(match[1]).second) << match[1] << " has two rows";
  }
  return found;
}

struct Source {
  const char* file;
  std::vector<const char*> types;
};

void expect_rows(const char* heading, const Names& expected) {
  const Names rows = rows_below(heading);
  for (const std::string& name : expected) {
    EXPECT_TRUE(rows.contains(name)) << name << " has no row below '" << heading << "'";
  }
  for (const std::string& name : rows) {
    EXPECT_TRUE(expected.contains(name)) << name << " has a row, and isn't there any more";
  }
}

Names all_fields(const std::vector<Source>& sources) {
  Names all;
  for (const Source& one : sources) {
    for (const char* type : one.types) all.merge(fields_of(one.file, type));
  }
  return all;
}

TEST(Judged, EveryFieldOfAnAnswerHasARow) {
  Names all = all_fields({
      {"app/node/request.hpp",
       {"Response", "WriteDone", "ReadDone", "WatchDone", "AdminDone", "AdminRefused", "Denied",
        "Failed"}},
      {"domain/command/reply.hpp", {"Reply"}},
      {"domain/entries/entry.hpp", {"Destruction", "EntryRow"}},
      {"domain/restore/restore_point.hpp", {"RestorePointRow", "FoundRestorePoint"}},
      {"domain/entries/query.hpp", {"FoundEntry"}},
      {"domain/past/listing.hpp", {"PastPage"}},
      {"domain/past/compare.hpp", {"ComparedEntry", "ComparedPage"}},
      {"domain/namespaces/namespace.hpp", {"NamespaceRow"}},
      {"domain/namespaces/query.hpp", {"FoundNamespace"}},
      {"domain/query/page.hpp", {"Page", "Work"}},
      {"domain/audit/event.hpp", {"AuditRow"}},
      {"domain/audit/query.hpp", {"AuditEvent"}},
      {"domain/audit/changes.hpp", {"Change", "ChangePage"}},
      {"app/node/node.hpp", {"ClockStatus", "NodeStatus", "MemberChanged"}},
      {"consensus/status.hpp", {"Status", "PeerStatus"}},
      {"domain/state/meta.hpp", {"MetaRow"}},
      {"app/node/gateway.hpp", {"StatusReport"}},
      {"domain/access/query.hpp",
       {"FoundApiKey", "FoundRole", "FoundAssignment", "FoundGroupMember", "FoundAccess"}},
      {"domain/access/rights.hpp", {"Grant"}},
      {"domain/access/api_key.hpp", {"ApiKeyRow"}},
      {"domain/access/role.hpp", {"RoleRow"}},
      {"domain/access/assignment.hpp", {"AssignmentRow"}},
      {"domain/access/group.hpp", {"GroupMemberRow"}},
      {"domain/review/query.hpp", {"RequestView", "FoundRequest", "FoundChange"}},
  });
  all.merge(values_of("app/node/request.hpp", "Failure"));
  all.merge(values_of("domain/model/refusal.hpp", "Refusal"));
  expect_rows("Answers", all);
}

TEST(Judged, EveryParameterOfARequestHasARow) {
  expect_rows(
      "Requests",
      all_fields({
          {"app/node/request.hpp",
           {"Request", "Write", "GetEntry", "GetNamespace", "GetApiKey", "GetRole", "GetAssignment",
            "GetRequest", "MayDo", "Read", "Watch", "ChangeMembers", "Transfer"}},
          {"domain/access/rights.hpp", {"Credentials"}},
          {"domain/access/query.hpp",
           {"ListApiKeys", "ListRoles", "ListAssignments", "ListGroupMembers", "CheckAccess"}},
          {"domain/access/commands.hpp",
           {"CreateApiKey", "RevokeApiKey", "MintBootstrapKey", "PutRole", "DeleteRole",
            "PutAssignment", "DeleteAssignment", "AddGroupMember", "RemoveGroupMember"}},
          {"domain/review/commands.hpp",
           {"PutPolicy", "DeletePolicy", "CreateRequest", "EditRequest", "StepRequest",
            "PublishDue"}},
          {"domain/review/query.hpp", {"ListRequests", "FindPolicy"}},
          {"domain/entries/query.hpp", {"ListEntries", "ListVersions"}},
          {"domain/entries/resolve.hpp", {"ResolveEntry", "ResolveNamespace"}},
          {"domain/past/as_of.hpp", {"AsOf"}},
          {"domain/past/listing.hpp", {"ListPast"}},
          {"domain/past/compare.hpp", {"CompareVersions", "CompareNamespace"}},
          {"domain/namespaces/query.hpp", {"ListNamespaces"}},
          {"domain/past/commands.hpp", {"DestroyVersion"}},
          {"domain/restore/commands.hpp", {"CreateRestorePoint", "DeleteRestorePoint"}},
          {"domain/restore/restore_point.hpp", {"GetRestorePoint", "ListRestorePoints"}},
          {"domain/audit/query.hpp", {"ListAudit"}},
          {"domain/audit/changes.hpp", {"WatchScope"}},
          {"domain/command/command.hpp", {"Command"}},
          {"domain/entries/commands.hpp", {"PutEntry", "DeleteEntry", "RollbackEntry"}},
          {"domain/namespaces/commands.hpp", {"PutNamespace", "DeleteNamespace"}},
          {"domain/model/precondition.hpp", {"Precondition"}},
          {"domain/model/actor.hpp", {"Actor"}},
          {"consensus/membership_change.hpp", {"AddLearner", "Promote", "Demote", "Remove"}},
      }));
}

TEST(Judged, EveryBoundHasARow) {
  Names all = all_fields({{"app/node/config.hpp", {"NodeConfig"}},
                          {"consensus/config.hpp", {"RaftConfig"}},
                          {"domain/outcomes/limits.hpp", {"OutcomeLimits"}}});
  all.merge(constants_in("domain/limits.hpp"));
  expect_rows("Bounds", all);
}

// So that a declaration that this test can't read isn't taken for none.
TEST(Judged, TheFieldsAreRead) {
  EXPECT_EQ(fields_of("app/node/request.hpp", "Response"),
            (Names{"Response.id", "Response.outcome", "Response.revision", "Response.leader"}));
  EXPECT_EQ(fields_of("app/node/request.hpp", "Watch").size(), 7U);
  EXPECT_EQ(fields_of("domain/model/precondition.hpp", "Precondition").size(), 3U);
  EXPECT_EQ(values_of("app/node/request.hpp", "Failure").size(), 13U);
}

}  // namespace
}  // namespace confman::testing
