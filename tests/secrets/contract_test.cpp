#include <algorithm>

#include "adapters/secrets/openssl_sealer.hpp"
#include "tests/contract/sealer_contract.hpp"
#include "tests/support/counting_sealer.hpp"

namespace confman::contract {
namespace {

struct OpenSsl {
  std::unique_ptr<domain::Sealer> with(const std::vector<std::string>& ids) {
    std::vector<secrets::MasterKey> keys;
    for (const std::string& id : ids) {
      secrets::MasterKey& key = keys.emplace_back(secrets::MasterKey{id, {}});
      std::ranges::copy(sha256("key " + id), key.bytes.data());
    }
    return std::make_unique<secrets::OpenSslSealer>(std::move(keys));
  }
};

struct Counting {
  std::unique_ptr<domain::Sealer> with(const std::vector<std::string>& ids) {
    return std::make_unique<testing::CountingSealer>(ids, ++made);
  }
  std::uint64_t made = 0;
};

using Implementations = ::testing::Types<OpenSsl, Counting>;
INSTANTIATE_TYPED_TEST_SUITE_P(Sealers, SealerContract, Implementations);

}  // namespace
}  // namespace confman::contract
