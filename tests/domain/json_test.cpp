#include <fstream>
#include <gtest/gtest.h>
#include <map>

#include "domain/json/check.hpp"
#include "domain/json/value.hpp"
#include "domain/json/writer.hpp"
#include "domain/limits.hpp"
#include "tests/support/bad_json.hpp"
#include "tests/support/paths/paths.hpp"

namespace confman::json {
namespace {

using domain::kMaxJsonDepth;
using domain::kMaxJsonNodes;

std::string repeated(std::string_view piece, std::size_t times) {
  std::string text;
  text.reserve(piece.size() * times);
  for (std::size_t i = 0; i < times; ++i) text += piece;
  return text;
}

// 1 MiB of [{},{},…].
std::string many_small_objects() {
  return "[" + repeated("{},", 1024 * 1024 / 3) + "{}]";
}

std::string object_of(std::size_t members) {
  std::string text = "{";
  for (std::size_t i = 0; i < members; ++i) {
    if (i > 0) text += ',';
    text += "\"k" + std::to_string(i) + "\":1";
  }
  return text + "}";
}

Fault fault_of(std::string_view text) {
  const auto checked = check_json(text);
  EXPECT_FALSE(checked) << text.substr(0, 80);
  return checked ? Fault{} : checked.error();
}

// And those of the list that only the parser is asked about.
std::map<std::string, std::string> texts_by_row() {
  std::map<std::string, std::string> texts = testing::bad_json();
  texts["J053"] = many_small_objects();
  texts["J054"] = object_of(100'001);
  texts["J056"] = "{\"" + std::string(10 * 1024, 'k') + "\":1}";
  return texts;
}

// "400 trailing_content column 8": the second word is the code.
std::string expected_code(const std::string& expected) {
  const std::size_t start = expected.find(' ') + 1;
  return expected.substr(start, expected.find(' ', start) - start);
}

TEST(Json, RefusesTheBadInputsOfTheListWithItsCodes) {
  std::ifstream file(test::source_dir() / "tests/data/bad-inputs.jsonl");
  const std::map<std::string, std::string> texts = texts_by_row();
  std::size_t checked = 0;
  for (std::string line; std::getline(file, line);) {
    const auto row = parse(line);
    ASSERT_TRUE(row) << line;
    const auto text = texts.find(*row->find("id")->string());
    if (text == texts.end()) continue;
    const std::string expected = *row->find("expected")->string();
    EXPECT_EQ(code_of(fault_of(text->second).kind), expected_code(expected)) << text->first;
    ++checked;
  }
  EXPECT_EQ(checked, texts.size()) << "The list has lost a row.";
}

TEST(Json, SaysWhere) {
  Fault fault = fault_of("{\"a\":1}x");
  EXPECT_EQ(fault.offset, 7U);
  EXPECT_EQ(fault.line, 1U);
  EXPECT_EQ(fault.column, 8U);
  fault = fault_of("[\"\xff\xfe\"]");
  EXPECT_EQ(fault.offset, 2U);
  fault = fault_of("a=1&b=2");
  EXPECT_EQ(fault.column, 1U);
  fault = fault_of("{\"a\":1,\"a\":2}");
  EXPECT_EQ(fault.pointer, "/a");
  EXPECT_EQ(fault.offset, 7U);
  fault = fault_of("{\n  \"\xc3\xa9/~\": [true,\n \"\xc3\xa9\", nul]\n}");
  EXPECT_EQ(fault.kind, FaultKind::ExpectedValue);
  EXPECT_EQ(fault.line, 3U);
  EXPECT_EQ(fault.column, 7U);  // in characters: é is one
  EXPECT_EQ(fault.pointer, "/\xc3\xa9~1~0/2");
}

// Names with escapes are kept apart from the text, and must stay where they are as levels are
// added.
TEST(Json, RemembersUnescapedNamesHoweverDeepItGoes) {
  const std::string name = "\\\"a name that is long enough to lie on the heap";
  const std::string open = "{\"" + name + "\":[{\"" + name + "\":[[[";
  const Fault fault = fault_of(open + "nul");
  const std::string unescaped = name.substr(1);
  EXPECT_EQ(fault.pointer, "/" + unescaped + "/0/" + unescaped + "/0/0/0");
  EXPECT_EQ(fault_of(open + "]]],\"" + name + "\":1").kind, FaultKind::DuplicateKey);
}

TEST(Json, RefusesMoreThanTheListNames) {
  for (const auto& [text, kind] : std::initializer_list<std::pair<std::string, FaultKind>>{
           {"[1,]", FaultKind::TrailingComma},
           {"[1,,2]", FaultKind::ExpectedValue},
           {"[1 2]", FaultKind::ExpectedComma},
           {"[1", FaultKind::UnexpectedEnd},
           {"[1,", FaultKind::UnexpectedEnd},
           {"{\"a\"", FaultKind::UnexpectedEnd},
           {"{\"a\" 1}", FaultKind::ExpectedColon},
           {"{\"a\":1", FaultKind::UnexpectedEnd},
           {"{\"a\":1]", FaultKind::ExpectedComma},
           {"{", FaultKind::UnexpectedEnd},
           {"]", FaultKind::ExpectedValue},
           {"// x\n1", FaultKind::CommentsNotAllowed},
           {"1 // x", FaultKind::CommentsNotAllowed},
           {"+1", FaultKind::BadNumber},
           {"-", FaultKind::BadNumber},
           {"--1", FaultKind::BadNumber},
           {"-01", FaultKind::LeadingZero},
           {"1.5.5", FaultKind::BadNumber},
           {"1e+", FaultKind::BadNumber},
           {"12a", FaultKind::BadNumber},
           {"-0.0001e-400", FaultKind::NumberUnderflow},
           {"truefalse", FaultKind::TrailingContent},
           {"nan", FaultKind::ExpectedValue},
           {"\"\\ud800\"", FaultKind::LoneSurrogate},
           {"\"\\ud800\\u0041\"", FaultKind::LoneSurrogate},
           {"\"\\ud800\\u00g1\"", FaultKind::BadEscape},
           {"\"\\u12", FaultKind::BadEscape},
           {"\"\\", FaultKind::UnterminatedString},
           {"\"\x01\"", FaultKind::ControlCharacter},
           {"\v1", FaultKind::ExpectedValue}}) {
    EXPECT_EQ(code_of(fault_of(text).kind), code_of(kind)) << text;
  }
  EXPECT_EQ(fault_of(std::string_view("1\0", 2)).kind, FaultKind::TrailingContent);
}

TEST(Json, TakesEveryValueUpToTheLimits) {
  for (const std::string& text : std::initializer_list<std::string>{
           "null",
           " true\r\n",
           "42",
           "-0",
           "-0.0e-999",
           "1.5e+10",
           "5e-324",
           "1.7976931348623157e308",
           "\"\"",
           "[]",
           "{}",
           "[ ]",
           "{ }",
           "{\"\":1}",
           "[1 , 2 ]",
           "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\ude00\"",
           "\"" + std::string(1024 * 1024, 'x') + "\"",
           "1" + std::string(63, '0'),
           repeated("[", kMaxJsonDepth) + repeated("]", kMaxJsonDepth),
           "[" + repeated("1,", kMaxJsonNodes - 2) + "1]",
           object_of(kMaxJsonNodes - 1),
           "[{\"a\":1},{\"a\":2}]",
           "{\"a\":{\"a\":1}}"}) {
    EXPECT_TRUE(check_json(text)) << text.substr(0, 60);
  }
  EXPECT_EQ(fault_of("[" + repeated("1,", kMaxJsonNodes - 1) + "1]").kind, FaultKind::TooManyNodes);
  EXPECT_EQ(fault_of(object_of(kMaxJsonNodes)).kind, FaultKind::TooManyMembers);
  EXPECT_EQ(fault_of("1" + std::string(64, '0')).kind, FaultKind::NumberTooLong);
}

TEST(JsonValue, KeepsWhatTheTextSays) {
  const auto value =
      parse(R"({"s":"a\u00e9\ud83d\ude00\n","n":1.50,"i":-7,"t":true,"z":null,"l":[1,[],{}]})");
  ASSERT_TRUE(value);
  ASSERT_NE(value->object(), nullptr);
  EXPECT_EQ(value->object()->size(), 6U);
  EXPECT_EQ(*value->find("s")->string(), "a\xc3\xa9\xf0\x9f\x98\x80\n");
  EXPECT_EQ(value->find("n")->number()->text, "1.50");
  EXPECT_EQ(value->find("i")->int64(), -7);
  EXPECT_TRUE(*value->find("t")->boolean());
  EXPECT_TRUE(value->find("z")->is_null());
  ASSERT_EQ(value->find("l")->array()->size(), 3U);
  EXPECT_TRUE((*value->find("l")->array())[1].array()->empty());
  EXPECT_TRUE((*value->find("l")->array())[2].object()->empty());
  EXPECT_EQ(value->find("nothing"), nullptr);
  EXPECT_EQ(value->find("s")->find("x"), nullptr);
}

TEST(JsonValue, GivesOneMemberOfTheOutermostObjectAsItStandsAndDoesNotBuildIt) {
  const auto raw_of = [](std::string_view text) {
    RawMember raw{.name = "v", .text = {}};
    const auto value = parse(text, &raw);
    EXPECT_TRUE(value) << text;
    return std::pair(value ? *value : Value(), raw.text ? std::string(*raw.text) : "none");
  };
  const auto [value, text] =
      raw_of(R"({"a":{"v":1},  "\u0076" : { "v" : [ 1.50, "}" ] } ,"b":[2]})");
  EXPECT_EQ(text, R"({ "v" : [ 1.50, "}" ] })");
  EXPECT_TRUE(value.find("v")->is_null());
  EXPECT_EQ(value.find("a")->find("v")->int64(), 1) << "of the outermost object only";
  EXPECT_EQ(value.find("b")->array()->size(), 1U);

  EXPECT_EQ(raw_of(R"({"v": [] })").second, "[]");
  EXPECT_EQ(raw_of(R"({"v": -1.0e2 })").second, "-1.0e2");
  const auto [with_text, quoted] = raw_of(R"({"v":"\u0041"})");
  EXPECT_EQ(quoted, R"("\u0041")");
  EXPECT_EQ(*with_text.find("v")->string(), "A") << "what isn't an array or object is built, too";
  EXPECT_EQ(raw_of(R"([{"v":1}])").second, "none");
  EXPECT_EQ(raw_of(R"("v")").second, "none");
}

TEST(JsonValue, AFaultInARawMemberIsAFaultOfTheText) {
  RawMember raw{.name = "v", .text = {}};
  const auto value = parse(R"({"v":{"a":[1,{"b":01}]}})", &raw);
  ASSERT_FALSE(value);
  EXPECT_EQ(value.error().kind, FaultKind::LeadingZero);
  EXPECT_EQ(value.error().pointer, "/v/a/1/b");
  EXPECT_FALSE(raw.text);
}

TEST(JsonValue, ConvertsOnlyIntegersThatFit) {
  const auto number = [](std::string_view text) { return *parse(text); };
  EXPECT_EQ(number("18446744073709551615").uint64(), UINT64_MAX);
  EXPECT_EQ(number("18446744073709551616").uint64(), std::nullopt);
  EXPECT_EQ(number("-9223372036854775808").int64(), INT64_MIN);
  EXPECT_EQ(number("9223372036854775808").int64(), std::nullopt);
  EXPECT_EQ(number("-1").uint64(), std::nullopt);
  EXPECT_EQ(number("1.0").int64(), std::nullopt);
  EXPECT_EQ(number("1e3").int64(), std::nullopt);
  EXPECT_EQ(number("\"12\"").int64(), std::nullopt);
}

TEST(JsonWriter, PutsCommasWhereTheyBelong) {
  std::string out;
  Writer(out)
      .begin_object()
      .member("a", 1)
      .member("b", "x")
      .key("c")
      .begin_array()
      .value(true)
      .null()
      .begin_object()
      .end_object()
      .begin_array()
      .end_array()
      .value(std::string("s"))
      .raw("{\"r\":1}")
      .end_array()
      .member("d", UINT64_MAX)
      .member("e", INT64_MIN)
      .member("f", 0.1)
      .end_object();
  EXPECT_EQ(out, R"({"a":1,"b":"x","c":[true,null,{},[],"s",{"r":1}],)"
                 R"("d":18446744073709551615,"e":-9223372036854775808,"f":0.1})");
  EXPECT_TRUE(check_json(out));
}

TEST(JsonWriter, EscapesSoThatAnyBytesComeOutAsJson) {
  std::string every_byte;
  for (int c = 0; c < 256; ++c) every_byte.push_back(static_cast<char>(c));
  std::string out;
  append_quoted(out, every_byte);
  EXPECT_TRUE(check_json(out));
  out.clear();
  append_quoted(out, "\"\\/\b\f\n\r\t\x01\x1f\x7f\xc3\xa9\xff.");
  EXPECT_EQ(out, "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f\x7f\xc3\xa9\xef\xbf\xbd.\"");
  out.clear();
  Writer(out).value(1.0 / 0.0);
  EXPECT_EQ(out, "null");
}

TEST(JsonWriter, ReaderReadsBackTheSame) {
  const std::string text = "q\"b\\n\nu\xe2\x82\xac t\t";
  std::string out;
  Writer(out).begin_object().member(text, text).end_object();
  const auto value = parse(out);
  ASSERT_TRUE(value);
  EXPECT_EQ(*value->find(text)->string(), text);
}

}  // namespace
}  // namespace confman::json
