#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include "bench/schema/subject.hpp"

namespace confman::bench {
namespace {

using valijson::adapters::NlohmannJsonAdapter;

class ValijsonSubject final : public Subject {
 public:
  ValijsonSubject(const std::string& schema, std::string text)
      : text_(std::move(text)), value_(nlohmann::json::parse(text_)) {
    const auto document = nlohmann::json::parse(schema);
    const NlohmannJsonAdapter adapter(document);
    valijson::SchemaParser(valijson::SchemaParser::kDraft7).populateSchema(adapter, schema_);
  }

  std::uint64_t validate(std::uint64_t times) override {
    std::uint64_t valid = 0;
    for (std::uint64_t i = 0; i < times; ++i) valid += is_valid(value_) ? 1 : 0;
    return valid;
  }
  std::uint64_t read_and_validate(std::uint64_t times) override {
    std::uint64_t valid = 0;
    for (std::uint64_t i = 0; i < times; ++i)
      valid += is_valid(nlohmann::json::parse(text_)) ? 1 : 0;
    return valid;
  }

 private:
  bool is_valid(const nlohmann::json& value) {
    const NlohmannJsonAdapter adapter(value);
    return validator_.validate(schema_, adapter, nullptr);
  }

  std::string text_;
  nlohmann::json value_;
  valijson::Schema schema_;
  valijson::Validator validator_;
};

}  // namespace

std::unique_ptr<Subject> valijson_subject(const std::string& schema, const std::string& document) {
  return std::make_unique<ValijsonSubject>(schema, document);
}

}  // namespace confman::bench
