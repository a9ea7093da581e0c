#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "domain/json/reader.hpp"

namespace confman::api {

// Writes what a JSON text holds as block YAML 1.2, strings always in double quotes (JSON's escapes
// are YAML's too; YAML wants some more). Each object and array must be ended; names stand in
// objects only.
class YamlWriter final : public json::Visitor {
 public:
  void begin_object() override { begin('{', '}'); }
  void name(std::string_view name) override;
  void end_object() override { end(); }
  void begin_array() override { begin('[', ']'); }
  void end_array() override { end(); }
  void string(std::string_view text) override;
  void number(std::string_view text) override { scalar(text); }
  void boolean(bool value) override { scalar(value ? "true" : "false"); }
  void null() override { scalar("null"); }

  YamlWriter& member(std::string_view member_name, std::string_view text) {
    name(member_name);
    string(text);
    return *this;
  }
  YamlWriter& member(std::string_view member_name, std::unsigned_integral auto value) {
    name(member_name);
    number(std::to_string(value));
    return *this;
  }

  std::string text() && { return std::move(text_); }

 private:
  struct Level {
    char open;
    char close;
    bool empty = true;
  };
  void begin(char open, char close);
  void end();
  void scalar(std::string_view text);
  void start_item();
  void new_line();

  std::string text_;
  std::vector<Level> levels_;
};

}  // namespace confman::api
