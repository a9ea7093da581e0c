#include "adapters/api/resources/quota_body.hpp"

#include <string>

#include "adapters/api/body.hpp"
#include "adapters/api/documents.hpp"

namespace confman::api {
namespace {

std::expected<std::uint64_t, http::Problem> limit_field(const json::Value& object,
                                                        std::string_view name) {
  const json::Value* member = object.find(name);
  if (member == nullptr) return 0;
  const auto number = member->uint64();
  if (number && *number > 0 && *number <= INT64_MAX) return *number;
  return at_field("bad_quota", name,
                  "A quota is a whole number from 1 up; one that isn't named isn't limited.");
}

void append_limit(json::Writer& out, std::string_view name, std::uint64_t limit,
                  std::uint64_t used) {
  out.key(name).begin_object().key("limit");
  limit == 0 ? void(out.null()) : void(out.value(limit));
  out.member("used", used).end_object();
}

}  // namespace

std::expected<QuotaLimits, http::Problem> quota_of_fields(const json::Value& object) {
  const auto entries = limit_field(object, "entries");
  if (!entries) return Refused(entries.error());
  const auto bytes = limit_field(object, "bytes");
  if (!bytes) return Refused(bytes.error());
  if (*entries == 0 && *bytes == 0) {
    return at_field("missing_field", "entries",
                    "A quota limits entries, bytes or both: {\"entries\":1000,\"bytes\":1048576}.");
  }
  return QuotaLimits{*entries, *bytes};
}

void append_quota(json::Writer& out, const domain::FoundQuota& quota) {
  const domain::QuotaRow& row = quota.row;
  out.begin_object().member("namespace", quota.path);
  append_limit(out, "entries", row.max_entries, row.used_entries);
  append_limit(out, "bytes", row.max_bytes, row.used_bytes);
  if (!row.counted) out.member("counting", true);
  append_setting(out, row);
  out.end_object();
}

}  // namespace confman::api
