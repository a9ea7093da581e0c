#include "bench/load/histogram.hpp"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <vector>

#include "bench/load/prng.hpp"

namespace confman::bench {
namespace {

constexpr double kQuantiles[] = {0.0, 0.01, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999, 0.9999, 1.0};

std::uint64_t exact(const std::vector<std::uint64_t>& sorted, double quantile) {
  const auto rank =
      static_cast<std::size_t>(std::ceil(quantile * static_cast<double>(sorted.size())));
  return sorted[std::max<std::size_t>(rank, 1) - 1];
}

void expect_agreement(std::vector<std::uint64_t> values) {
  Histogram histogram;
  for (const std::uint64_t value : values) {
    histogram.record(value);
  }
  std::ranges::sort(values);
  ASSERT_EQ(histogram.count(), values.size());
  EXPECT_EQ(histogram.min(), values.front());
  EXPECT_EQ(histogram.max(), values.back());
  for (const double quantile : kQuantiles) {
    const std::uint64_t truth = exact(values, quantile);
    const std::uint64_t reported = histogram.value_at(quantile);
    EXPECT_GE(reported, truth) << quantile;
    EXPECT_LE(reported - truth, truth / 128) << quantile;
  }
}

TEST(Histogram, AgreesWithSortingForEveryMagnitude) {
  Prng random(7);
  for (unsigned bits = 1; bits <= 64; ++bits) {
    std::vector<std::uint64_t> values;
    for (int i = 0; i < 500; ++i) {
      values.push_back(random.next() >> (64 - bits));
    }
    expect_agreement(values);
  }
}

TEST(Histogram, AgreesWithSortingForSkewedValues) {
  Prng random(8);
  std::vector<std::uint64_t> values;
  for (int i = 0; i < 20'000; ++i) {
    values.push_back((random.next() >> 44) >> random.below(20));
  }
  expect_agreement(values);
}

TEST(Histogram, IsExactBelow256) {
  for (std::uint64_t value = 0; value < 256; ++value) {
    Histogram histogram;
    histogram.record(value);
    histogram.record(1000);
    EXPECT_EQ(histogram.value_at(0.5), value);
  }
}

TEST(Histogram, KeepsEdgesOfBucketsApart) {
  for (unsigned bit = 8; bit < 64; ++bit) {
    const std::uint64_t power = std::uint64_t{1} << bit;
    expect_agreement({power - 1, power, power + 1, power + (power - 1)});
  }
  expect_agreement({0, UINT64_MAX - 1, UINT64_MAX});
}

TEST(Histogram, NeverReportsMoreThanTheLargest) {
  Histogram histogram;
  histogram.record(1'000'001);
  EXPECT_EQ(histogram.value_at(0.5), 1'000'001u);
}

TEST(Histogram, MergedIsTheHistogramOfAll) {
  Prng random(9);
  Histogram a;
  Histogram b;
  Histogram all;
  for (int i = 0; i < 3000; ++i) {
    const std::uint64_t value = random.next() >> random.below(60);
    (i % 3 == 0 ? a : b).record(value);
    all.record(value);
  }
  a.merge(b);
  EXPECT_EQ(a.count(), all.count());
  EXPECT_EQ(a.min(), all.min());
  EXPECT_EQ(a.max(), all.max());
  EXPECT_NEAR(a.mean(), all.mean(), all.mean() * 1e-9);
  for (const double quantile : kQuantiles) {
    EXPECT_EQ(a.value_at(quantile), all.value_at(quantile));
  }
}

TEST(Histogram, MergingAnEmptyOneChangesNothing) {
  Histogram histogram;
  histogram.record(42);
  histogram.merge(Histogram{});
  EXPECT_EQ(histogram.min(), 42u);
  EXPECT_EQ(histogram.count(), 1u);
}

TEST(Histogram, EmptyReportsZero) {
  const Histogram histogram;
  EXPECT_EQ(histogram.value_at(0.99), 0u);
  EXPECT_EQ(histogram.min(), 0u);
  EXPECT_EQ(histogram.mean(), 0.0);
}

}  // namespace
}  // namespace confman::bench
