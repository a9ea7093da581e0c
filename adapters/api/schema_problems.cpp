#include "adapters/api/schema_problems.hpp"

#include <algorithm>

#include "adapters/api/faults.hpp"
#include "adapters/api/rendering.hpp"
#include "adapters/api/text.hpp"
#include "adapters/api/value_check.hpp"

namespace confman::api {
namespace {

using domain::Finding;
using domain::VerdictKind;

http::Problem about_schema(std::string_view code, std::string_view schema) {
  http::Problem result = problem(code);
  if (!schema.empty()) {
    add_text(result, "schema", schema);
  }
  return result;
}

std::string_view code_for(const node::Judged& judged) {
  if (judged.of_binding) {
    return "schema_breaks_values";
  }
  const auto& findings = judged.verdict.findings;
  const bool deprecated =
      judged.verdict.unseen == 0 && std::ranges::all_of(findings, [](const Finding& finding) {
        return finding.keyword == Finding::kDeprecated;
      });
  return deprecated ? "deprecated_key" : "schema_violation";
}

std::string sentence_of(const domain::Verdict& verdict) {
  const std::string unseen =
      concat({std::to_string(verdict.unseen), verdict.unseen == 1 ? " lies" : " lie",
              " in namespaces that you may not read."});
  if (verdict.findings.empty()) return concat({"Of what is wrong ", unseen});
  const Finding& finding = verdict.findings.front();
  const std::string where = finding.pointer.empty() ? "The namespace" : finding.pointer;
  const bool deprecated = finding.keyword == Finding::kDeprecated;
  std::string text = deprecated
                         ? concat({where, " is deprecated: ", finding.expected, "."})
                         : concat({where, ": expected ", finding.expected,
                                   finding.found.empty() ? "" : ", found ", finding.found, "."});
  if (const std::size_t more = verdict.total - verdict.unseen - 1; more > 0) {
    text.append(" ").append(std::to_string(more)).append(" more stand in \"violations\".");
  }
  if (verdict.unseen > 0) {
    text.append(" ").append(unseen);
  }
  return text;
}

}  // namespace

http::Problem problem_of(const schema::Fault& fault) {
  const std::string_view code = schema::code_of(fault.kind);
  std::string detail =
      fault.expected.empty()
          ? std::string(find_fault(code) == nullptr ? "" : find_fault(code)->title) + "."
          : concat({"In the schema, at ", fault.pointer.empty() ? "its root" : fault.pointer,
                    ": expected ", fault.expected,
                    fault.found.empty() ? "" : concat({", found ", fault.found}), "."});
  if (!fault.suggestion.empty()) {
    detail += " Did you mean " + fault.suggestion + "?";
  }
  http::Problem result = problem(code, std::move(detail));
  // A value that is nested too deeply can't be read (400); a schema is read, and isn't taken.
  if (fault.kind == schema::FaultKind::TooDeep) {
    result.status = 422;
  }
  add_text(result, "pointer", fault.pointer);
  if (!fault.document.empty()) {
    add_text(result, "document", fault.document);
  }
  if (!fault.expected.empty()) {
    add_text(result, "expected", fault.expected);
  }
  if (!fault.found.empty()) {
    add_text(result, "found", fault.found);
  }
  if (!fault.suggestion.empty()) {
    add_text(result, "suggestion", fault.suggestion);
  }
  if (fault.json) {
    result.detail = problem_of(*fault.json).detail;
    add_text(result, "json", json::code_of(fault.json->kind));
    add_number(result, "line", fault.json->line);
    add_number(result, "column", fault.json->column);
    add_number(result, "offset", fault.json->offset);
  }
  if (fault.kind == schema::FaultKind::SchemaTooLarge) {
    add_number(result, "limit", domain::kMaxSchemaTextBytes);
  }
  return result;
}

void append_findings(json::Writer& out, const std::vector<Finding>& findings) {
  out.begin_array();
  for (const Finding& finding : findings) {
    out.begin_object().member("namespace", finding.path).member("pointer", finding.pointer);
    out.member("keyword", finding.keyword).member("expected", finding.expected);
    if (!finding.found.empty()) {
      out.member("found", finding.found);
    }
    out.member("schema", to_string(finding.schema));
    if (!finding.schema_pointer.empty()) {
      out.member("schemaPointer", finding.schema_pointer);
    }
    out.end_object();
  }
  out.end_array();
}

http::Problem problem_of(const node::Judged& judged) {
  const domain::Verdict& verdict = judged.verdict;
  switch (verdict.kind) {
    case VerdictKind::TooComplex:
      return about_schema("schema_too_complex", verdict.about);
    case VerdictKind::Unusable:
      if (verdict.fault) return problem_of(*verdict.fault);
      return about_schema("schema_unusable", verdict.about);
    case VerdictKind::SchemaMissing:
      return problem("schema_version_not_found");
    case VerdictKind::TooLarge: {
      http::Problem result =
          problem(judged.of_binding ? "binding_too_large" : "namespace_too_large");
      add_number(result, "limit",
                 judged.of_binding ? domain::kMaxTriedEntries : domain::kMaxHeldEntries);
      return result;
    }
    case VerdictKind::NeedsSchemas:  // the node goes on with these
    case VerdictKind::Referring:
    case VerdictKind::Valid:
    case VerdictKind::Violates:
      break;
  }
  CONFMAN_ASSERT(verdict.total > 0, "What was found good isn't a problem.");
  http::Problem result = problem(code_for(judged), sentence_of(verdict));
  std::string findings;
  json::Writer out(findings);
  append_findings(out, verdict.findings);
  result.extra.emplace_back("violations", std::move(findings));
  add_number(result, "total", verdict.total);
  if (verdict.unseen > 0) {
    add_number(result, "unseen", verdict.unseen);
  }
  return result;
}

http::Response trial_document(const node::Judged& judged) {
  http::Response response = fresh_document();
  json::Writer out(response.body);
  out.begin_object().member("dryRun", true).member("wouldBind", judged.verdict.total == 0);
  out.key("violations");
  append_findings(out, judged.verdict.findings);
  out.member("total", judged.verdict.total);
  if (judged.verdict.unseen > 0) {
    out.member("unseen", judged.verdict.unseen);
  }
  out.end_object();
  return response;
}

}  // namespace confman::api
