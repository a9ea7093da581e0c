#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "bench/schema/documents.hpp"
#include "bench/schema/subject.hpp"

// confman-schema-bench FOLDER [ROUNDS]: writes schemas and documents to FOLDER and measures
// Confman, valijson and, by FOLDER/ajv.mjs, ajv in turn. Prints nanoseconds of processor time a
// document, medians of the rounds, and
// their ratios to Confman's.
namespace confman::bench {
namespace {

constexpr double kSeconds = 0.4;  // of each measurement

// Nanoseconds a call, of as many as fit the time.
double measure(const std::function<std::uint64_t(std::uint64_t)>& run) {
  std::uint64_t times = 0;
  std::uint64_t batch = 1;
  const std::clock_t start = std::clock();
  double elapsed = 0;
  while (elapsed < kSeconds) {
    if (run(batch) != batch) {
      std::fputs("a valid document is called invalid\n", stderr);
      std::exit(1);
    }
    times += batch;
    elapsed = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
    if (elapsed < kSeconds / 20) batch *= 2;
  }
  return elapsed * 1e9 / static_cast<double>(times);
}

// ajv prints two numbers: of validating alone, and with reading.
bool measure_ajv(const std::string& folder, const std::string& name, double& alone, double& whole) {
  const std::string command = "cd '" + folder + "' && node ajv.mjs " + name + ".schema.json " +
                              name + ".json " + std::to_string(kSeconds);
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return false;
  const int read = std::fscanf(pipe, "%lf %lf", &alone, &whole);
  return pclose(pipe) == 0 && read == 2;
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

int run(const std::string& folder, int rounds) {
  for (const bool patterns : {false, true}) {
    const SchemaAndDocument input = keys_of_a_service(100, patterns);
    const std::string name = patterns ? "patterns" : "plain";
    std::ofstream(folder + "/" + name + ".schema.json") << input.schema;
    std::ofstream(folder + "/" + name + ".json") << input.document;
    const auto ours = confman_subject(input.schema, input.document);
    const auto valijson = valijson_subject(input.schema, input.document);
    std::map<std::string, std::vector<double>> times;
    for (int round = 0; round < rounds; ++round) {
      for (const auto& [who, subject] :
           {std::pair("confman", ours.get()), std::pair("valijson", valijson.get())}) {
        times[std::string(who) + " validate"].push_back(
            measure([&](std::uint64_t n) { return subject->validate(n); }));
        times[std::string(who) + " read+validate"].push_back(
            measure([&](std::uint64_t n) { return subject->read_and_validate(n); }));
      }
      double alone = 0;
      double whole = 0;
      if (!measure_ajv(folder, name, alone, whole)) {
        std::fputs("ajv can't be measured\n", stderr);
        return 1;
      }
      times["ajv validate"].push_back(alone);
      times["ajv read+validate"].push_back(whole);
    }
    std::printf("100 keys, %s, %zu bytes\n", patterns ? "10 patterns" : "no patterns",
                input.document.size());
    for (const std::string what : {"validate", "read+validate"}) {
      const double base = median(times["confman " + what]);
      for (const std::string who : {"confman", "valijson", "ajv"}) {
        const double time = median(times[who + " " + what]);
        std::printf("  %-14s %-9s %9.0f ns  %6.2f x\n", what.c_str(), who.c_str(), time,
                    time / base);
      }
    }
  }
  return 0;
}

}  // namespace
}  // namespace confman::bench

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fputs("confman-schema-bench FOLDER [ROUNDS]\n", stderr);
    return 2;
  }
  return confman::bench::run(argv[1], argc > 2 ? std::atoi(argv[2]) : 5);
}
