#pragma once

#include <array>
#include <expected>
#include <string_view>

#include "adapters/http/problem.hpp"
#include "domain/json/value.hpp"
#include "domain/json/writer.hpp"
#include "domain/review/policy.hpp"

namespace confman::api {

inline constexpr auto kPolicyFields = std::to_array<std::string_view>(
    {"approvals", "approverGroups", "approverMayPublish", "publishOnApproval", "rollback",
     "requestLifetime", "emergency", "freezes", "noteSecretReads"});
// Each of them optional: what is absent is as without a policy.
std::expected<domain::PolicyTerms, http::Problem> terms_of_fields(const json::Value& object);

// Appends them as members of an object.
void append_terms(json::Writer& out, const domain::PolicyTerms& terms);

}  // namespace confman::api
