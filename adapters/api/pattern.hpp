#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string_view>

namespace confman::api {

// Which paths are an endpoint's, as docs/api.md writes it; a name's dots mean any number of
// segments:
//
//   /health                              this path and no other
//   /api/v1/admin/members/{name}         one name
//   /api/v1/requests/{id}/approve        one name, and what is done with that
//   /api/v1/config/{namespace…}/{key}    a namespace, the root too, and a key; the last slash parts
//                                        them
//   /api/v1/config/{namespace…}/         a namespace, with a slash at its end
//   /api/v1/watch/{namespace…}           a namespace, with or without that slash
//
// Several may take a path: then it is the one's that says most of it (more_specific()).
class Pattern {
 public:
  // In the order of how much they say.
  enum class Tail : std::uint8_t { None, NameAndStep, Name, NamespaceAndKey, Listing, Namespace };

  // `what` is how problems call the name or the key: "The key". Doesn't compile for a text of
  // another form.
  consteval Pattern(const char* text, const char* what = "The key")
      : text_(text), fixed_(text_.substr(0, text_.find("/{"))), what_(what) {
    const std::string_view tail = text_.substr(fixed_.size());
    if (tail.empty()) {
      tail_ = Tail::None;
    } else if (const std::size_t end = tail.find("…}"); end != tail.npos) {
      const std::string_view behind = tail.substr(tail.find('}') + 1);
      tail_ = behind.empty()  ? Tail::Namespace
              : behind == "/" ? Tail::Listing
                              : Tail::NamespaceAndKey;
      if (behind.size() > 1 && !is_one_name(behind)) throw std::logic_error("bad pattern");
    } else if (const std::size_t name_end = tail.find('}'); name_end + 1 < tail.size()) {
      tail_ = Tail::NameAndStep;
      step_ = tail.substr(name_end + 1);
      const bool one_step = step_.starts_with('/') && step_.find_first_of("/{", 1) == step_.npos;
      if (!one_step || !is_one_name(tail.substr(0, name_end + 1)))
        throw std::logic_error("bad pattern");
    } else {
      tail_ = Tail::Name;
      if (!is_one_name(tail)) throw std::logic_error("bad pattern");
    }
  }

  std::string_view text() const { return text_; }
  std::string_view fixed() const { return fixed_; }  // what comes before the first brace
  Tail tail() const { return tail_; }
  std::string_view step() const { return step_; }  // "/approve", or empty
  std::string_view what() const { return what_; }

  // What of the path (still percent-encoded) comes behind fixed(); nothing: it isn't this
  // pattern's.
  std::optional<std::string_view> rest_of(std::string_view path) const;

 private:
  static constexpr bool is_one_name(std::string_view text) {
    return text.starts_with("/{") && text.find('}') == text.size() - 1;
  }

  std::string_view text_;
  std::string_view fixed_;
  std::string_view what_;
  std::string_view step_;
  Tail tail_{};
};

bool more_specific(const Pattern& a, const Pattern& b);

}  // namespace confman::api
