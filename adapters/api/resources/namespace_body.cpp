#include "adapters/api/resources/namespace_body.hpp"

#include <utility>

#include "adapters/api/body.hpp"

namespace confman::api {

std::expected<domain::PutNamespace, http::Problem> namespace_of_fields(const json::Value& object) {
  auto description = text_field(object, "description");
  if (!description) return Refused(std::move(description.error()));
  auto owner = text_field(object, "owner");
  if (!owner) return Refused(std::move(owner.error()));
  auto labels = labels_field(object);
  if (!labels) return Refused(std::move(labels.error()));
  domain::Inherit inherit = domain::Inherit::AsItIs;
  if (const json::Value* member = object.find("inherit")) {
    if (member->boolean() == nullptr) {
      return at_field("wrong_type", "inherit", "The field is true or false.");
    }
    inherit = *member->boolean() ? domain::Inherit::Yes : domain::Inherit::No;
  }
  return domain::PutNamespace{.path = {},
                              .description = std::move(*description),
                              .owner = std::move(*owner),
                              .labels = std::move(*labels),
                              .precondition = {},
                              .inherit = static_cast<std::uint64_t>(inherit)};
}

}  // namespace confman::api
