#pragma once

#include "domain/model/refusal.hpp"

namespace confman::domain {

// Who asks isn't known, or no longer, whatever was asked.
constexpr bool concerns_credentials(Refusal refusal) {
  return refusal >= Refusal::CredentialsRequired && refusal <= Refusal::ApiKeyExpired;
}

}  // namespace confman::domain
