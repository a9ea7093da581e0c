#include "bench/schema/documents.hpp"

#include <array>

namespace confman::bench {
namespace {

struct Kind {
  const char* name;
  const char* schema;
  const char* value;
};

constexpr std::array kKinds{
    Kind{"port", R"({"type":"integer","minimum":1,"maximum":65535})", "8080"},
    Kind{"host", R"({"type":"string","minLength":1,"maxLength":253})",
         R"("db-1.internal.example.com")"},
    Kind{"enabled", R"({"type":"boolean"})", "true"},
    Kind{"level", R"({"enum":["debug","info","warning","error"]})", R"("warning")"},
    Kind{"ratio", R"({"type":"number","minimum":0,"maximum":1})", "0.25"},
    Kind{"tags", R"({"type":"array","items":{"type":"string","maxLength":64},"maxItems":16})",
         R"(["a","b","c"])"},
    Kind{"timeout", R"({"type":"integer","exclusiveMinimum":0,"multipleOf":5})", "1500"},
    Kind{
        "pool",
        R"({"type":"object","properties":{"min":{"type":"integer","minimum":0},"max":{"type":"integer",)"
        R"("maximum":1000}},"required":["min","max"],"additionalProperties":false})",
        R"({"min":2,"max":64})"},
    Kind{"owner", R"({"type":["string","null"],"maxLength":64})", "null"},
    Kind{"description", R"({"type":"string"})",
         R"("What this service is for, in a sentence or two.")"},
};
constexpr Kind kWithPattern{
    "version", R"({"type":"string","pattern":"^[0-9]+\\.[0-9]+\\.[0-9]+$"})", R"("12.4.107")"};

}  // namespace

SchemaAndDocument keys_of_a_service(std::size_t keys, bool with_patterns) {
  std::string properties;
  std::string required;
  std::string members;
  for (std::size_t i = 0; i < keys; ++i) {
    const bool pattern = with_patterns && i % kKinds.size() == kKinds.size() - 1;
    const Kind& kind = pattern ? kWithPattern : kKinds[i % kKinds.size()];
    const std::string name = '"' + std::string(kind.name) + "-" + std::to_string(i) + '"';
    const std::string comma = i == 0 ? "" : ",";
    properties += comma + name + ":" + kind.schema;
    members += comma + name + ":" + kind.value;
    if (i % 2 == 0) required += comma + name;
  }
  return {R"({"$schema":"http://json-schema.org/draft-07/schema#","type":"object","properties":{)" +
              properties + R"(},"required":[)" + required + R"(],"additionalProperties":false})",
          "{" + members + "}"};
}

}  // namespace confman::bench
