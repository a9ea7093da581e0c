#include <chrono>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iostream>
#include <map>
#include <sstream>

#include "sim/check/formats.hpp"
#include "sim/check/linearizability.hpp"
#include "tests/support/paths/paths.hpp"

// Recorded histories of other systems whose verdicts are known.
namespace confman::sim {
namespace {

namespace fs = std::filesystem;

fs::path shared_folder() {
  return test::third_party_data() / "linearizability";
}

std::string content_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

LinearizabilityResult judge(AnyHistory& history) {
  if (auto* of_register = std::get_if<RegisterHistory>(&history)) {
    return check_register(of_register->operations);
  }
  auto& kv = std::get<KvHistory>(history);
  return check_kv(kv.operations, kv.texts);
}

// File → linearizable.
std::map<fs::path, bool> known_verdicts() {
  std::map<fs::path, bool> verdicts;
  std::istringstream csv(content_of(shared_folder() / "register/verdicts.csv"));
  std::string line;
  std::getline(csv, line);
  while (std::getline(csv, line)) {
    const std::size_t comma = line.find(',');
    verdicts[shared_folder() / "register" / line.substr(0, comma)] =
        line.substr(comma + 1) == "true";
  }
  for (const auto& file : fs::directory_iterator(shared_folder() / "kv")) {
    verdicts[file.path()] = file.path().stem().string().ends_with("-ok");
  }
  return verdicts;
}

TEST(ReferenceHistories, EveryVerdictMatches) {
  if (!fs::exists(shared_folder())) {
    GTEST_SKIP() << "recorded histories of etcd (porcupine) aren't at " << shared_folder();
  }
  const auto verdicts = known_verdicts();
  ASSERT_GT(verdicts.size(), 6u);
  std::size_t operations = 0;
  std::uint64_t steps = 0;
  std::chrono::nanoseconds spent{};
  for (const auto& [path, linearizable] : verdicts) {
    const std::string text = content_of(path);
    const auto begin = std::chrono::steady_clock::now();
    auto history = parse_history(text);
    ASSERT_TRUE(history) << path << ":" << history.error().line << ": " << history.error().message;
    const LinearizabilityResult result = judge(*history);
    spent += std::chrono::steady_clock::now() - begin;
    EXPECT_EQ(result.verdict, linearizable ? Verdict::Linearizable : Verdict::NotLinearizable)
        << path << (result.explanation ? ": " + result.explanation->sentence : "");
    EXPECT_EQ(result.explanation.has_value(), !linearizable);
    steps += result.steps;
    operations += std::visit([](const auto& h) { return h.operations.size(); }, *history);
  }
  std::cout << verdicts.size() << " histories, " << operations << " operations, " << steps
            << " steps, " << std::chrono::duration_cast<std::chrono::microseconds>(spent).count()
            << " us with parsing\n";
}

}  // namespace
}  // namespace confman::sim
