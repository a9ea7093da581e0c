#include "tests/check/made_histories.hpp"

#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <sstream>

#include "sim/check/formats.hpp"
#include "sim/check/linearizability.hpp"
#include "tests/support/paths/paths.hpp"

// tests/data/histories: a few histories with known verdicts, for the checker and for whoever tries
// `confman-sim check`. They are made by made_histories.cpp; CONFMAN_WRITE_TEST_DATA=1 writes them
// anew.
namespace confman::sim {
namespace {

std::map<std::string, test::MadeHistory> expected_files() {
  return {
      {"register-1-ok.log", test::make_register_history(1, 5, 80, false)},
      {"register-2-ok.log", test::make_register_history(2, 8, 160, false)},
      {"register-3-bad.log", test::make_register_history(3, 5, 80, true)},
      {"kv-1-ok.txt", test::make_kv_history(1, 5, 80, false)},
      {"kv-2-ok.txt", test::make_kv_history(2, 10, 160, false)},
      {"kv-3-bad.txt", test::make_kv_history(3, 5, 80, true)},
  };
}

Verdict verdict_of(const std::string& text) {
  auto history = parse_history(text);
  EXPECT_TRUE(history) << history.error().line << ": " << history.error().message;
  if (!history) return {};
  if (auto* of_register = std::get_if<RegisterHistory>(&*history)) {
    return check_register(of_register->operations).verdict;
  }
  auto& kv = std::get<KvHistory>(*history);
  return check_kv(kv.operations, kv.texts).verdict;
}

TEST(MadeHistories, TheFilesAreThoseOfTheGeneratorAndGetTheirVerdicts) {
  const auto folder = confman::test::source_dir() / "tests/data/histories";
  for (const auto& [name, made] : expected_files()) {
    if (std::getenv("CONFMAN_WRITE_TEST_DATA") != nullptr) {
      std::filesystem::create_directories(folder);
      std::ofstream(folder / name, std::ios::binary) << made.text;
    }
    std::ifstream in(folder / name, std::ios::binary);
    std::stringstream text;
    text << in.rdbuf();
    EXPECT_EQ(text.str(), made.text) << name;
    EXPECT_EQ(verdict_of(text.str()),
              made.linearizable ? Verdict::Linearizable : Verdict::NotLinearizable)
        << name;
  }
}

TEST(MadeHistories, EverySeedGetsItsVerdict) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    for (const bool sabotaged : {false, true}) {
      const auto expected = sabotaged ? Verdict::NotLinearizable : Verdict::Linearizable;
      EXPECT_EQ(verdict_of(test::make_register_history(seed, 4, 60, sabotaged).text), expected)
          << "register, seed " << seed;
      EXPECT_EQ(verdict_of(test::make_kv_history(seed, 4, 60, sabotaged).text), expected)
          << "kv, seed " << seed;
    }
  }
}

}  // namespace
}  // namespace confman::sim
