#include <cstdio>
#include <cstdlib>

#include "adapters/re2/re2_patterns.hpp"
#include "bench/schema/subject.hpp"
#include "domain/schema/schema.hpp"

namespace confman::bench {
namespace {

class ConfmanSubject final : public Subject {
 public:
  ConfmanSubject(schema::CompiledSchema schema, std::string text)
      : schema_(std::move(schema)), text_(std::move(text)), value_(*json::parse(text_)) {}

  std::uint64_t validate(std::uint64_t times) override {
    std::uint64_t valid = 0;
    for (std::uint64_t i = 0; i < times; ++i) valid += is_valid(value_) ? 1 : 0;
    return valid;
  }
  std::uint64_t read_and_validate(std::uint64_t times) override {
    std::uint64_t valid = 0;
    for (std::uint64_t i = 0; i < times; ++i) {
      const auto value = json::parse(text_);
      valid += value && is_valid(*value) ? 1 : 0;
    }
    return valid;
  }

 private:
  bool is_valid(const json::Value& value) const {
    const auto violations = schema::validate(schema_, value);
    return violations && violations->empty();
  }

  schema::CompiledSchema schema_;
  std::string text_;
  json::Value value_;
};

}  // namespace

std::unique_ptr<Subject> confman_subject(const std::string& schema, const std::string& document) {
  auto compiled = schema::compile(schema, {.draft = schema::Draft::Draft7},
                                  std::make_shared<re2::Re2Patterns>());
  if (!compiled) {
    std::fprintf(stderr, "the schema is refused: %s\n",
                 std::string(code_of(compiled.error().kind)).c_str());
    std::exit(1);
  }
  return std::make_unique<ConfmanSubject>(std::move(*compiled), document);
}

}  // namespace confman::bench
