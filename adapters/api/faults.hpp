#pragma once

#include <span>
#include <string>
#include <string_view>

#include "adapters/http/problem.hpp"
#include "app/node/request.hpp"
#include "domain/command/reply.hpp"
#include "domain/command/validate.hpp"
#include "domain/model/path.hpp"
#include "domain/query/page.hpp"

// Every way in which a request can fail, in one table: code, status, words. docs/api.md lists the
// same codes, and a test compares the two.
namespace confman::api {

struct Fault {
  std::string_view code;  // stable, snake_case
  int status;
  std::string_view title;
  // What a problem says where nothing more is known of the case; empty: its maker says it.
  std::string_view detail{};
};
// Ascending by code.
std::span<const Fault> fault_table();
// Null: there is no such code.
const Fault* find_fault(std::string_view code);

// Precondition: the code is in the table.
http::Problem problem(std::string_view code, std::string detail);
// With the words of the table. Precondition: it has some.
http::Problem problem(std::string_view code);

// A request that fails carries this instead of a result.
using Refused = std::unexpected<http::Problem>;
inline Refused refuse(std::string_view code, std::string detail) {
  return Refused(problem(code, std::move(detail)));
}
void add_number(http::Problem& problem, std::string_view name, std::uint64_t value);
void add_text(http::Problem& problem, std::string_view name, std::string_view value);

// `name` says which name was wrong: "The namespace's path" or "The key".
http::Problem problem_of(domain::NameFault fault, std::string_view name);
http::Problem problem_of(domain::CommandFault fault);
http::Problem problem_of(const domain::Reply& refused);
http::Problem problem_of(node::Failure failure, domain::Revision applied);
http::Problem problem_of(consensus::ChangeRefusal refusal);
http::Problem problem_of(domain::QueryFault fault);

}  // namespace confman::api
