#include "sim/check/formats.hpp"

#include <gtest/gtest.h>
#include <random>
#include <string>

namespace confman::sim {
namespace {

const std::string kRegister =
    "INFO  jepsen.util - 0\t:invoke\t:write\t3\n"
    "INFO  jepsen.core - something else\n"
    "INFO  jepsen.util - 1\t:invoke\t:cas\t[3 4]\n"
    "INFO  jepsen.util - 0\t:ok\t:write\t3\n"
    "INFO  jepsen.util - 1\t:fail\t:cas\t[3 4]\n"
    "INFO  jepsen.util - 0\t:invoke\t:read\tnil\n"
    "INFO  jepsen.util - 1\t:invoke\t:cas\t[3 4]\n"
    "INFO  jepsen.util - 0\t:fail\t:read\t:timed-out\n"
    "INFO  jepsen.util - 1\t:info\t:cas\t:timed-out\n";

TEST(RegisterLog, OutcomesAreToldApart) {
  const auto history = parse_register_log(kRegister);
  ASSERT_TRUE(history) << history.error().message;
  const auto& ops = history->operations;
  ASSERT_EQ(ops.size(), 3u);  // the read that failed did not happen
  EXPECT_EQ(ops[0].action.value, 3u);
  EXPECT_EQ(ops[0].called, 1u);
  EXPECT_EQ(ops[0].returned, 4u);
  EXPECT_TRUE(ops[1].action.refused);
  EXPECT_EQ(ops[1].returned, 5u);
  EXPECT_TRUE(ops[2].unknown());
  EXPECT_EQ(ops[2].action.expected, 3u);
  EXPECT_EQ(ops[2].action.value, 4u);
}

TEST(RegisterLog, ColumnsMayBePaddedWithSpaces) {
  std::string padded = kRegister;
  for (std::size_t at = 0; (at = padded.find('\t', at)) != std::string::npos;) {
    padded.replace(at, 1, "   ");
  }
  padded.replace(padded.find("3\n"), 1, "3  ");
  const auto history = parse_register_log(padded);
  ASSERT_TRUE(history) << history.error().message;
  const auto tabbed = parse_register_log(kRegister);
  ASSERT_EQ(history->operations.size(), tabbed->operations.size());
  for (std::size_t i = 0; i < history->operations.size(); ++i) {
    EXPECT_EQ(history->operations[i].action.value, tabbed->operations[i].action.value);
    EXPECT_EQ(history->operations[i].returned, tabbed->operations[i].returned);
  }
}

TEST(RegisterLog, ErrorsNameTheLine) {
  const std::string bad[] = {
      "9\t:ok\t:read\t1",        "0\t:invoke\t:read\tnil",  "7\t:invoke\t:cas\t3",
      "7\t:invoke\t:write\tx",   "7\t:maybe\t:read\tnil",   "7\t:invoke\t:swap\t1",
      "7\t:invoke\t:write\tnil", "-1\t:invoke\t:read\tnil", "7\t:invoke\t:write\t:timed-out"};
  for (const std::string& line : bad) {
    const auto history = parse_register_log(
        "INFO  jepsen.util - 0\t:invoke\t:read\tnil\nINFO  jepsen.util - " + line);
    ASSERT_FALSE(history) << line;
    EXPECT_EQ(history.error().line, 2u);
    EXPECT_FALSE(history.error().message.empty());
  }
}

const std::string kKv =
    "{:process 0, :type :invoke, :f :append, :key \"0\", :value \"a \\\"b\\\"\"}\n"
    "{:process 1, :type :invoke, :f :get, :key \"0\", :value nil}\n"
    "{:process 0, :type :ok, :f :append, :key \"0\", :value \"a \\\"b\\\"\"}\n"
    "{:process 1, :type :ok, :f :get, :key \"0\", :value \"\"}\n"
    "{:process 1, :type :invoke, :f :put, :key \"1\", :value \"c\"}\n";

TEST(KvHistory, StringsAndOutcomesAreRead) {
  const auto history = parse_kv_history(kKv);
  ASSERT_TRUE(history) << history.error().message;
  const auto& ops = history->operations;
  ASSERT_EQ(ops.size(), 3u);
  EXPECT_EQ(history->texts.text_of(ops[0].action.text), "a \"b\"");
  EXPECT_EQ(ops[1].action.text, Texts::kEmpty);
  EXPECT_EQ(ops[1].key, "0");
  EXPECT_TRUE(ops[2].unknown());
}

TEST(KvHistory, ErrorsNameTheLine) {
  const std::string bad[] = {"{:process 0, :type :ok, :f :get, :key \"0\", :value \"\"}",
                             "{:process 1, :type :ok, :f :put, :key \"0\", :value \"\"}",
                             "{:process 1, :type :ok, :f :get, :key \"9\", :value \"\"}",
                             "{:process 2, :type :invoke, :f :get, :key 0, :value nil}",
                             "{:process 2, :type :invoke, :f :put, :key \"0\", :value nil}",
                             "{:process 2, :type :invoke, :f :get, :key \"0, :value nil}",
                             "{:process 2, :process 3}",
                             "{}",
                             "process"};
  for (const std::string& line : bad) {
    const auto history =
        parse_kv_history("{:process 1, :type :invoke, :f :get, :key \"0\", :value nil}\n" + line);
    ASSERT_FALSE(history) << line;
    EXPECT_EQ(history.error().line, 2u);
  }
}

// At the ends of lines, before them, between fields; blank lines, line ends of two characters.
TEST(KvHistory, BlanksMakeNoDifference) {
  std::string padded;
  for (const char c : kKv) {
    if (c == '\n') padded += " \t \r";
    padded += c;
    if (c == ',') padded += "\t ";
    if (c == '\n') padded += "  \n \t";
  }
  const auto plain = parse_kv_history(kKv);
  const auto any = parse_history("\n  " + padded);
  ASSERT_TRUE(any) << any.error().message << ", line " << any.error().line;
  const auto& history = std::get<KvHistory>(*any);
  ASSERT_EQ(history.operations.size(), plain->operations.size());
  for (std::size_t i = 0; i < history.operations.size(); ++i) {
    EXPECT_EQ(history.operations[i].key, plain->operations[i].key);
    EXPECT_EQ(history.texts.text_of(history.operations[i].action.text),
              plain->texts.text_of(plain->operations[i].action.text));
  }
}

// A line that isn't seen would be an operation that isn't judged.
TEST(RegisterLog, LinesMayBeIndented) {
  std::string indented;
  for (const char c : kRegister) {
    indented += c;
    if (c == '\n') indented += " \t";
  }
  const auto history = parse_history("  " + indented);
  ASSERT_TRUE(history) << history.error().message;
  EXPECT_EQ(std::get<RegisterHistory>(*history).operations.size(),
            parse_register_log(kRegister)->operations.size());
}

TEST(Formats, AnEmptyTextIsCalledThat) {
  for (const char* text : {"", "\n", " \t\n\r\n"}) {
    const auto history = parse_history(text);
    ASSERT_FALSE(history);
    EXPECT_EQ(history.error().line, 0U);
    EXPECT_EQ(history.error().message, "the history is empty");
  }
}

TEST(Formats, AreDetected) {
  EXPECT_TRUE(
      std::holds_alternative<RegisterHistory>(parse_history("noise\n" + kRegister).value()));
  EXPECT_TRUE(std::holds_alternative<KvHistory>(parse_history(kKv).value()));
  EXPECT_FALSE(parse_history("neither\n"));
  EXPECT_FALSE(parse_history(""));
}

TEST(Formats, DamagedTextsGiveAnErrorOrAHistoryNeverMore) {
  std::mt19937_64 random(3);
  int refused = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string text = i % 2 == 0 ? kRegister : kKv;
    for (std::uint64_t k = 0; k <= random() % 3; ++k) {
      const std::size_t at = random() % text.size();
      switch (random() % 3) {
        case 0:
          text[at] = static_cast<char>(random() % 256);
          break;
        case 1:
          text.erase(at, 1 + random() % 20);
          break;
        default:
          text.insert(at, text.substr(random() % text.size(), random() % 20));
      }
      text.push_back('\n');
    }
    const auto history = parse_history(text);
    refused += history ? 0 : 1;
    if (!history) {
      EXPECT_FALSE(history.error().message.empty());
    }
  }
  EXPECT_GT(refused, 1'000);
}

}  // namespace
}  // namespace confman::sim
