#pragma once

#include <map>
#include <string>
#include <string_view>

// The texts of the rows of tests/data/bad-inputs.jsonl whose surface is SCHEMA.
namespace confman::test {

inline std::string repeated(std::string_view text, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += text;
  return out;
}

inline std::string list_of(std::string_view schema, std::size_t count) {
  std::string out(schema);
  for (std::size_t i = 1; i < count; ++i) out += "," + std::string(schema);
  return "[" + out + "]";
}

// "a0" refers to "a1", which refers to "a2"…
inline std::string chain_of_refs(std::size_t count) {
  std::string out = R"({"$ref":"#/$defs/a0","$defs":{)";
  for (std::size_t i = 0; i < count; ++i) {
    out += "\"a" + std::to_string(i) + R"(":{"$ref":"#/$defs/a)" + std::to_string(i + 1) + "\"},";
  }
  return out + "\"a" + std::to_string(count) + R"(":true}})";
}

// A row may stand for several texts, each of which gets one of its answers.
inline std::multimap<std::string, std::string> bad_schemas() {
  return {
      {"S001", "{"},
      {"S002", "[]"},
      {"S003", "\"string\""},
      {"S004", "false"},
      {"S007", R"({"type":"strng"})"},
      {"S008", R"({"type":[]})"},
      {"S009", R"({"type":["string","string"]})"},
      {"S010", R"({"type":5})"},
      {"S012", R"({"properties":{"a":5}})"},
      {"S018", R"({"enum":"a"})"},
      {"S021", R"({"minimum":5,"maximum":1})"},
      {"S023", R"({"maxLength":1.5})"},
      {"S025", R"({"multipleOf":0})"},
      {"S029", R"({"pattern":"[z-a]"})"},
      {"S030", R"({"pattern":"^(ab)+$"})"},
      {"S031", R"({"pattern":"(a)\\1"})"},
      {"S035", R"({"pattern":")" + std::string(5'000, 'a') + "\"}"},
      {"S036", R"({"pattern":"^[a-z]+$"})"},
      {"S037", R"({"patternProperties":{"(":{}}})"},
      {"S040",
       R"({"$ref":"#/$defs/a","$defs":{"a":{"$ref":"#/$defs/b"},"b":{"$ref":"#/$defs/a"}}})"},
      {"S042", R"({"$ref":"http://evil/s.json"})"},
      {"S043", R"({"$ref":"file:///etc/passwd"})"},
      {"S044", R"({"$ref":"../../other"})"},
      {"S045", chain_of_refs(200)},
      {"S047", R"({"allOf":)" + list_of("true", 10'000) + "}"},
      {"S048", R"({"items":5})"},
      {"S049", R"({"additionalProperties":"no"})"},
      {"S050", R"({"dependentRequired":{"a":"b"}})"},
      {"S056", R"({"$defs":{"a":{"$anchor":"x"},"b":{"$anchor":"x"}}})"},
      {"S057", R"({"$dynamicRef":"#/$defs/a","$defs":{"a":true}})"},
      {"S061", R"({"x-confman-rotation-days":0})"},
      {"S061", R"({"x-confman-rotation-days":-1})"},
      {"S061", R"({"x-confman-rotation-days":"90"})"},
      {"S061", R"({"x-confman-rotation-days":1e9})"},
      {"S063", R"({"x-confman-allowed-values":[{"description":"d"}]})"},
      {"S065", R"({"enum":["a"],"x-confman-allowed-values":[{"value":"b"}]})"},
      {"S066", R"({"x-confman-foo":1})"},
      {"S067", "{" + std::string(2 * 1024 * 1024, ' ') + "}"},
      {"S068", repeated(R"({"not":)", 200) + "true" + repeated("}", 200)},
      {"S069", R"({"type":"string","default":5})"},
  };
}

// The codes that a row names: of "422 out_of_range or wrong_type" both.
inline bool names_code(const std::string& expected, std::string_view code) {
  for (std::size_t at = expected.find(code); at != expected.npos;
       at = expected.find(code, at + 1)) {
    const std::size_t end = at + code.size();
    const bool starts = at == 0 || expected[at - 1] == ' ';
    const bool ends = end == expected.size() || expected[end] == ' ' || expected[end] == ',';
    if (starts && ends) return true;
  }
  return false;
}

}  // namespace confman::test
