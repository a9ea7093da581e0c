#include "adapters/api/pattern.hpp"

namespace confman::api {

std::optional<std::string_view> Pattern::rest_of(std::string_view path) const {
  if (!path.starts_with(fixed_)) return std::nullopt;
  const std::string_view rest = path.substr(fixed_.size());
  const auto if_so = [&](bool fits) { return fits ? std::optional(rest) : std::nullopt; };
  const bool below = rest.starts_with('/');
  switch (tail_) {
    case Tail::None:
      return if_so(rest.empty());
    case Tail::NameAndStep:
      return if_so(below && rest.size() > step_.size() + 1 && rest.ends_with(step_) &&
                   rest.find('/', 1) == rest.size() - step_.size());
    case Tail::Name:
      return if_so(below);
    case Tail::NamespaceAndKey:
      return if_so(below && !rest.ends_with('/'));
    case Tail::Listing:
      return if_so(below && rest.ends_with('/'));
    case Tail::Namespace:
      return if_so(below || rest.empty());
  }
  return std::nullopt;
}

bool more_specific(const Pattern& a, const Pattern& b) {
  if (a.fixed().size() != b.fixed().size()) return a.fixed().size() > b.fixed().size();
  return a.tail() < b.tail();
}

}  // namespace confman::api
