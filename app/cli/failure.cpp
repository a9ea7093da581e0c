#include "app/cli/failure.hpp"

#include <algorithm>

#include "domain/json/writer.hpp"

namespace confman::cli {

std::string Failure::as_json() const {
  std::string text;
  json::Writer out(text);
  out.begin_object().key("error").begin_object();
  out.member("exit", status).member("message", what());
  if (outcome_unknown) out.member("outcome", "unknown");
  if (!idempotency_key.empty()) out.member("idempotencyKey", idempotency_key);
  if (!problem.empty()) out.key("problem").raw(problem);
  out.end_object().end_object();
  // A line break in a JSON text stands between values only.
  std::ranges::replace(text, '\n', ' ');
  std::ranges::replace(text, '\r', ' ');
  return text;
}

}  // namespace confman::cli
