#pragma once

#include <cstdint>
#include <memory>
#include <string>

// A validator that is measured.
namespace confman::bench {

class Subject {
 public:
  virtual ~Subject() = default;
  // Validates the document, as it was read once, so many times; how often it was valid.
  virtual std::uint64_t validate(std::uint64_t times) = 0;
  // The same with the reading of its text each time.
  virtual std::uint64_t read_and_validate(std::uint64_t times) = 0;
};

std::unique_ptr<Subject> confman_subject(const std::string& schema, const std::string& document);
std::unique_ptr<Subject> valijson_subject(const std::string& schema, const std::string& document);

}  // namespace confman::bench
