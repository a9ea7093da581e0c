#include <algorithm>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <sstream>
#include <vector>

#include "sim/run/recording.hpp"
#include "sim/run/run.hpp"
#include "sim/storage/sqlite_storage.hpp"
#include "tests/support/paths/paths.hpp"

// Recordings of failures that were found and mended. The events of a recording belong to the
// program that it was made with; on today's they must not lead to that failure again, and neither
// must the seed, with the knobs of then.
namespace confman::sim {
namespace {

std::vector<std::filesystem::path> corpus() {
  std::vector<std::filesystem::path> files;
  const std::filesystem::path folder = test::source_dir() / "sim/corpus";
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    if (file.path().extension() == ".txt") files.push_back(file.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

Recording read(const std::filesystem::path& name) {
  std::ifstream file(name, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  auto recording = parse_recording(text.str());
  EXPECT_TRUE(recording) << name << ": " << recording.error();
  return recording ? std::move(*recording) : Recording{};
}

TEST(Corpus, WhatWasMendedStaysMended) {
  catch_assertions();
  use_real_storage(make_sqlite_storage);  // some were found on production's stores
  const auto files = corpus();
  ASSERT_FALSE(files.empty());
  for (const auto& file : files) {
    SCOPED_TRACE(file);
    const Recording recording = read(file);
    EXPECT_FALSE(recording.sentences.empty()) << "a recording says what happened";
    ASSERT_TRUE(recording.failure);
    const RunResult replayed = replay(recording);
    EXPECT_NE(replayed.failure, recording.failure);
    const RunResult seed = run_config(recording.seed, recording.profile, recording.config);
    EXPECT_FALSE(seed.failure) << seed.failure->sentence;
  }
}

}  // namespace
}  // namespace confman::sim
