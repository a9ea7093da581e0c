#include "adapters/log/log.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "domain/json/writer.hpp"

namespace confman::log {
namespace {

struct State {
  std::shared_ptr<spdlog::logger> logger = spdlog::stderr_logger_mt("confman");
  Format format = Format::Text;
  std::string node;
};

State& state() {
  static State instance;
  return instance;
}

spdlog::level::level_enum to_spdlog(Level level) {
  switch (level) {
    case Level::Debug:
      return spdlog::level::debug;
    case Level::Info:
      return spdlog::level::info;
    case Level::Warning:
      return spdlog::level::warn;
    case Level::Error:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

// Quoted when a reader could mistake where the value ends; control characters never get through.
void append_text_value(std::string& line, const Field& field) {
  const bool plain =
      !field.value.empty() && field.value.find_first_of(" \"=\\") == std::string::npos;
  std::string quoted;
  json::append_quoted(quoted, field.value);
  const bool unescaped = quoted.size() == field.value.size() + 2;
  line += plain && unescaped ? field.value : quoted;
}

std::string text_line(std::string_view event, std::span<const Field> fields) {
  std::string line(event);
  for (const Field& field : fields) {
    line += ' ';
    line += field.name;
    line += '=';
    append_text_value(line, field);
  }
  return line;
}

std::string json_members(std::string_view event, std::span<const Field> fields) {
  std::string line;
  json::Writer out(line);
  out.begin_object().member("node", std::string_view(state().node)).member("event", event);
  for (const Field& field : fields) {
    out.key(field.name);
    if (field.is_number) {
      out.raw(field.value);
    } else {
      out.value(std::string_view(field.value));
    }
  }
  out.end_object();
  return line.substr(1);  // the pattern opens the object, with time and level
}

}  // namespace

void configure(Level level, Format format, const std::string& node) {
  State& s = state();
  s.format = format;
  s.node = node;
  s.logger->set_level(to_spdlog(level));
  s.logger->flush_on(spdlog::level::info);
  if (format == Format::Json) {
    s.logger->set_pattern(R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v)",
                          spdlog::pattern_time_type::utc);
  } else {
    s.logger->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %-7l " + node + " %v",
                          spdlog::pattern_time_type::utc);
  }
}

void write(Level level, std::string_view event, std::span<const Field> fields) {
  State& s = state();
  if (!s.logger->should_log(to_spdlog(level))) return;
  const std::string line =
      s.format == Format::Json ? json_members(event, fields) : text_line(event, fields);
  s.logger->log(to_spdlog(level), spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace confman::log
