#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <initializer_list>
#include <optional>
#include <string_view>

#include "adapters/http/problem.hpp"

namespace confman::api {

// The forms in which the API can answer.
enum class Form : std::uint8_t {
  Json,    // application/json: the document
  Yaml,    // application/yaml: the document
  Text,    // text/plain: the bare value
  Octets,  // application/octet-stream: the bare value
  Events,  // text/event-stream
};
inline constexpr std::size_t kForms = 5;
std::string_view media_type_of(Form form);

using FormSet = std::uint8_t;
constexpr FormSet set_of(std::initializer_list<Form> forms) {
  unsigned set = 0;
  for (const Form form : forms) set |= 1U << static_cast<unsigned>(form);
  return static_cast<FormSet>(set);
}
inline constexpr FormSet kJson = set_of({Form::Json});

// How much a client wants each form, in thousandths (RFC 9110 §12.5.1). Of two forms wanted equally
// the one that is offered first wins.
class Accept {
 public:
  // An absent header is "*/*". Refused: what isn't a list of media ranges.
  static std::expected<Accept, http::Problem> parse(std::string_view header);

  bool wants(Form form) const { return weights_[static_cast<std::size_t>(form)] > 0; }
  bool wants_any(FormSet forms) const;
  // Named by its type, not only covered by a range with an asterisk.
  bool names(Form form) const { return (named_ >> static_cast<unsigned>(form) & 1U) != 0; }
  template <std::size_t N>
  std::optional<Form> choose(const std::array<Form, N>& offered) const {
    std::optional<Form> best;
    for (const Form form : offered) {
      if (wants(form) && (!best || weight(form) > weight(*best))) best = form;
    }
    return best;
  }

 private:
  std::uint16_t weight(Form form) const { return weights_[static_cast<std::size_t>(form)]; }

  std::array<std::uint16_t, kForms> weights_{};
  std::uint8_t named_ = 0;
};

}  // namespace confman::api
