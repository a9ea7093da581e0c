#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>

// The process's structured log, on stderr: one event a line, a name and fields, as text or as JSON.
// Never a value of the configuration, never a secret: fields are names, numbers and reasons.
namespace confman::log {

enum class Level : std::uint8_t { Debug, Info, Warning, Error };
enum class Format : std::uint8_t { Text, Json };

struct Field {
  std::string_view name;
  std::string value;
  bool is_number = false;

  Field(std::string_view n, std::string_view v) : name(n), value(v) {}
  Field(std::string_view n, const char* v) : name(n), value(v) {}
  Field(std::string_view n, const std::string& v) : name(n), value(v) {}
  Field(std::string_view n, std::uint64_t v) : name(n), value(std::to_string(v)), is_number(true) {}
};

// Before the first event, once. `node` is on every line.
void configure(Level level, Format format, const std::string& node);

// Thread-safe. `event` is a stable snake_case name: "leader_changed".
void write(Level level, std::string_view event, std::span<const Field> fields);
inline void write(Level level, std::string_view event, std::initializer_list<Field> fields = {}) {
  write(level, event, std::span(fields.begin(), fields.size()));
}

inline void debug(std::string_view event, std::initializer_list<Field> fields = {}) {
  write(Level::Debug, event, fields);
}
inline void info(std::string_view event, std::initializer_list<Field> fields = {}) {
  write(Level::Info, event, fields);
}
inline void warning(std::string_view event, std::initializer_list<Field> fields = {}) {
  write(Level::Warning, event, fields);
}
inline void error(std::string_view event, std::initializer_list<Field> fields = {}) {
  write(Level::Error, event, fields);
}

}  // namespace confman::log
