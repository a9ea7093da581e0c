#pragma once

#include <array>
#include <expected>
#include <utility>

#include "adapters/api/conditions.hpp"
#include "adapters/api/documents.hpp"
#include "adapters/api/incoming.hpp"
#include "adapters/api/rendering.hpp"
#include "domain/json/writer.hpp"

// What the terms of a namespace (its policy, its retention, its quota, what it is bound to) have in
// common as resources: one at a path, which is found, put and deleted, the latter two under
// conditions.
namespace confman::api {

template <class Find>
Translated find_terms(Incoming&& in) {
  Find find{.path = in.plan.path};
  return as_read(std::move(in), std::move(find));
}

template <class Delete>
Translated delete_terms(Incoming&& in) {
  const auto precondition = read_precondition(in.headers);
  if (!precondition) return Refused(precondition.error());
  Delete command{.path = in.plan.path, .precondition = *precondition};
  return as_write(std::move(in), std::move(command));
}

// Of terms that hold from where they were set ("from", null: from nowhere) down to others; only
// where it was at that very path is there a version to name. `append` adds what they say.
template <class Effective, class Append>
http::Response effective_terms(const Plan& plan, const http::Request& request,
                               const Effective& terms, Append append) {
  const bool here = terms.from == plan.path;
  const std::string tag = here ? tag_of(terms.row.revision.index, Form::Json) : std::string();
  return on_conditions(plan, request, tag, [&] {
    http::Response response = json_document();
    json::Writer out(response.body);
    out.begin_object().member("namespace", plan.path).key("from");
    terms.from.empty() ? void(out.null()) : void(out.value(terms.from));
    append(out);
    if (!terms.from.empty()) append_setting(out, terms.row);
    out.end_object();
    return response;
  });
}

// Who may change them.
constexpr std::array<Endpoint, 3> rows_of_terms(Pattern pattern, Permission permission,
                                                Translate find, Translate put, Translate erase,
                                                Render render, ParameterSet more_of_put = 0) {
  return {{{.pattern = pattern,
            .methods = kGetAndHead,
            .permission = Permission::Read,
            .translate = find,
            .render = render,
            .parameters = kReadParameters},
           {.pattern = pattern,
            .methods = kPut,
            .permission = permission,
            .translate = put,
            .render = written,
            .parameters = kWriteParameters | more_of_put},
           {.pattern = pattern,
            .methods = kDelete,
            .permission = permission,
            .translate = erase,
            .render = written,
            .parameters = kWriteParameters}}};
}

}  // namespace confman::api
