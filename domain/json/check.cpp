#include "domain/json/check.hpp"

namespace confman::json {
namespace {

class Nobody final : public Visitor {
 public:
  void begin_object() override {}
  void name(std::string_view) override {}
  void end_object() override {}
  void begin_array() override {}
  void end_array() override {}
  void string(std::string_view) override {}
  void number(std::string_view) override {}
  void boolean(bool) override {}
  void null() override {}
};

}  // namespace

std::expected<void, Fault> check_json(ByteView text, const Limits& limits) {
  Nobody nobody;
  return read(text, nobody, limits);
}

}  // namespace confman::json
