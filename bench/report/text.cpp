#include "bench/report/text.hpp"

#include <cmath>
#include <cstdio>
#include <fstream>

namespace confman::bench {
namespace {

std::string millis(const Histogram& histogram, double quantile) {
  return fixed(static_cast<double>(histogram.value_at(quantile)) / 1e6, 2);
}

std::string mix_text(const Mix& mix) {
  for (std::size_t i = 0; i < kOperations; ++i) {
    const auto operation = static_cast<Operation>(i);
    const std::uint32_t weights[] = {mix.write, mix.linearizable_read, mix.local_read};
    if (weights[i] == mix.write + mix.linearizable_read + mix.local_read) {
      return name_of(operation);
    }
  }
  return "mix " + std::to_string(mix.write) + ":" + std::to_string(mix.linearizable_read) + ":" +
         std::to_string(mix.local_read);
}

}  // namespace

std::string fixed(double value, int decimals) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", decimals, value);
  return text;
}

std::string thousands(double value) {
  const std::string digits = fixed(std::abs(std::round(value)), 0);
  std::string text = value < 0 ? "-" : "";
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) {
      text.push_back(',');
    }
    text.push_back(digits[i]);
  }
  return text;
}

std::string one_line(const Load& load, const Measurement& measured) {
  const Histogram latency = measured.all_latencies();
  std::string line =
      std::to_string(load.clients) + " clients, " + (load.fill ? "fill" : mix_text(load.mix));
  if (load.rate > 0 && !load.fill) {
    line += ", open loop at " + thousands(static_cast<double>(load.rate)) + "/s";
  }
  line += ": " + thousands(measured.per_second()) + "/s, p50 " + millis(latency, 0.5) + " p99 " +
          millis(latency, 0.99) + " p99.9 " + millis(latency, 0.999) + " max " +
          millis(latency, 1.0) + " ms, generator " + fixed(measured.client_user_us, 1) +
          " user + " + fixed(measured.client_system_us, 1) + " system µs a request";
  const auto add = [&line](std::uint64_t count, const char* what) {
    if (count > 0) {
      line += ", " + std::to_string(count) + " " + what;
    }
  };
  add(measured.failed, "FAILED");
  add(measured.lost, "LOST");
  add(measured.unanswered, "UNANSWERED");
  if (!measured.first_failure.empty()) {
    line += " (" + measured.first_failure + ")";
  }
  return line;
}

bool write_file(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  return file.good();
}

}  // namespace confman::bench
