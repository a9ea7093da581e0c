#include "bench/cli/options.hpp"

#include <charconv>

namespace confman::bench {

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (true) {
    const std::size_t at = text.find(separator);
    parts.emplace_back(text.substr(0, at));
    if (at == std::string_view::npos) {
      return parts;
    }
    text.remove_prefix(at + 1);
  }
}

std::expected<Options, std::string> Options::parse(const std::vector<std::string>& arguments,
                                                   const std::set<std::string>& known) {
  Options options;
  for (std::size_t i = 0; i < arguments.size(); i += 2) {
    const std::string& argument = arguments[i];
    if (!argument.starts_with("--") || !known.contains(argument.substr(2))) {
      return std::unexpected("there is no option " + argument);
    }
    if (i + 1 == arguments.size()) {
      return std::unexpected(argument + " needs a value");
    }
    options.values_[argument.substr(2)] = arguments[i + 1];
  }
  return options;
}

std::string Options::text(const std::string& name, std::string_view otherwise) const {
  const auto found = values_.find(name);
  return found == values_.end() ? std::string(otherwise) : found->second;
}

std::vector<std::uint64_t> Options::numbers(const std::string& name, std::string_view otherwise,
                                            std::uint64_t min, std::uint64_t max) {
  std::vector<std::uint64_t> numbers;
  for (const std::string& part : split(text(name, otherwise), ',')) {
    std::uint64_t value = 0;
    const char* last = part.data() + part.size();
    const auto [end, error] = std::from_chars(part.data(), last, value);
    if (error != std::errc{} || end != last || value < min || value > max) {
      if (fault_.empty()) {
        fault_ = "--" + name + ": \"" + part + "\" is not a number from " + std::to_string(min) +
                 " to " + std::to_string(max);
      }
      value = min;
    }
    numbers.push_back(value);
  }
  return numbers;
}

std::uint64_t Options::number(const std::string& name, std::uint64_t otherwise, std::uint64_t min,
                              std::uint64_t max) {
  const auto values = numbers(name, std::to_string(otherwise), min, max);
  if (values.size() != 1 && fault_.empty()) {
    fault_ = "--" + name + " takes one number";
  }
  return values.front();
}

}  // namespace confman::bench
